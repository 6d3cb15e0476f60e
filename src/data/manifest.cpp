#include "data/manifest.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/format_version.h"
#include "base/json.h"

namespace bantam {

static Schema schema(const PackTokenizer*) {
  using C = PackTokenizer;
  return describe<C>("The tokenizer.", field<&C::sha256>("SHA-256 of its file."),
                     field<&C::vocab_size>("Ids are below this.", range(1, 1 << 20)),
                     field<&C::begin_token>("Before each document."),
                     field<&C::end_token>("After each document."));
}

static Schema schema(const PackImages*) {
  using C = PackImages;
  return describe<C>(
      "Its images.", field<&C::size>("Pixels of a side.", range(1, 1024), required()),
      field<&C::patch_size>("Pixels of a patch's side.", range(1, 256), required()),
      rule<C>([](const C& c) { return c.size % c.patch_size == 0; }, "patch_size: does not divide size"));
}

static Schema schema(const PackFile*) {
  using C = PackFile;
  return describe<C>("A file that was read.", field<&C::name>("Its name."),
                     field<&C::sha256>("SHA-256 of its bytes."), field<&C::bytes>("Its size."),
                     field<&C::rows>("Documents packed from it."), field<&C::tokens>("Their tokens."),
                     field<&C::text_bytes>("Bytes of their text."));
}

static Schema schema(const PackSource*) {
  using C = PackSource;
  return describe<C>(
      "A file, or a folder of files, and its place in the mixture.", field<&C::name>("Its name."),
      field<&C::weight>("Share among the sources of a split.", at_least(0)), field<&C::licence>("As given."),
      field<&C::files>("Its files."), field<&C::categories>("Rows by category."),
      field<&C::ignored_fields>("Keys of rows that are not packed."),
      field<&C::skipped>("What could not be packed, by reason."),
      field<&C::left_out>("Documents and questions that were left out, by reason."));
}

static Schema schema(const PackColumn*) {
  using C = PackColumn;
  return describe<C>("A .npy file of a shard.", field<&C::name>("Its name without .npy."),
                     field<&C::bytes>("Its size."), field<&C::sha256>("SHA-256 of its bytes."));
}

static Schema schema(const PackShard*) {
  using C = PackShard;
  return describe<C>("A folder of columns.", field<&C::folder>("Its name."),
                     field<&C::split>("What it serves.", one_of({"train", "valid"})),
                     field<&C::source>("Index of its source."), field<&C::rows>("Documents."),
                     field<&C::tokens>("Tokens."), field<&C::text_bytes>("Bytes of text."),
                     field<&C::labels>("Documents by the class of the decision head."),
                     field<&C::images>("Documents with an image."),
                     field<&C::categories>("The categories that category.npy counts."),
                     field<&C::columns>("Its files."));
}

static Schema schema(const PackEvaluation*) {
  using C = PackEvaluation;
  return describe<C>("A file of evaluation texts.", field<&C::name>("Its name."),
                     field<&C::sha256>("SHA-256 of its bytes."), field<&C::texts>("Texts in it."),
                     field<&C::too_short>("Texts of fewer than 13 words, which are not recognised."));
}

static Schema schema(const PackFilters*) {
  using C = PackFilters;
  return describe<C>(
      "By what documents were left out.",
      field<&C::dedupe>("Whether duplicates are, and which: exact, or near ones, too."),
      field<&C::similarity>("Similarity from which texts are near-duplicates.", range(0.0, 1.0)),
      field<&C::evaluations>("Texts of which no 13 words in a row are in a document."),
      field<&C::listed>("Documents that were listed and stayed, by reason."));
}

static Schema schema(const PackManifest*) {
  using C = PackManifest;
  return describe<C>(
      "A pack.", field<&C::format_version>("Version of this format.", required()),
      field<&C::tokenizer>("The tokenizer.", required()),
      field<&C::learn>("What of conversations and completions is to be predicted."),
      field<&C::context>("Positions that chat rows were checked to fit."),
      field<&C::images>("How images stand in it."), field<&C::filters>("By what documents were left out."),
      field<&C::sources>("What was packed.", required()), field<&C::shards>("The data.", required()));
}

namespace {

void check_shard(const PackShard& shard, const PackManifest& manifest, const std::string& where) {
  require(!shard.folder.empty() &&
              shard.folder.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos &&
              shard.folder != "." && shard.folder != "..",
          ErrorCode::corrupt, "{}: the shard \"{}\" is not a plain folder name", where, shard.folder);
  require(shard.source < manifest.sources.size(), ErrorCode::corrupt,
          "{}: shard {} belongs to source {} of {}", where, shard.folder, shard.source,
          manifest.sources.size());
  require(!shard.images || manifest.images, ErrorCode::corrupt,
          "{}: shard {} has images, whose size the manifest does not say", where, shard.folder);
}

}  // namespace

uint64_t Counts::total() const {
  uint64_t sum = 0;
  for (const auto& [name, count] : by_name) sum += count;
  return sum;
}

void read_value(Counts& counts, const Json& json, const ConfigPath& path) {
  if (!json.is_object()) fail_value(path, json, "an object of counts");
  for (const auto& [name, count] : json.items()) {
    if (!count.is_number_unsigned()) fail_value(path.key(name), count, "a count");
    counts.by_name[name] = count.get<uint64_t>();
  }
}

void write_value(const Counts& counts, Json& json) {
  json = Json::object();
  for (const auto& [name, count] : counts.by_name) json[name] = count;
}

PackManifest parse_manifest(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where);
  require_format_version(json, kPackVersion, where);
  PackManifest manifest;
  try {
    manifest = read_config<PackManifest>(json, {where});
  } catch (const Error& error) {
    throw Error(ErrorCode::corrupt, error.what());  // not the user's config: a damaged file
  }
  for (const PackShard& shard : manifest.shards) check_shard(shard, manifest, where);
  return manifest;
}

PackManifest read_manifest(const std::filesystem::path& pack) {
  const MappedFile file(pack / "pack.json");
  return parse_manifest(file.text(), file.path().string());
}

std::string manifest_text(const PackManifest& manifest) { return dump_json(write_config(manifest)); }

}  // namespace bantam

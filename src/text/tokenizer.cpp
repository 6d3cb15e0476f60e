#include "text/tokenizer.h"

#include <algorithm>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "text/byte_level.h"
#include "text/length_max.h"
#include "text/sentencepiece.h"
#include "text/tokenizer_json.h"

namespace bantam {
namespace {

// In the order in which they are looked for.
constexpr const char* kFiles[] = {"spm.model", "tokenizer.model", "tokenizer.json"};

std::shared_ptr<const TokenModel> read_model(std::string_view file, std::string_view where) {
  // A protobuf begins with the tag of its first piece, a line feed; JSON's first letter is a brace.
  const size_t letter = file.find_first_not_of(" \t\r\n");
  const bool brace = letter != std::string_view::npos && file[letter] == '{';
  if (where.ends_with(".model") || (file.starts_with('\n') && !brace))
    return std::make_shared<SentencePiece>(std::string(file), where);
  if (LengthMax::is_file(file)) return LengthMax::read(std::string(file), where);
  return std::make_shared<ByteLevelBpe>(definition_from_json(file, where), std::string(file), where);
}

}  // namespace

void TokenModel::set_file(std::string bytes) {
  file_ = std::move(bytes);
  sha256_ = sha256_hex(file_);
}

Tokenizer::Tokenizer(TokenizerDefinition definition) {
  std::string json = tokenizer_json(definition);
  model_ = std::make_shared<ByteLevelBpe>(std::move(definition), std::move(json), "tokenizer");
}

Tokenizer Tokenizer::parse(std::string_view file, std::string_view where) {
  return Tokenizer(read_model(file, where));
}

bool has_tokenizer(const std::filesystem::path& folder) {
  return std::any_of(std::begin(kFiles), std::end(kFiles),
                     [&](const char* name) { return std::filesystem::exists(folder / name); });
}

std::filesystem::path tokenizer_file(const std::filesystem::path& file_or_folder) {
  if (!std::filesystem::is_directory(file_or_folder)) {
    require(std::filesystem::exists(file_or_folder), ErrorCode::not_found,
            "{}: there is no such file; want a tokenizer.json, spm.model or tokenizer.model",
            file_or_folder.string());
    return file_or_folder;
  }
  for (const char* name : kFiles)
    if (std::filesystem::exists(file_or_folder / name)) return file_or_folder / name;
  fail(ErrorCode::not_found,
       "{}: there is no such file; want a folder with tokenizer.json, spm.model or tokenizer.model",
       (file_or_folder / "tokenizer.json").string());
}

Tokenizer Tokenizer::load(const std::filesystem::path& file_or_folder) {
  const std::filesystem::path file = tokenizer_file(file_or_folder);
  return parse(read_file(file, uint64_t{1} << 30), file.string());
}

const TokenizerDefinition& Tokenizer::definition() const {
  const auto* model = dynamic_cast<const ByteLevelBpe*>(model_.get());
  require(model != nullptr, ErrorCode::unsupported, "tokenizer: is {}; want byte-level BPE", model_->kind());
  return model->definition();
}

std::optional<TokenId> Tokenizer::id_of(std::string_view token) const {
  return model_->vocabulary().id_of(token);
}

const std::string& Tokenizer::token(TokenId id) const {
  require(model_->vocabulary().has(id), ErrorCode::invalid, "token id {}: the vocabulary has {} tokens", id,
          vocab_size());
  return model_->vocabulary().spellings()[id];
}

std::string_view Tokenizer::token_bytes(TokenId id) const { return model_->vocabulary().bytes(id); }

std::optional<TokenId> Tokenizer::special_id_of(std::string_view token) const {
  const auto id = id_of(token);
  return id && is_special(*id) ? id : std::nullopt;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, Special special) const {
  std::vector<TokenId> ids;
  encode(text, special, ids);
  return ids;
}

void Tokenizer::encode(std::string_view text, Special special, std::vector<TokenId>& out) const {
  if (valid_utf8_prefix(text) == text.size()) return model_->encode(text, special, out);
  model_->encode(repaired_utf8(text), special, out);
}

void Tokenizer::encode_between(std::string_view text, std::vector<TokenId>& out) const {
  if (valid_utf8_prefix(text) == text.size()) return model_->encode_between(text, out);
  model_->encode_between(repaired_utf8(text), out);
}

std::vector<TokenId> Tokenizer::with_template(std::span<const TokenId> ids) const {
  std::vector<TokenId> out = model_->prefix();
  out.insert(out.end(), ids.begin(), ids.end());
  out.insert(out.end(), model_->suffix().begin(), model_->suffix().end());
  return out;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_special) const {
  const std::unique_ptr<TextDecoder> decoder = model_->decoder();
  std::string text;
  if (skip_special) {
    std::vector<TokenId> kept(ids.begin(), ids.end());
    std::erase_if(kept, [&](TokenId id) { return is_special(id); });
    decoder->push(kept, text);
  } else {
    decoder->push(ids, text);
  }
  decoder->finish(text);
  return text;
}

Tokenizer Tokenizer::with_special_tokens(std::span<const std::string> contents) const {
  TokenizerDefinition extended = definition();
  auto next = static_cast<TokenId>(vocab_size());
  for (const std::string& content : contents) {
    const auto is_this = [&](const AddedToken& token) { return token.content == content; };
    const auto found = std::find_if(extended.added.begin(), extended.added.end(), is_this);
    if (found != extended.added.end()) {
      found->special = true;
      continue;
    }
    AddedToken token;
    token.content = content;
    const std::optional<TokenId> known = id_of(content);
    token.id = known ? *known : next++;
    extended.added.push_back(std::move(token));
  }
  return Tokenizer(std::move(extended));
}

void Tokenizer::save(const std::filesystem::path& folder) const {
  make_folder(folder);
  write_file(folder / model_->file_name(), file_bytes());
  for (const TokenModel::SideFile& side : model_->side_files()) write_file(folder / side.name, side.content);
}

std::string DecodeStream::push(TokenId id) {
  if (!(skip_special_ && tokenizer_.is_special(id))) decoder_->push(id, held_);
  if (decoder_->waits() || held_.ends_with(kReplacementCharacter)) return {};
  return std::exchange(held_, {});
}

std::string DecodeStream::finish() {
  decoder_->finish(held_);
  return std::exchange(held_, {});
}

}  // namespace bantam

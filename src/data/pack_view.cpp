#include "data/pack_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "base/error.h"
#include "text/unicode.h"

namespace bantam {
namespace {

// The texts of tokens, a piece a token: what a token only begins comes with the one that ends it.
std::vector<std::string> pieces_of(const Tokenizer& tokenizer, std::span<const int32_t> ids) {
  DecodeStream stream(tokenizer);
  std::vector<std::string> pieces;
  for (const int32_t id : ids) pieces.push_back(stream.push(id));
  if (!pieces.empty()) pieces.back() += stream.finish();
  return pieces;
}

SeenSegment seen_segment(const Pack& pack, const Shard& shard, const Tokenizer& tokenizer, const Piece& piece,
                         uint64_t at) {
  const std::span<const uint64_t> begins = shard.offsets();
  const auto after = std::upper_bound(begins.begin(), begins.end(), piece.begin);
  const auto document = static_cast<uint64_t>(after - begins.begin()) - 1;
  const PackSource& source = pack.manifest().sources[shard.info().source];
  SeenSegment seen{.begin = at,
                   .length = piece.length,
                   .source = source.name,
                   .file = source.files[shard.file_of(document)].name,
                   .category = shard.category_of(document),
                   .meta = repaired_utf8(shard.meta_of(document)),
                   .document = document,
                   .first_token = piece.begin - begins[document],
                   .shard = shard.info().folder,
                   .runs = {},
                   .decision = {},
                   .decision_position = {}};
  if (const auto label = shard.label_within(piece.begin, piece.length)) {
    seen.decision = label->label;
    seen.decision_position = static_cast<int>(at + label->token - piece.begin);
  }
  std::vector<int32_t> ids(piece.length + 1);
  shard.tokens(piece.begin, ids);
  const uint64_t patches = shard.image_at(piece.begin).empty() ? 0 : shard.patches();
  std::vector<std::string> pieces = pieces_of(tokenizer, std::span(ids).subspan(patches));
  pieces.insert(pieces.begin(), patches, "");
  if (patches > 0) pieces[0] = fmt::format("<image of {} patches>", patches);
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool learnt = i > 0 && shard.is_target(piece.begin + i);
    seen.learnt += learnt;
    if (i == piece.length && !learnt) break;  // nobody sees it
    if (seen.runs.empty() || seen.runs.back().learnt != learnt) seen.runs.push_back({learnt, {}});
    seen.runs.back().text += pieces[i];
  }
  return seen;
}

}  // namespace

std::vector<SourceShare> source_shares(const Pack& pack, const std::string& split) {
  const std::vector<PackSource>& sources = pack.manifest().sources;
  std::vector<SourceShare> all(sources.size());
  for (size_t s = 0; s < sources.size(); ++s)
    all[s].name = sources[s].name, all[s].weight = sources[s].weight;
  for (const PackShard& shard : pack.manifest().shards) {
    if (shard.split != split) continue;
    SourceShare& source = all[shard.source];
    source.documents += shard.rows;
    source.tokens += shard.tokens;
    source.text_bytes += shard.text_bytes;
  }
  std::erase_if(all, [](const SourceShare& source) { return source.documents == 0; });
  const auto size = [](const SourceShare& source) {
    return source.weight.value_or(static_cast<double>(source.tokens));
  };
  double sum = 0;
  for (const SourceShare& source : all) sum += size(source);
  for (SourceShare& source : all) source.share = sum > 0 ? size(source) / sum : 0;
  return all;
}

std::vector<LengthBucket> length_histogram(const Pack& pack, const std::string& split) {
  std::map<int, LengthBucket> buckets;  // by the bits of the length
  for (const Shard& shard : pack.shards()) {
    if (shard.info().split != split) continue;
    for (uint64_t d = 0; d < shard.documents(); ++d) {
      const uint64_t tokens = shard.document_tokens(d);
      LengthBucket& bucket = buckets[static_cast<int>(std::bit_width(tokens))];
      ++bucket.documents;
      bucket.tokens += tokens;
    }
  }
  std::vector<LengthBucket> histogram;
  if (buckets.empty()) return histogram;
  for (int bits = buckets.begin()->first; bits <= buckets.rbegin()->first; ++bits) {
    LengthBucket bucket = buckets[bits];
    bucket.from = bits == 0 ? 0 : uint64_t{1} << (bits - 1);
    bucket.to = bits == 0 ? 0 : 2 * bucket.from - 1;
    histogram.push_back(bucket);
  }
  return histogram;
}

RowPlan plan_of(const Pack& pack, const std::string& split, uint64_t length) {
  std::vector<const Shard*> shards;
  for (const Shard& shard : pack.shards())
    if (shard.info().split == split && shard.documents() > 0) shards.push_back(&shard);
  return RowPlan(std::move(shards), static_cast<uint32_t>(std::min<uint64_t>(length, ~uint32_t{0})));
}

SeenRow seen_row(const Pack& pack, const RowPlan& plan, const Tokenizer& tokenizer, uint64_t row) {
  BANTAM_ASSERT(row < plan.rows());
  SeenRow seen{row, plan.length(), 0, {}};
  uint64_t at = 0;
  for (const Piece& piece : plan.row(row)) {
    seen.segments.push_back(seen_segment(pack, plan.shard(piece.shard), tokenizer, piece, at));
    at += piece.length;
  }
  seen.padding = seen.length - at;
  return seen;
}

}  // namespace bantam

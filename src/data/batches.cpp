#include "data/batches.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "data/permutation.h"

namespace bantam {
namespace {

struct RowAddress {
  const RowPlan* plan;
  const std::vector<uint32_t>* sources;  // by the plan's shards
  uint64_t row;
};

// Shards of a split with the numbers of their sources.
struct NumberedShards {
  std::vector<const Shard*> shards;
  std::vector<uint32_t> numbers;
};

NumberedShards shards_of(const std::vector<const Pack*>& packs, const std::string& split) {
  NumberedShards found;
  uint32_t before = 0;
  for (const Pack* pack : packs) {
    for (const Shard& shard : pack->shards()) {
      if (shard.info().split != split || shard.documents() == 0) continue;
      found.shards.push_back(&shard);
      found.numbers.push_back(before + static_cast<uint32_t>(shard.info().source));
    }
    before += static_cast<uint32_t>(pack->manifest().sources.size());
  }
  return found;
}

// Writes one piece at `at`: its tokens, the tokens that follow them, and where the mask forbids, none. Of its image, which
// only a whole document has, the patches are no tokens, and nothing is predicted from them.
void write_piece(const Piece& piece, const Shard& shard, size_t at, Batch& batch) {
  std::vector<int32_t> ids(piece.length + 1);
  shard.tokens(piece.begin, ids);
  for (uint32_t i = 0; i < piece.length; ++i) {
    batch.tokens[at + i] = ids[i];
    batch.targets[at + i] = shard.is_target(piece.begin + i + 1) ? ids[i + 1] : -1;
    batch.positions[at + i] = static_cast<int32_t>(i);
  }
  if (shard.image_at(piece.begin).empty()) return;
  BANTAM_ASSERT(piece.length > shard.patches());
  std::fill_n(batch.tokens.begin() + static_cast<ptrdiff_t>(at), shard.patches(), -1);
  std::fill_n(batch.targets.begin() + static_cast<ptrdiff_t>(at), shard.patches(), -1);
}

Batch assemble(std::span<const RowAddress> addresses, size_t length) {
  Batch batch{.rows = addresses.size(), .length = length};
  const size_t size = batch.rows * length;
  batch.tokens.assign(size, -1);
  batch.targets.assign(size, -1);
  batch.positions.assign(size, 0);
  std::vector<std::vector<BatchSegment>> segments(batch.rows);
  std::vector<std::vector<BatchLabel>> labels(batch.rows);
  std::vector<std::vector<BatchImage>> images(batch.rows);
  std::vector<std::vector<uint32_t>> sources(batch.rows);
  parallel_for(batch.rows, [&](size_t r) {
    size_t at = r * length;
    for (const Piece& piece : addresses[r].plan->row(addresses[r].row)) {
      const Shard& shard = addresses[r].plan->shard(piece.shard);
      write_piece(piece, shard, at, batch);
      if (const auto found = shard.label_within(piece.begin, piece.length))
        labels[r].push_back({at + static_cast<size_t>(found->token - piece.begin), found->label});
      if (const auto pixels = shard.image_at(piece.begin); !pixels.empty())
        images[r].push_back({at, static_cast<size_t>(shard.patches()), pixels});
      segments[r].push_back({at, piece.length});
      sources[r].push_back((*addresses[r].sources)[piece.shard]);
      at += piece.length;
    }
    const size_t padding = (r + 1) * length - at;
    if (padding == 0) return;
    segments[r].push_back({at, padding});
    sources[r].push_back(Batch::kPadding);
    std::iota(batch.positions.begin() + static_cast<ptrdiff_t>(at),
              batch.positions.begin() + static_cast<ptrdiff_t>(at + padding), 0);
  });
  for (const auto& row : segments) batch.segments.insert(batch.segments.end(), row.begin(), row.end());
  for (const auto& row : sources) batch.sources.insert(batch.sources.end(), row.begin(), row.end());
  for (const auto& row : labels) batch.labels.insert(batch.labels.end(), row.begin(), row.end());
  for (const auto& row : images) batch.images.insert(batch.images.end(), row.begin(), row.end());
  return batch;
}

}  // namespace

std::vector<std::string> source_names(const std::vector<const Pack*>& packs) {
  std::vector<std::string> names;
  for (const Pack* pack : packs)
    for (const PackSource& source : pack->manifest().sources) names.push_back(source.name);
  return names;
}

uint64_t Batch::target_count(size_t ahead) const {
  BANTAM_ASSERT(ahead >= 1);
  uint64_t count = 0;
  for (const BatchSegment& segment : segments)
    for (size_t p = segment.start + ahead - 1; p < segment.start + segment.length; ++p)
      count += targets[p] >= 0 && tokens[p + 1 - ahead] >= 0;
  return count;
}

Batch Batch::slice(size_t first_row, size_t count) const {
  BANTAM_ASSERT(first_row <= rows && count <= rows - first_row);
  const size_t begin = first_row * length, end = begin + count * length;
  const auto part = [&](const std::vector<int32_t>& values) {
    return std::vector<int32_t>(values.begin() + static_cast<ptrdiff_t>(begin),
                                values.begin() + static_cast<ptrdiff_t>(end));
  };
  Batch batch{.rows = count,
              .length = length,
              .tokens = part(tokens),
              .targets = part(targets),
              .positions = part(positions)};
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].start < begin || segments[i].start >= end) continue;
    batch.segments.push_back({segments[i].start - begin, segments[i].length});
    if (!sources.empty()) batch.sources.push_back(sources[i]);
  }
  for (const BatchLabel& label : labels)
    if (label.position >= begin && label.position < end)
      batch.labels.push_back({label.position - begin, label.label});
  for (const BatchImage& image : images)
    if (image.position >= begin && image.position < end)
      batch.images.push_back({image.position - begin, image.patches, image.pixels});
  return batch;
}

Batches::Batches(std::vector<const Pack*> packs, Options options)
    : options_(std::move(options)), source_names_(bantam::source_names(packs)) {
  BANTAM_ASSERT(!packs.empty() && !options_.lengths.empty());
  bool weighted = false;
  uint32_t number = 0;
  for (const Pack* pack : packs) {
    require(pack->manifest().tokenizer.sha256 == packs[0]->manifest().tokenizer.sha256, ErrorCode::invalid,
            "{}: was made with another tokenizer than {}", pack->path().string(), packs[0]->path().string());
    for (size_t s = 0; s < pack->manifest().sources.size(); ++s, ++number) {
      const PackSource& info = pack->manifest().sources[s];
      Source source{info.name, info.weight.value_or(0), {}, {}};
      for (const Shard& shard : pack->shards())
        if (shard.info().source == s && shard.info().split == options_.split && shard.documents() > 0)
          source.shards.push_back(&shard);
      if (source.shards.empty()) continue;
      source.numbers.assign(source.shards.size(), number);
      require(sources_.empty() || weighted == info.weight.has_value(), ErrorCode::invalid,
              "{}: only some of the {} sources have weights; give one to all or to none",
              pack->path().string(), options_.split);
      weighted = info.weight.has_value();
      sources_.push_back(std::move(source));
    }
  }
  require(!sources_.empty(), ErrorCode::invalid, "{}: holds nothing for the split \"{}\"",
          packs[0]->path().string(), options_.split);
  drawn_sources_ = sources_.size();
  for (size_t s = 1; !weighted && s < sources_.size(); ++s) {
    sources_[0].name += " + " + sources_[s].name;
    sources_[0].shards.insert(sources_[0].shards.end(), sources_[s].shards.begin(), sources_[s].shards.end());
    sources_[0].numbers.insert(sources_[0].numbers.end(), sources_[s].numbers.begin(),
                               sources_[s].numbers.end());
  }
  if (!weighted) {
    sources_.resize(1);
    sources_[0].weight = 1;
  }

  std::vector<double> weights;
  for (const Source& source : sources_) weights.push_back(source.weight);
  uint64_t begin = 0;
  for (const LengthPhase& length : options_.lengths) {
    require(
        length.length > 0 && options_.tokens_per_step % length.length == 0 && options_.tokens_per_step > 0,
        ErrorCode::usage, "data: a step of {} tokens does not hold whole rows of {}",
        options_.tokens_per_step, length.length);
    Phase phase{begin, Mixture(weights, options_.seed), {}};
    for (const Source& source : sources_) {
      phase.plans.emplace_back(source.shards,
                               static_cast<uint32_t>(std::min<uint64_t>(length.length, ~uint32_t{0})));
      require(phase.plans.back().rows() > 0, ErrorCode::invalid,
              "data: {} has no document of two tokens or more", source.name);
    }
    phases_.push_back(std::move(phase));
    begin = length.until;
  }
}

size_t Batches::phase_of(uint64_t step) const {
  size_t phase = 0;
  while (phase + 1 < options_.lengths.size() && step >= options_.lengths[phase].until) ++phase;
  return phase;
}

Batch Batches::load(uint64_t step) const {
  const size_t phase_index = phase_of(step);
  const Phase& phase = phases_[phase_index];
  const RandomStream orders(options_.seed, "row order");
  std::vector<RowAddress> addresses(rows(step));
  for (size_t j = 0; j < addresses.size(); ++j) {
    const Mixture::Draw draw = phase.mixture.draw((step - phase.begin) * addresses.size() + j);
    const RowPlan& plan = phase.plans[draw.source];
    const uint64_t epoch = draw.ordinal / plan.rows();
    const uint64_t order = orders.bits(phase_index << 56 | draw.source << 40 | epoch);
    addresses[j] = {&plan, &sources_[draw.source].numbers,
                    Permutation(plan.rows(), options_.seed, order)(draw.ordinal % plan.rows())};
  }
  return assemble(addresses, length(step));
}

std::vector<Batches::SourceUse> Batches::use(uint64_t step) const {
  const Phase& phase = phases_[phase_of(step)];
  const std::vector<uint64_t> drawn = phase.mixture.drawn_before((step - phase.begin) * rows(step));
  std::vector<SourceUse> use;
  for (size_t s = 0; s < sources_.size(); ++s) {
    const uint64_t rows = phase.plans[s].rows();
    use.push_back({sources_[s].name, rows, static_cast<double>(drawn[s]) / static_cast<double>(rows)});
  }
  return use;
}

double Batches::padding(uint64_t step) const {
  uint64_t positions = 0, room = 0;
  for (const RowPlan& plan : phases_[phase_of(step)].plans) {
    positions += plan.positions();
    room += plan.rows() * plan.length();
  }
  return 1 - static_cast<double>(positions) / static_cast<double>(room);
}

OrderedRows::OrderedRows(const std::vector<const Pack*>& packs, const std::string& split, uint64_t length)
    : numbers_(shards_of(packs, split).numbers),
      plan_(shards_of(packs, split).shards, static_cast<uint32_t>(std::min<uint64_t>(length, ~uint32_t{0}))) {
}

Batch OrderedRows::load(uint64_t first_row, uint64_t count) const {
  std::vector<RowAddress> addresses;
  for (uint64_t row = first_row; row < std::min(first_row + count, rows()); ++row)
    addresses.push_back({&plan_, &numbers_, row});
  return assemble(addresses, length());
}

Batch OrderedRows::draw(uint64_t first, uint64_t count) const {
  const Permutation order(rows(), 0, 0);
  std::vector<RowAddress> addresses;
  for (uint64_t place = first; place < std::min(first + count, rows()); ++place)
    addresses.push_back({&plan_, &numbers_, order(place)});
  return assemble(addresses, length());
}

}  // namespace bantam

#include "model/continuation.h"

#include <algorithm>

#include "formats/model_state.h"

namespace bantam {
namespace {

bool has_row_for_each_token(const std::string& name) {
  return name == "model.embed_tokens.weight" || name == "lm_head.weight";
}

// How many of a tensor's first elements the old model has.
size_t common_elements(const NamedParts& old, const std::string& name, const WeightPart& part) {
  const auto found = old.find(name);
  if (found == old.end()) return 0;
  const std::vector<size_t>&is = found->second.part->shape, &wanted = part.shape;
  if (is == wanted) return part.count;
  if (!has_row_for_each_token(name) || is.size() != 2 || wanted.size() != 2 || is[1] != wanted[1]) return 0;
  return std::min(is[0], wanted[0]) * wanted[1];
}

}  // namespace

ContinuedTensors continue_from(const StoredModel& old, const Decoder& shapes) {
  const NamedParts before = parts_by_name(old.shapes), now = parts_by_name(shapes);
  ContinuedTensors plan;
  for (const auto& [name, part] : now) {
    const size_t common = common_elements(before, name, *part.part);
    const bool same = before.contains(name) && before.at(name).part->shape == part.part->shape;
    (same ? plan.kept : common > 0 ? plan.resized : plan.fresh).push_back(name);
  }
  for (const auto& [name, part] : before)
    if (!now.contains(name) || common_elements(before, name, *now.at(name).part) == 0)
      plan.unused.push_back(name);
  return plan;
}

std::string write_continued_model(const std::filesystem::path& folder, const StoredModel& old,
                                  const Decoder& shapes, StoredDtype dtype, uint64_t seed,
                                  const ByteProgress& progress) {
  const NamedParts before = parts_by_name(old.shapes);
  const PartValues fresh = initial_values(seed);
  const auto values = [&](const NamedPart& part, size_t begin, size_t count, float* out) {
    const size_t common = common_elements(before, part.part->name, *part.part);
    const size_t kept = std::min(count, common - std::min(common, begin));
    if (kept > 0) old.weights.read(*before.at(part.part->name).part, begin, kept, out);
    if (kept < count) fresh(part, begin + kept, count - kept, out + kept);
  };
  return write_model_from(folder, shapes, dtype, values,
                          {"continued", seed, model_state_sha256(old.weights.files())}, "", progress);
}

}  // namespace bantam

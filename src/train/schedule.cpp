#include "train/schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

namespace bantam {
namespace {

constexpr uint64_t kToTheEnd = std::numeric_limits<uint64_t>::max();

[[noreturn]] void fail_curriculum(std::string_view text) {
  fail(ErrorCode::usage,
       "train.length_curriculum: is \"{}\", wanted (length,until)… with rising steps and -1 last, such as "
       "(256,500)(512,-1)",
       text);
}

// The whole number at the front of `rest`, which loses it.
int64_t take_number(std::string_view& rest, std::string_view whole) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc()) fail_curriculum(whole);
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  return value;
}

void take(std::string_view& rest, char c, std::string_view whole) {
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  if (rest.empty() || rest[0] != c) fail_curriculum(whole);
  rest.remove_prefix(1);
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
}

}  // namespace

std::vector<CurriculumEntry> parse_curriculum(std::string_view text, uint64_t max_seq_len, bool* capped) {
  if (text.empty()) return {{max_seq_len, kToTheEnd}};
  std::vector<CurriculumEntry> entries;
  for (std::string_view rest = text; !rest.empty();) {
    take(rest, '(', text);
    const int64_t length = take_number(rest, text);
    take(rest, ',', text);
    const int64_t until = take_number(rest, text);
    take(rest, ')', text);
    const bool last = until == -1;
    if (length < 1 || (!last && until < 1) || last != rest.empty()) fail_curriculum(text);
    if (!last && !entries.empty() && static_cast<uint64_t>(until) <= entries.back().until)
      fail_curriculum(text);
    if (capped != nullptr && static_cast<uint64_t>(length) > max_seq_len) *capped = true;
    const CurriculumEntry entry{std::min(static_cast<uint64_t>(length), max_seq_len),
                                last ? kToTheEnd : static_cast<uint64_t>(until)};
    if (!entries.empty() && entries.back().length == entry.length)
      entries.back().until = entry.until;  // another phase would only begin another order of rows
    else
      entries.push_back(entry);
  }
  return entries;
}

Schedule::Schedule(const TrainRecipe& recipe) : recipe_(recipe) {
  bool capped = false;
  curriculum_ = parse_curriculum(recipe.length_curriculum, recipe.max_seq_len, &capped);
  tokens_per_step_ = recipe.tokens_per_batch * recipe.grad_accum_steps;
  steps_ = (recipe.target_tokens + tokens_per_step_ - 1) / tokens_per_step_;
  for (const CurriculumEntry& entry : curriculum_) {
    const uint64_t rows = recipe.tokens_per_batch / entry.length;
    require(rows * entry.length == recipe.tokens_per_batch, ErrorCode::usage,
            "train.tokens_per_batch: is {}, which holds no whole number of rows of {} tokens; {} would",
            recipe.tokens_per_batch, entry.length, std::max<uint64_t>(1, rows) * entry.length);
  }
  if (capped)
    notices_.push_back(fmt::format(
        "train.length_curriculum has lengths above max_seq_len; they are cut to {}", recipe.max_seq_len));
  if (recipe.warmup_steps >= steps_)
    notices_.push_back(
        fmt::format("train.warmup_steps is {} but the run has {} steps: the learning rate stops at {:.2g}",
                    recipe.warmup_steps, steps_, lr(steps_ - 1)));
}

uint64_t Schedule::length(uint64_t step) const {
  for (const CurriculumEntry& entry : curriculum_)
    if (step < entry.until) return entry.length;
  return curriculum_.back().length;
}

std::vector<Schedule::Phase> Schedule::phases() const {
  std::vector<Phase> phases;
  uint64_t begin = 0;
  for (const CurriculumEntry& entry : curriculum_) {
    const uint64_t end = std::min(entry.until, steps_);
    if (end > begin) phases.push_back({entry.length, begin, end});
    begin = std::max(begin, end);
  }
  return phases;
}

uint64_t Schedule::rows_per_batch(uint64_t step) const { return recipe_.tokens_per_batch / length(step); }

double Schedule::lr(uint64_t step) const {
  const double s = static_cast<double>(step), warmup = static_cast<double>(recipe_.warmup_steps);
  const double steps = static_cast<double>(steps_), floor = recipe_.min_lr_ratio;
  if (step < recipe_.warmup_steps) return recipe_.lr * (s + 1) / warmup;
  double share = 1;  // of the way between floor and lr
  if (recipe_.schedule == ScheduleKind::cosine) {
    const double progress = std::min(1.0, (s - warmup) / std::max(1.0, steps - warmup));
    share = 0.5 * (1 + std::cos(std::numbers::pi * progress));
  } else {
    const double tail = std::max(1.0, recipe_.decay_ratio * steps);
    const double progress = std::clamp((s + 1 - (steps - tail)) / tail, 0.0, 1.0);
    share = 1 - std::sqrt(progress);
  }
  return recipe_.lr * (floor + (1 - floor) * share);
}

}  // namespace bantam

#include "train/loop.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/energy.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/progress.h"
#include "simd/isa.h"
#include "tensor/arena.h"
#include "tensor/tape.h"
#include "train/checkpoint.h"
#include "train/estimate.h"
#include "train/guard.h"
#include "train/optimizer.h"
#include "train/resume.h"
#include "train/run_log.h"
#include "train/schedule.h"
#include "train/validation_record.h"
#include "train/weight_average.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr double kSmoothing = 0.98;                    // of the smoothed loss, per step
constexpr auto kRest = std::chrono::milliseconds(50);  // between two looks whether a pause is over

// Mean of the losses so far, the recent ones weighing more.
struct SmoothedLoss {
  double sum = 0, weight = 0;
  void add(double loss) {
    sum = kSmoothing * sum + (1 - kSmoothing) * loss;
    weight = kSmoothing * weight + (1 - kSmoothing);
  }
  double value() const { return weight > 0 ? sum / weight : 0; }
};

struct StepResult {
  double loss = 0, lr = 0, gradient_norm = 0, update_norm = 0, seconds = 0;
  std::map<std::string, double> terms = {};
  std::string skipped = {};  // why, if it was
  std::optional<double> joules = {};
};

class Loop {
 public:
  Loop(Learner& learner, const TrainingSetup& setup)
      : learner_(learner),
        setup_(setup),
        recipe_(setup.recipe),
        schedule_(recipe_),
        weights_(learner.weights()),
        optimizer_(weights_, optimizer_options(recipe_)),
        guard_(recipe_.spike_skip, recipe_.max_bad_steps),
        validation_(recipe_.keep_best, recipe_.early_stop),
        estimate_(schedule_.steps(), {recipe_.eval_every, recipe_.sample_every, recipe_.save_every},
                  [this](uint64_t step) { return learner_.step_flops(step); }),
        checkpoints_(setup.run / "checkpoints"),
        identity_(Json::parse(setup.identity)) {
    identity_["train"] = write_config(recipe_);
    if (recipe_.ema > 0) average_.emplace(weights_, recipe_.ema);
    for (const std::string& notice : schedule_.notices()) log_note("{}", notice);
  }

  TrainingResult run() {
    const InterruptScope scope;
    const PauseScope pauses;
    require(setup_.hooks.evaluate || (recipe_.keep_best == 0 && recipe_.early_stop.evaluations == 0),
            ErrorCode::usage,
            "train.{}: goes by the validation loss, and nothing is evaluated; give the data a valid split",
            recipe_.keep_best > 0 ? "keep_best" : "early_stop");
    checkpoints_.require_space(checkpoint_bytes(weights_, recipe_),
                               recipe_.keep_checkpoints + recipe_.keep_best);
    resume_or_begin();
    while (!over()) {
      rest_while_paused();
      if (interrupted()) break;
      const StepResult result = step();
      ++done_;
      report(result);
      const bool last = done_ == schedule_.steps();
      const bool best = (last || due(recipe_.eval_every)) && evaluate();
      if (due(recipe_.sample_every) || (last && recipe_.sample_every > 0)) sample();
      if (last || best || due(recipe_.save_every)) save();
    }
    if (saved_ != done_) save();
    return result();
  }

 private:
  // The record of evaluations without checkpoints that are gone: one that was damaged since may have outlived them.
  Json still_there(Json record) const {
    Json there = Json::array();
    for (const Json& entry : record.at("best"))
      if (fs::exists(checkpoints_.path_of(entry.at("step").get<uint64_t>()))) there.push_back(entry);
    record["best"] = std::move(there);
    return record;
  }

  bool over() const { return done_ == schedule_.steps() || validation_.stalled(); }

  TrainingResult result() {
    TrainingResult result{.interrupted = !over(),
                          .step = done_,
                          .stopped_early = done_ < schedule_.steps() && validation_.stalled(),
                          .result_step = done_,
                          .smoothed_loss = smoothed_.value(),
                          .seconds = seconds_,
                          .skipped = guard_.skipped()};
    if (parent_.is_object()) result.parent_sha256 = parent_.at("weights_sha256").get<std::string>();
    if (result.interrupted) return result;
    if (result.stopped_early)
      log_note("stopped early after step {}: the last {} evaluations brought nothing better", grouped(done_),
               recipe_.early_stop.evaluations);
    const auto& best = validation_.best();
    if (!best.empty() && best[0].second != done_) {
      result.result_step = best[0].second;
      load_result(checkpoints_.path_of(result.result_step), weights_);
      log_note("the best of the evaluations was that after step {}: its weights are the result",
               grouped(result.result_step));
    } else if (average_) {
      average_->swap();
    }
    return result;
  }

  void rest_while_paused() {
    if (!paused() || interrupted()) return;
    log_note("paused after step {}; SIGUSR1, or p and Enter, goes on", grouped(done_));
    if (setup_.hooks.pause) setup_.hooks.pause(true);
    while (paused() && !interrupted()) std::this_thread::sleep_for(kRest);
    if (setup_.hooks.pause) setup_.hooks.pause(false);
    if (!interrupted()) log_note("going on");
  }

  bool due(uint64_t every) const { return every > 0 && done_ % every == 0; }

  void resume_or_begin() {
    const auto found = checkpoints_.newest();
    if (!found) {
      if (setup_.hooks.begin) setup_.hooks.begin();
      if (setup_.hooks.inherit) parent_ = setup_.hooks.inherit();
      if (average_) average_->begin();
      log_.emplace(setup_.run / "log.jsonl");
      evaluate();
      save();
      return;
    }
    for (const std::string& damage : found->damaged)
      log_warning("{}; going back to the checkpoint before", damage);
    refuse_changes(checkpoint_state(found->folder).at("identity"), identity_, found->folder.string());
    const Json state = checkpoints_.load(*found, weights_, optimizer_, average_ ? &*average_ : nullptr);
    if (state.contains("parent")) parent_ = state["parent"];
    refuse_another_parent(found->folder.string());
    require(found->step <= schedule_.steps(), ErrorCode::usage,
            "train.target_tokens: is {}, but the run has {} tokens behind it; give more, or start another "
            "run folder",
            recipe_.target_tokens, schedule_.tokens_before(found->step));
    if (state.at("isa") != name_of(isa()))
      log_warning("the run was on {} instructions so far and is on {} now: its bits will differ by rounding",
                  state["isa"].get<std::string>(), name_of(isa()));
    done_ = saved_ = found->step;
    guard_.restore(state.at("guard"));
    if (state.contains("validation")) validation_.restore(still_there(state["validation"]));
    estimate_.restore(state.at("pauses"));
    state.at("smoothed").at(0).get_to(smoothed_.sum);
    state.at("smoothed").at(1).get_to(smoothed_.weight);
    state.at("seconds").get_to(seconds_);
    log_.emplace(setup_.run / "log.jsonl", done_);
    // What the save that this goes on from was killed before.
    checkpoints_.prune(done_, recipe_.keep_checkpoints, validation_.best_steps());
    if (setup_.hooks.begin) setup_.hooks.begin();
    log_note("going on after step {} of {}", grouped(done_), grouped(schedule_.steps()));
  }

  void refuse_another_parent(const std::string& checkpoint) const {
    const std::string began = parent_.is_object() ? parent_.at("from").get<std::string>() : "";
    require(setup_.from.empty() || setup_.from == began, ErrorCode::usage,
            "--from: is {}, but the run in {} began with {}; leave --from out to go on, or start another run "
            "folder",
            setup_.from, checkpoint, began.empty() ? "weights of its own" : began);
  }

  StepResult step() {
    const auto start = Clock::now();
    energy_.joules();
    StepResult result{.lr = schedule_.lr(done_)};
    learner_.open_step(done_);
    for (size_t i = 0; i < learner_.micro_batches(); ++i) {
      Tape tape;
      const MicroLoss part = learner_.forward(i);
      tape.backward(part.roots);
      result.loss += part.total;
      for (const auto& [name, value] : part.terms) result.terms[name] += value;
    }
    result.gradient_norm = optimizer_.gradient_norm();
    result.skipped = guard_.judge(done_, result.loss, result.gradient_norm, learner_.batch_name());
    if (result.skipped.empty()) {
      result.update_norm = optimizer_.update(result.lr, clip_scale(result.gradient_norm, recipe_.grad_clip));
      if (average_) average_->update();
      smoothed_.add(result.loss);
      for (Weight* weight : weights_)
        if (weight->after_step) weight->after_step(*weight, weight->tally);
    } else {
      optimizer_.discard_gradients();
    }
    for (Weight* weight : weights_) weight->tally.clear();
    result.seconds = seconds_since(start);
    result.joules = energy_.joules();
    estimate_.step_took(done_, result.seconds);
    seconds_ += result.seconds;
    return result;
  }

  void report(const StepResult& r) {
    const double rate = static_cast<double>(schedule_.tokens_per_step()) / r.seconds;
    const double mfu =
        setup_.gemm_flops_per_second > 0 ? estimate_.flops_per_second() / setup_.gemm_flops_per_second : 0;
    const uint64_t memory = resident_bytes();
    Json line = {{"step", done_}, {"tokens", schedule_.tokens_before(done_)}};
    if (!r.skipped.empty()) line.update({{"skipped", r.skipped}, {"batch", learner_.batch_name()}});
    if (std::isfinite(r.loss)) line["loss"] = r.loss;
    line.update({{"smoothed_loss", smoothed_.value()}, {"lr", r.lr}});
    if (std::isfinite(r.gradient_norm)) line["grad_norm"] = r.gradient_norm;
    if (r.skipped.empty()) line.update({{"update_norm", r.update_norm}, {"terms", r.terms}});
    line.update({{"tokens_per_second", rate}, {"mfu", mfu}, {"memory_bytes", memory}, {"seconds", seconds_}});
    if (r.joules) line["joules"] = *r.joules;
    write(line);
    if (!r.skipped.empty())
      log_warning("step {} skipped: {} (batch {})", done_, r.skipped, learner_.batch_name());
    if (!status_.due()) return;
    std::string text = fmt::format("step {}/{}  loss {:.4f} ({:.4f})  lr {:.2e}  {} tok/s", grouped(done_),
                                   grouped(schedule_.steps()), r.loss, smoothed_.value(), r.lr,
                                   grouped(static_cast<uint64_t>(rate)));
    if (mfu > 0) text += fmt::format("  MFU {:.0f} %", 100 * mfu);
    text += fmt::format("  {}  {} left", bytes_text(static_cast<double>(memory)),
                        duration_text(estimate_.remaining(done_)));
    status_.show(text);
  }

  // Runs with the weights that the run stands for. Steps and what comes between them want blocks of other sizes: neither
  // keeps its own while the other runs.
  Json with_result(const std::function<Json(uint64_t)>& hook) {
    release_free_memory(Device::cpu);
    if (average_) average_->swap();
    Json said = hook(done_);
    if (average_) average_->swap();
    release_free_memory(Device::cpu);
    return said;
  }

  // Whether the loss is among the best that are kept.
  bool evaluate() {
    if (!setup_.hooks.evaluate) return false;
    const auto start = Clock::now();
    const Json figures = with_result(setup_.hooks.evaluate);
    estimate_.pause_took(TimeEstimate::evaluation, seconds_since(start));
    if (figures.empty()) return false;
    write({{"step", done_},
           {"tokens", schedule_.tokens_before(done_)},
           {"eval", figures},
           {"seconds", seconds_}});
    std::string text;
    for (const auto& [name, value] : figures.items())
      if (value.is_number_float())
        text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", name, value.get<double>());
    log_note("step {}: {}", grouped(done_), text);
    return figures.contains("valid_loss") && validation_.add(done_, figures["valid_loss"].get<double>());
  }

  void sample() {
    if (!setup_.hooks.sample) return;
    const auto start = Clock::now();
    const Json samples = with_result(setup_.hooks.sample);
    estimate_.pause_took(TimeEstimate::sample, seconds_since(start));
    write({{"step", done_}, {"samples", samples}});
  }

  void save() {
    const auto start = Clock::now();
    log_->sync();
    const Json state = {{"identity", identity_},       {"parent", parent_},
                        {"guard", guard_.state()},     {"validation", validation_.state()},
                        {"pauses", estimate_.state()}, {"smoothed", {smoothed_.sum, smoothed_.weight}},
                        {"seconds", seconds_},         {"isa", name_of(isa())}};
    checkpoints_.save(done_, weights_, optimizer_, state, recipe_.keep_checkpoints,
                      average_ ? &*average_ : nullptr, validation_.best_steps());
    saved_ = done_;
    estimate_.pause_took(TimeEstimate::checkpoint, seconds_since(start));
  }

  void write(const Json& line) {
    log_->add(line);
    if (setup_.hooks.watch) setup_.hooks.watch(line);
  }

  Learner& learner_;
  const TrainingSetup& setup_;
  const TrainRecipe& recipe_;
  Schedule schedule_;
  std::vector<Weight*> weights_;
  AdamW optimizer_;
  StepGuard guard_;
  ValidationRecord validation_;
  std::optional<WeightAverage> average_;
  EnergyMeter energy_;
  Json parent_;  // the lineage, where the run began with another's weights
  TimeEstimate estimate_;
  CheckpointFolder checkpoints_;
  Json identity_;
  std::optional<RunLog> log_;
  StatusLine status_;
  SmoothedLoss smoothed_;
  uint64_t done_ = 0, saved_ = UINT64_MAX;  // steps
  double seconds_ = 0;
};

}  // namespace

TrainingResult train(Learner& learner, const TrainingSetup& setup) { return Loop(learner, setup).run(); }

uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace bantam

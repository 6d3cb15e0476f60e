#include "infer/probe.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numeric>

#include "formats/safetensors.h"
#include "formats/stored_values.h"
#include "infer/engine.h"
#include "infer/forward.h"
#include "model/stored_weights.h"
#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr int64_t kIgnored = -100;

// patches: how many ids of every row stand for an image.
void check_ids(const IdRows& rows, const char* what, int64_t vocab, bool may_ignore, size_t patches = 0) {
  for (size_t i = 0; i < rows.values.size(); ++i) {
    const int64_t id = rows.values[i];
    if (i % rows.length < patches) {
      require(id == -1, ErrorCode::invalid, "{}: {} stands in place of a patch; wanted -1, {} of them a row",
              what, id, patches);
      continue;
    }
    require((id >= 0 && id < vocab) || (may_ignore && id == kIgnored), ErrorCode::invalid,
            "{}: {} is no token of the model, which has {}{}", what, id, vocab,
            may_ignore ? "; wanted a token, or -100 for none" : "");
  }
}

// One for each row, or none; pixels are the input's.
std::vector<SequenceImage> sequence_images(const std::optional<ImageRows>& images,
                                           const ModelConfig& config) {
  std::vector<SequenceImage> all;
  if (!images) return all;
  const auto& patches = config.embed.patches;
  require(patches.has_value(), ErrorCode::invalid, "images: the model takes none; leave the tensor out");
  require(static_cast<int64_t>(images->size) == patches->image_size, ErrorCode::invalid,
          "images: have {} pixels a side, the model takes {}", images->size, patches->image_size);
  const size_t bytes = images->size * images->size * 3;
  for (size_t row = 0; row < images->rows; ++row) {
    const auto begin = images->pixels.begin() + static_cast<ptrdiff_t>(row * bytes);
    all.push_back(
        {0, static_cast<size_t>(patches->patches()),
         std::make_shared<const std::vector<uint8_t>>(begin, begin + static_cast<ptrdiff_t>(bytes))});
  }
  return all;
}

std::vector<LabelledRow> labelled_rows(const std::optional<IdRows>& decisions, const ModelConfig& config) {
  std::vector<LabelledRow> labelled;
  if (!decisions) return labelled;
  const auto& head = config.heads.decision;
  require(head && head->enabled, ErrorCode::invalid,
          "decision: the model has no decision head that is enabled; leave the tensor out");
  for (size_t row = 0; row < decisions->values.size(); ++row) {
    const int64_t label = decisions->values[row];
    if (label == kIgnored) continue;
    require(label >= 0 && label < head->classes, ErrorCode::invalid,
            "decision: {} is no class of the model, which has {}; wanted a class, or -100 for none", label,
            head->classes);
    labelled.push_back({row, static_cast<int32_t>(label)});
  }
  return labelled;
}

std::vector<float> floats_of(const ConstMat& m) {
  std::vector<float> values(m.rows * m.cols);
  copy(Device::cpu, m, Mat(values.data(), m.rows, m.cols, m.cols, Dtype::f32));
  return values;
}

class Probe {
  // Which experts tokens went to, and which rows of an n-gram memory they found.
  struct Choices {
    std::vector<int32_t> single;                              // of all layers that choose one
    using Several = std::pair<size_t, std::vector<int32_t>>;  // how many a token, and which
    std::map<size_t, Several> several;                        // by layer
    std::map<std::string, Several> ngrams;                    // by length: rows_n1, rows_n2, …

    Pass::Observer observer(bool wanted) {
      if (!wanted) return {};
      return [this](std::string_view what, size_t layer, size_t, size_t per_row,
                    std::span<const int32_t> chosen) {
        if (what.starts_with("rows_n")) {
          ngrams[std::string(what)] = {per_row, {chosen.begin(), chosen.end()}};
          return;
        }
        std::vector<int32_t>& to = per_row == 1 ? single : several[layer].second;
        if (per_row != 1) several[layer].first = per_row;
        to.insert(to.end(), chosen.begin(), chosen.end());
      };
    }
    void write(Probe& probe, const IdRows& ids) const {
      for (const auto& [name, rows] : ngrams)
        probe.add("engram." + name, {ids.rows, ids.length, rows.first}, rows.second);
      if (!single.empty())
        probe.add("router_idx", {single.size() / ids.values.size(), ids.rows, ids.length}, single);
      for (const auto& [layer, chosen] : several)
        probe.add(fmt::format("moe.layer{}.experts", layer),
                  {chosen.second.size() / ids.length / chosen.first, ids.length, chosen.first},
                  chosen.second);
    }
  };

 public:
  Probe(Decoder& model, const ProbeOptions& options, std::vector<SequenceImage> images)
      : model_(model), options_(options), images_(std::move(images)) {}

  void run_logits(const IdRows& ids) {
    std::vector<SequenceMemory> memories(ids.rows, SequenceMemory(model_.compute()));
    Choices choices;
    const std::vector<ReadOut> outs =
        feed_columns(ids, 0, ids.length, memories, choices.observer(options_.internals));
    choices.write(*this, ids);
    const uint64_t vocab = static_cast<uint64_t>(model_.config().vocab);
    std::vector<float> steps;
    for (const ReadOut& out : outs) {
      const std::vector<float> logits = floats_of(model_.logits(out.hidden).mat());
      if (model_.config().loop.halt) steps.insert(steps.end(), logits.begin(), logits.end());
      if (&out == &outs.back()) add("logits", {ids.rows, ids.length, vocab}, logits);
    }
    if (const auto& decision = model_.config().heads.decision)
      add("decision_logits", {ids.rows, ids.length, static_cast<uint64_t>(decision->classes)},
          floats_of(model_.decision_logits(outs.back().hidden).mat()));
    if (!model_.config().loop.halt) return;
    add("step_logits", {outs.size(), ids.rows, ids.length, vocab}, std::move(steps));
    std::vector<float> halts, hazards;
    for (size_t step = 0; step + 1 < outs.size(); ++step) {
      const std::vector<float> z = floats_of(outs[step].halt_logit.mat());
      halts.insert(halts.end(), z.begin(), z.end());
    }
    for (const float z : halts)
      hazards.push_back(static_cast<float>(1 / (1 + std::exp(-static_cast<double>(z)))));
    add("halt_lambda", {outs.size() - 1, ids.rows, ids.length}, std::move(hazards));
    if (options_.internals) add("halt_logits", {outs.size() - 1, ids.rows, ids.length}, std::move(halts));
    std::vector<size_t> all(ids.values.size());
    std::iota(all.begin(), all.end(), size_t{0});
    if (options_.greedy == 0)
      add("exit_steps", {ids.rows, ids.length}, exit_steps(outs, all, options_.halt_threshold));
  }

  // The same rows in pieces: sizes[i], then single tokens. A model that needs whole sequences runs over all tokens up to
  // the end of a piece, as it does when it decodes.
  void run_pieces(const char* name, const IdRows& ids, const std::vector<size_t>& sizes) {
    const size_t vocab = static_cast<size_t>(model_.config().vocab);
    std::vector<SequenceMemory> memories(ids.rows, SequenceMemory(model_.compute()));
    std::vector<float> all(ids.values.size() * vocab);
    for (size_t begin = 0, i = 0; begin < ids.length; ++i) {
      const size_t count = std::min(i < sizes.size() ? sizes[i] : 1, ids.length - begin);
      const size_t again = model_.whole_sequence() ? begin : 0;
      if (model_.whole_sequence()) memories.assign(ids.rows, SequenceMemory(model_.compute()));
      const Tensor logits =
          model_.logits(feed_columns(ids, begin - again, again + count, memories).back().hidden);
      for (size_t row = 0; row < ids.rows; ++row)
        for (size_t t = 0; t < count; ++t)
          std::copy_n(logits.mat().row<float>(row * (again + count) + again + t), vocab,
                      all.data() + (row * ids.length + begin + t) * vocab);
      begin += count;
    }
    add(name, {ids.rows, ids.length, vocab}, std::move(all));
  }

  void run_loss(const IdRows& ids, const IdRows& labels, const std::vector<LabelledRow>& labelled,
                const Family& family) {
    std::vector<int32_t> targets(ids.values.size(), -1);
    Segments segments;
    for (size_t row = 0; row < ids.rows; ++row) {
      segments.push_back({row * ids.length, ids.length});
      for (size_t t = 0; t + 1 < ids.length; ++t) {
        const int64_t label = labels.values[row * ids.length + t + 1];
        if (label >= 0 && ids.values[row * ids.length + t] >= 0)
          targets[row * ids.length + t] = static_cast<int32_t>(label);
      }
    }
    const std::vector<int32_t> tokens(ids.values.begin(), ids.values.end());
    TargetCounts counts = count_targets(targets, tokens, segments, model_.config().furthest_target());
    counts.labelled = labelled.size();
    if (options_.gradients) model_.allocate_gradients();
    Tape tape;
    Pass pass(tokens, segments, Device::cpu, model_.compute());
    for (size_t row = 0; row < images_.size(); ++row)
      pass.add_image(row * ids.length, 0, images_[row].patches, images_[row].pixels->data());
    const Losses losses = compute_losses(model_, pass, targets, counts, options_.objective, labelled);
    if (options_.gradients) {
      tape.backward(losses.roots);
      for (const auto& [name, parts] : stored_layout(parts_by_name(model_), family))
        add_gradient(name, parts);
    }
    if (!options_.loss) return;
    add("loss", {1}, std::vector<float>{static_cast<float>(losses.total())});
    for (const auto& [name, value] : losses.terms)
      add("loss." + name, {1}, std::vector<float>{static_cast<float>(value)});
  }

  void run_greedy(const IdRows& prompts) {
    EngineOptions options;
    options.context = prompts.length + options_.greedy + 1;
    options.halt_threshold = options_.halt_threshold;
    Engine engine(model_, options);
    SamplingSettings settings;
    settings.temperature = 0;
    std::vector<Sequence> sequences;
    std::vector<Sequence*> all;
    for (size_t row = 0; row < prompts.rows; ++row) {
      const auto begin = prompts.values.begin() + static_cast<ptrdiff_t>(row * prompts.length);
      sequences.push_back(engine.begin(settings));
      const size_t patches = images_.empty() ? 0 : images_[row].patches;
      if (patches > 0) engine.extend_image(sequences.back(), *images_[row].pixels);
      engine.extend(sequences.back(), std::vector<int32_t>(begin + static_cast<ptrdiff_t>(patches),
                                                           begin + static_cast<ptrdiff_t>(prompts.length)));
    }
    for (Sequence& sequence : sequences) all.push_back(&sequence);
    std::vector<int32_t> ids(prompts.rows * options_.greedy), steps(ids.size());
    for (size_t i = 0; i < options_.greedy; ++i) {
      const std::vector<NextToken> next = engine.next(all);
      for (size_t row = 0; row < next.size(); ++row) {
        ids[row * options_.greedy + i] = next[row].id;
        steps[row * options_.greedy + i] = next[row].exit_step;
      }
    }
    add("greedy_ids", {prompts.rows, options_.greedy}, ids);
    if (model_.config().loop.halt) add("exit_steps", {prompts.rows, options_.greedy}, steps);
  }

  std::vector<NamedArray> take() { return std::move(arrays_); }

 private:
  // Tokens [begin, begin + count) of every row, packed row after row.
  std::vector<ReadOut> feed_columns(const IdRows& ids, size_t begin, size_t count,
                                    std::vector<SequenceMemory>& memories,
                                    const Pass::Observer& observer = {}) const {
    const std::vector<int32_t> all(ids.values.begin(), ids.values.end());
    std::vector<Feed> feeds;
    for (size_t row = 0; row < ids.rows; ++row)
      feeds.push_back({&memories[row], std::span<const int32_t>(all).subspan(row * ids.length + begin, count),
                       std::span(images_).subspan(std::min(row, images_.size()), images_.empty() ? 0 : 1)});
    return feed(model_, feeds, observer);
  }

  void add_gradient(const std::string& name, const std::vector<NamedPart>& parts) {
    std::vector<float> values;
    for (const auto& [weight, part] : parts) {
      values.resize(values.size() + part->count);
      if (weight->trains() && !weight->gradient_is_fresh)
        std::copy_n(weight->gradient.mat().row<float>(0) + part->offset, part->count,
                    values.end() - static_cast<ptrdiff_t>(part->count));
    }
    add("grad." + name, stored_shape(parts), std::move(values));
  }

  void add(std::string name, std::vector<uint64_t> shape, std::vector<float> values) {
    arrays_.push_back({std::move(name), std::move(shape), std::move(values), {}});
  }
  void add(std::string name, std::vector<uint64_t> shape, const std::vector<int32_t>& values) {
    arrays_.push_back({std::move(name), std::move(shape), {}, {values.begin(), values.end()}});
  }

  Decoder& model_;
  const ProbeOptions& options_;
  const std::vector<SequenceImage> images_;  // of the rows; empty without
  std::vector<NamedArray> arrays_;
};

}  // namespace

std::vector<NamedArray> probe(Decoder& model, const Family& family, const ProbeInput& input,
                              const ProbeOptions& options) {
  const int64_t vocab = model.config().vocab;
  std::vector<SequenceImage> images = sequence_images(input.images, model.config());
  const size_t patches = images.empty() ? 0 : images[0].patches;
  Probe run(model, options, std::move(images));
  if (input.ids) {
    check_ids(*input.ids, "input_ids", vocab, false, patches);
    const IdRows& labels = input.labels ? *input.labels : *input.ids;
    if (input.labels) check_ids(labels, "labels", vocab, true);
    const std::vector<LabelledRow> labelled = labelled_rows(input.decisions, model.config());
    run.run_logits(*input.ids);
    if (options.stepwise) run.run_pieces("stepwise_logits", *input.ids, {});
    if (options.chunks) run.run_pieces("chunked_logits", *input.ids, *options.chunks);
    if (options.loss || options.gradients) run.run_loss(*input.ids, labels, labelled, family);
  }
  if (options.greedy > 0) {
    const IdRows& prompts = input.greedy_prompt ? *input.greedy_prompt : *input.ids;
    check_ids(prompts, "greedy_prompt", vocab, false, patches);
    run.run_greedy(prompts);
  }
  return run.take();
}

std::vector<NamedArray> probe_sampler(const std::filesystem::path& logits,
                                      const std::vector<SamplingSettings>& settings) {
  const SafetensorsFile file(logits);
  std::vector<NamedArray> arrays;
  Sampler sampler;
  for (size_t i = 0;; ++i) {
    const StoredTensor* tensor = file.find(fmt::format("logits.{}", i));
    if (tensor == nullptr) break;
    require(i < settings.size() || settings.size() == 1, ErrorCode::invalid,
            "{}: has {}, but there are only {} settings", logits.string(), tensor->name, settings.size());
    std::vector<int32_t> history;
    if (const StoredTensor* before = file.find(fmt::format("history.{}", i)))
      for (const int64_t id : stored_integers(file, *before)) history.push_back(static_cast<int32_t>(id));
    const std::vector<float> row = stored_floats(file, *tensor);
    const auto p = sampler.probabilities(row, history, settings.size() == 1 ? settings[0] : settings[i]);
    arrays.push_back({fmt::format("probs.{}", i), tensor->shape, {p.begin(), p.end()}, {}});
  }
  require(!arrays.empty(), ErrorCode::not_found, "{}: has no tensor logits.0", logits.string());
  return arrays;
}

}  // namespace bantam

#include "cli/training.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/lineage.h"
#include "cli/model_flags.h"
#include "cli/plan.h"
#include "eval/decision_quality.h"
#include "eval/perplexity.h"
#include "formats/hugging_face.h"
#include "formats/model_state.h"
#include "infer/generate.h"
#include "model/decision.h"
#include "model/folder.h"
#include "model/part_costs.h"
#include "model/picture.h"
#include "ops/machine.h"
#include "report/model_readme.h"
#include "simd/isa.h"
#include "text/end_tokens.h"
#include "train/decoder_learner.h"
#include "train/event_log.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

// Continues each prompt with the model as it is; the seed is fixed, so that samples of different steps
// compare.
Json draw_samples(const Decoder& model, const Tokenizer& tokenizer, const TrainRecipe& recipe) {
  EngineOptions options;
  options.vocab = tokenizer.vocab_size();
  Engine engine(model, options);
  GenerationSettings settings;
  settings.sampling.temperature = 0.7;
  settings.sampling.top_p = 0.95;
  settings.sampling.seed = recipe.seed;
  settings.max_tokens = 100;
  for (const TokenId id : end_tokens(tokenizer)) settings.stop_token_ids.push_back(id);
  Json samples = Json::array();
  for (const std::string& prompt : recipe.sample_prompts) {
    Sequence sequence = engine.begin(settings.sampling);
    engine.extend(sequence, prompt_ids(tokenizer, prompt));
    const Generation said =
        generate(engine, sequence, tokenizer, settings, [](std::string_view) { return true; });
    samples.push_back({{"prompt", prompt}, {"text", said.text}});
    log_note("sample: {}{}", prompt, said.text);
  }
  return samples;
}

// The model before its first step: of the recipe's `weights`, or random.
std::unique_ptr<Decoder> starting_model(const RunFolder& run) {
  const Recipe& recipe = run.recipe();
  const Dtype compute = compute_dtype(recipe.train);
  if (recipe.weights.empty()) {
    auto model = std::make_unique<Decoder>(run.model, Device::cpu, compute);
    model->initialise(recipe.train.seed);
    return model;
  }
  const fs::path folder = run.at(recipe.weights);
  const StateHash hash{StoredModel(folder)};
  require(hash.as_recorded(), ErrorCode::corrupt,
          "{}: the weights are not those that config.json records: model_state_sha256 is {}, recorded is {}",
          folder.string(), hash.found, *hash.recorded);
  // How halting is learnt is a matter of the run: stages of it follow each other on the same weights.
  LoadedModel loaded = load_model(folder, Device::cpu, compute, [&](ModelConfig& config) {
    if (config.loop.halt && run.model.loop.halt) config.loop.halt = run.model.loop.halt;
  });
  tell_guessed(loaded.guessed);
  Json have = to_json(loaded.decoder->config()), want = to_json(run.model);
  have.erase("name");
  want.erase("name");
  require(have == want, ErrorCode::usage, "{}: its weights are of another model than {} describes",
          folder.string(), recipe.preset.empty() ? recipe.model : recipe.preset);
  return std::move(loaded.decoder);
}

// Weights of the decision head's classes, if the recipe wants them to differ.
std::vector<double> class_weights(const RunFolder& run) {
  const auto& decision = run.model.heads.decision;
  if (!run.recipe().train.class_weighted_decision || !decision || !decision->enabled) return {};
  return inverse_frequency(run.pack->label_counts("train"), static_cast<size_t>(decision->classes));
}

// Figures of the valid split, for the log.
Json evaluated(const RunFolder& run, const Decoder& model) {
  const TrainRecipe& recipe = run.recipe().train;
  const OrderedRows rows({run.pack.get()}, "valid", recipe.max_seq_len);
  const bool decides = run.model.heads.decision && run.model.heads.decision->enabled;
  DecisionQuality decisions;
  const TextLoss loss = text_loss(model, rows, run.tokenizer, recipe.eval_tokens,
                                  [&](const Batch& batch, const Tensor& hidden) {
                                    if (decides) decisions.add(model, batch, hidden);
                                  });
  Json figures = {{"valid_bits_per_byte", loss.bits_per_byte()}, {"valid_loss", loss.nats_per_token()}};
  if (decisions.rows() > 0) decisions.write(figures);
  return figures;
}

}  // namespace

Dtype compute_dtype(const TrainRecipe& recipe) {
  if (recipe.mixed_precision == Precision::f32) return Dtype::f32;
  if (isa() >= Isa::avx512bf16) return Dtype::bf16;
  log_note("mixed_precision: this CPU (as used: {}) has no bf16 instructions; training computes in f32",
           name_of(isa()));
  return Dtype::f32;
}

void save_result(const RunFolder& run, const Decoder& model, const std::filesystem::path& folder,
                 const std::string& parent_sha256) {
  Provenance provenance{"random", run.recipe().train.seed, ""};
  if (const std::string& weights = run.recipe().weights; !weights.empty())
    provenance = {"checkpoint", std::nullopt, model_state_sha256(TensorFiles(run.at(weights)))};
  if (!parent_sha256.empty()) provenance = {"checkpoint", std::nullopt, parent_sha256};
  AtomicFolder staged(folder);
  write_model(staged.staging(), model, StoredDtype::f32, provenance, run.tokenizer.sha256());
  write_text_files(staged.staging(), run.tokenizer, static_cast<uint64_t>(run.model.context));
  const RunRecord record = read_run_record(run.path);
  ModelConfig config = run.model;
  if (config.name.empty()) config.name = record.name;
  const PartCosts costs = count_part_costs(config);
  write_file(staged.staging() / "model.svg", model_picture(config, costs));
  write_file(staged.staging() / "README.md", model_readme(config, costs, record));
  staged.commit();
}

TrainedRun train_run(const RunFolder& run, const TrainOptions& options) {
  const TrainRecipe& recipe = run.recipe().train;
  require(options.from.empty() || run.recipe().weights.empty(), ErrorCode::usage,
          "--from: the recipe names weights to begin with ({}); leave one of the two out",
          run.recipe().weights);
  if (!fs::exists(run.at("checkpoints")) || fs::is_empty(run.at("checkpoints")))
    write_plan(run, options.tokens_per_second);
  release_free_memory(Device::cpu);  // what the tokenizer, packing and the plan's own steps left behind
  TrainedRun trained;
  trained.model = starting_model(run);
  Decoder& model = *trained.model;

  const Batches batches = batches_of(*run.pack, recipe);
  DecoderLearner learner(
      model, recipe, [&](uint64_t step) { return batches.load(step); }, class_weights(run),
      batches.drawn_sources() > 1 ? batches.source_names() : std::vector<std::string>{});

  TrainingSetup setup;
  setup.run = run.path;
  setup.recipe = recipe;
  setup.identity = run.identity();
  setup.hooks.begin = [&] { write_file(run.at("resolved.yaml"), to_yaml(run.resolved)); };
  setup.from = options.from;
  if (!options.from.empty())
    setup.hooks.inherit = [&] { return inherit(find_ancestor(options.from), run, model); };
  setup.gemm_flops_per_second = 1e9 * measured_gemm_gflops(model.compute());
  const bool has_valid = run.pack->tokens("valid") > 0;
  if (has_valid) setup.hooks.evaluate = [&](uint64_t) { return evaluated(run, model); };
  for (const std::string& prompt : recipe.sample_prompts) {
    const size_t tokens = prompt_ids(run.tokenizer, prompt).size();
    require(tokens < static_cast<size_t>(run.model.context), ErrorCode::usage,
            "train.sample_prompts: one takes {} tokens, the model's context is {}; shorten it", tokens,
            run.model.context);
  }
  if (!recipe.sample_prompts.empty())
    setup.hooks.sample = [&](uint64_t) { return draw_samples(model, run.tokenizer, recipe); };
  EventLog events(run.path);
  setup.hooks.watch = [&](const Json& line) { events.add(line); };
  trained.result = train(learner, setup);
  if (!trained.result.interrupted) save_result(run, model, run.at("model"), trained.result.parent_sha256);
  return trained;
}

}  // namespace bantam::cli

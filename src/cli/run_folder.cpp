#include "cli/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/pack.h"
#include "cli/tokenizer_train.h"
#include "data/pack.h"
#include "data/source_reader.h"
#include "text/length_max_trainer.h"
#include "text/sentencepiece_trainer.h"
#include "text/trainer.h"
#include "train/schedule.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

fs::path source_path(const fs::path& run, const std::string& path) { return run / path; }

// Gives a trainer the texts that the recipe names.
void read_texts(const fs::path& run, const Recipe& recipe, TextSink& trainer) {
  std::vector<std::string> inputs = recipe.tokenizer.train->input;
  if (inputs.empty())
    for (const DataSource& source : recipe.data.sources)
      if (source.split == DataSplit::train) inputs.push_back(source.path);
  require(!inputs.empty(), ErrorCode::usage,
          "run.yaml: tokenizer.train: has no input, and data.sources no train split");
  for (const std::string& input : inputs)
    for (const SourceFile& file : source_files(source_path(run, input)))
      add_training_file(file.path.string(), trainer);
}

void require_text(uint64_t bytes, const fs::path& run) {
  require(bytes > 0, ErrorCode::invalid, "{}: the tokenizer's input is empty; want text", run.string());
  log_note("learning a tokenizer from {} of text", bytes_text(static_cast<double>(bytes)));
}

// Trains the tokenizer that the recipe describes.
Tokenizer trained_tokenizer(const fs::path& run, const Recipe& recipe) {
  const TokenizerTraining& how = *recipe.tokenizer.train;
  const size_t vocab_size = static_cast<size_t>(how.vocab_size);
  std::optional<Progress> progress;
  const auto at = [&](size_t tokens, size_t) {
    if (!progress) progress.emplace("learning tokens", vocab_size);
    progress->at(tokens);
    if (interrupted()) fail(ErrorCode::cancelled, "the tokenizer was interrupted; nothing of it was written");
  };
  if (how.kind == TokenizerKind::sentencepiece) {
    SentencePieceTrainerOptions options;
    options.vocab_size = vocab_size;
    if (!how.categories.empty()) options.categories = how.categories;
    SentencePieceTrainer trainer(options);
    read_texts(run, recipe, trainer);
    require_text(trainer.sample().bytes(), run);
    return trainer.train();
  }
  if (how.kind == TokenizerKind::length_max) {
    LengthMaxTrainerOptions options;
    options.vocab_size = vocab_size;
    LengthMaxTrainer trainer(options);
    read_texts(run, recipe, trainer);
    require_text(trainer.sample().bytes(), run);
    return trainer.train(at);
  }
  BpeTrainerOptions options;
  options.vocab_size = vocab_size;
  const auto split = split_named(how.split);
  require(split.has_value(), ErrorCode::usage, "run.yaml: tokenizer.train.split: \"{}\" is no known split",
          how.split);
  options.split = *split;
  options.special = special_tokens();
  options.scratch_folder = run;
  BpeTrainer trainer(options);
  read_texts(run, recipe, trainer);
  require_text(trainer.bytes(), run);
  return trainer.train(at);
}

void make_tokenizer(const fs::path& run, const Recipe& recipe) {
  const Tokenizer tokenizer = trained_tokenizer(run, recipe);
  AtomicFolder folder(run / recipe.tokenizer.path);
  tokenizer.save(folder.staging());
  folder.commit();
  log_note("tokenizer: {} tokens", grouped(tokenizer.vocab_size()));
}

std::optional<PackImages> images_of(const ModelConfig& model) {
  const auto& patches = model.embed.patches;
  if (!patches) return {};
  return PackImages{static_cast<uint64_t>(patches->image_size), static_cast<uint64_t>(patches->patch_size)};
}

// What a pack that is still to be made would lack, before the time is spent.
void check_sources(const fs::path& run, const Recipe& recipe) {
  const std::vector<DataSource>& sources = recipe.data.sources;
  require(!sources.empty(), ErrorCode::usage,
          "run.yaml: data.sources: is empty, and there is no pack at {}; name texts, or a pack made by "
          "`bantam pack`",
          (run / recipe.data.pack).string());
  const bool validates = std::any_of(sources.begin(), sources.end(),
                                     [](const DataSource& s) { return s.split == DataSplit::valid; });
  const bool wanted = recipe.train.keep_best > 0 || recipe.train.early_stop.evaluations > 0;
  require(validates || !wanted, ErrorCode::usage,
          "run.yaml: train.{}: goes by the validation loss, and none of data.sources is of split valid",
          recipe.train.keep_best > 0 ? "keep_best" : "early_stop");
}

void make_pack(const fs::path& run, const Recipe& recipe, const Tokenizer& tokenizer,
               const ModelConfig& model) {
  PackOptions options{.sources = {}, .out = run / recipe.data.pack, .format = row_format(tokenizer)};
  options.format.learn = recipe.data.learn;
  options.format.context = recipe.train.max_seq_len;
  if (const auto& decision = model.heads.decision; decision && decision->enabled)
    options.format.decision_classes = static_cast<int32_t>(decision->classes);
  options.format.images = images_of(model);
  bool weighted = false;
  for (const DataSource& source : recipe.data.sources) weighted |= source.weight != 1;
  for (const DataSource& source : recipe.data.sources) {
    SourceSpec spec;
    spec.path = source_path(run, source.path);
    spec.split = source.split == DataSplit::train ? "train" : "valid";
    if (weighted) spec.weight = source.weight;
    options.sources.push_back(spec);
  }
  options.skip_invalid = recipe.data.skip_invalid;
  std::optional<Progress> progress;
  const PackResult result = write_pack(options, [&](const PackProgress& state) {
    if (!progress) progress.emplace("packing", state.bytes_total, Progress::Unit::bytes);
    progress->at(state.bytes_read);
    return !interrupted();
  });
  progress.reset();
  warn_skipped(result, options.out);
}

// Says so where the pack was made from other texts than the recipe names now; texts that are gone say nothing.
void warn_of_other_texts(const Pack& pack, const fs::path& run, const Recipe& recipe) {
  std::vector<std::string> packed, named;
  for (const PackSource& source : pack.manifest().sources)
    for (const PackFile& file : source.files)
      packed.push_back(fmt::format("{} of {} bytes", file.name, file.bytes));
  for (const DataSource& source : recipe.data.sources) {
    const fs::path path = source_path(run, source.path);
    if (!fs::exists(path)) return;
    for (const SourceFile& file : source_files(path)) {
      if (!fs::is_regular_file(file.path)) return;
      named.push_back(fmt::format("{} of {} bytes", file.name, fs::file_size(file.path)));
    }
  }
  std::sort(packed.begin(), packed.end());
  std::sort(named.begin(), named.end());
  std::vector<std::string> fresh;
  std::set_difference(named.begin(), named.end(), packed.begin(), packed.end(), std::back_inserter(fresh));
  if (fresh.empty() && (named.empty() || named.size() == packed.size())) return;
  log_warning(
      "{}: was made from other texts than data.sources names now{}; training uses the pack: remove it to "
      "have it made again",
      pack.path().string(), fresh.empty() ? "" : fmt::format(" ({} is not in it)", fresh[0]));
}

// Rows and decision head must have something to say to each other.
void check_labels(const Pack& pack, const ModelConfig& model) {
  const std::string where = pack.path().string();
  const auto& decision = model.heads.decision;
  const bool enabled = decision && decision->enabled;
  const std::vector<uint64_t> train = pack.label_counts("train"), valid = pack.label_counts("valid");
  const size_t most = std::max(train.size(), valid.size());
  if (!enabled && most > 0)
    log_note("{}: its rows have decisions, which nobody learns: the model's decision head is {}", where,
             decision ? "not enabled" : "absent");
  if (!enabled) return;
  require(!train.empty(), ErrorCode::usage,
          "{}: no row of the train split has a \"decision\" for the model's decision head; set "
          "decision_head_enabled: false, or pack rows that have one",
          where);
  require(
      most <= static_cast<size_t>(decision->classes), ErrorCode::usage,
      "{}: holds rows of the decision class {}; the model's decision head has {} classes; raise its classes, "
      "or remove the pack to have the row named when it is made again",
      where, most - 1, decision->classes);
}

// Images that the pack holds are cut as the model wants them.
void check_images(const Pack& pack, const ModelConfig& model) {
  const auto& have = pack.manifest().images;
  const std::optional<PackImages> want = images_of(model);
  if (!have) return;
  const std::string where = pack.path().string();
  require(want.has_value(), ErrorCode::usage,
          "{}: its rows have images, and the model takes none; set chart_patch_encoder_enabled: true (or "
          "embed.patches), or pack rows without",
          where);
  require(
      *have == *want, ErrorCode::usage,
      "{}: holds images of {} pixels in patches of {}, the model takes {} in {}; remove the pack to make it "
      "again",
      where, have->size, have->patch_size, want->size, want->patch_size);
}

// The pack that is there, for this tokenizer and this model.
std::unique_ptr<Pack> open_pack(const fs::path& run, const Recipe& recipe, const Tokenizer& tokenizer,
                                const ModelConfig& model) {
  auto pack = std::make_unique<Pack>(run / recipe.data.pack);
  require(pack->manifest().tokenizer.sha256 == tokenizer.sha256(), ErrorCode::usage,
          "{}: was packed with another tokenizer than {}; remove the pack to make it again",
          (run / recipe.data.pack).string(), (run / recipe.tokenizer.path).string());
  require(pack->manifest().learn == recipe.data.learn, ErrorCode::usage,
          "data.learn: is {}, but {} was packed for {}; remove the pack to make it again",
          name_of(recipe.data.learn), (run / recipe.data.pack).string(), name_of(pack->manifest().learn));
  warn_of_other_texts(*pack, run, recipe);
  check_labels(*pack, model);
  check_images(*pack, model);
  return pack;
}

ModelConfig model_of(const fs::path& run, const Recipe& recipe, std::optional<int64_t> vocab) {
  if (!recipe.preset.empty())
    return parse_model({{"preset", recipe.preset}}, (run / "run.yaml").string(), vocab);
  return read_model(run / recipe.model, vocab);
}

std::optional<int64_t> vocab_of(const fs::path& run, const Recipe& recipe) {
  const fs::path folder = run / recipe.tokenizer.path;
  if (fs::exists(folder)) return static_cast<int64_t>(Tokenizer::load(folder).vocab_size());
  if (recipe.tokenizer.train) return recipe.tokenizer.train->vocab_size;
  return std::nullopt;
}

// The tokenizer that is there, or will be made, has no more tokens than the model has rows for.
void require_fit(std::optional<int64_t> vocab, const ModelConfig& model, const fs::path& run,
                 const Recipe& recipe) {
  if (!vocab || *vocab <= model.vocab) return;
  const fs::path folder = run / recipe.tokenizer.path;
  if (!fs::exists(folder))
    fail(ErrorCode::usage,
         "tokenizer.train.vocab_size: is {}, the model has rows for {} tokens; lower the one or raise the "
         "model's vocab_size",
         *vocab, model.vocab);
  fail(ErrorCode::usage, "{}: has {} tokens, the model has rows for {}; raise the model's vocab_size, or {}",
       folder.string(), *vocab, model.vocab,
       recipe.tokenizer.train ? "remove the folder (and the pack) to have a smaller one made"
                              : "use its own tokenizer");
}

}  // namespace

std::vector<std::string> special_tokens() {
  return {"<|endoftext|>", std::string(ChatFormat::kTurnBegin), std::string(ChatFormat::kTurnEnd)};
}

std::string RunFolder::identity() const {
  const Json data = write_config(recipe().data);
  return Json{{"model", to_json(model)},       {"tokenizer", tokenizer.sha256()},
              {"pack", pack->sha256()},        {"weights", recipe().weights},
              {"sources", data.at("sources")}, {"skip_invalid", data.at("skip_invalid")}}
      .dump();
}

RunPlan read_run(const fs::path& path, const std::vector<std::string>& sets) {
  require(fs::exists(path / "run.yaml"), ErrorCode::not_found,
          "{}: {}; wanted a run folder, which has a run.yaml: `bantam init NAME {}` makes one", path.string(),
          fs::is_directory(path) ? "holds no run.yaml" : "is no folder", path.string());
  RecipeSources sources;
  sources.file = path / "run.yaml";
  sources.sets = sets;
  sources.environment = bantam_environment();
  RunPlan plan{resolve_recipe(sources), {}};
  const std::optional<int64_t> vocab = vocab_of(path, plan.resolved.recipe);
  plan.model = model_of(path, plan.resolved.recipe, vocab);
  require_fit(vocab, plan.model, path, plan.resolved.recipe);
  const uint64_t context = static_cast<uint64_t>(plan.model.context);
  if (!plan.resolved.origins.contains("train.max_seq_len") &&
      context < plan.resolved.recipe.train.max_seq_len) {
    sources.model_file = {fmt::format("train.max_seq_len={}", context)};
    plan.resolved = resolve_recipe(sources);
  }
  const TrainRecipe& train = plan.resolved.recipe.train;
  require(train.max_seq_len <= context, ErrorCode::usage,
          "train.max_seq_len: is {}, the model's context is {}; lower the one or raise the other",
          train.max_seq_len, context);
  Schedule{train};  // throws where lengths and batch do not fit
  return plan;
}

std::unique_ptr<Pack> made_pack(const fs::path& path, const RunPlan& plan) {
  const Recipe& recipe = plan.resolved.recipe;
  const fs::path tokenizer = path / recipe.tokenizer.path;
  if (!fs::exists(path / recipe.data.pack) || !fs::exists(tokenizer)) return nullptr;
  return open_pack(path, recipe, Tokenizer::load(tokenizer), plan.model);
}

Batches batches_of(const Pack& pack, const TrainRecipe& recipe) {
  Batches::Options rows;
  rows.seed = recipe.seed;
  rows.tokens_per_step = recipe.tokens_per_batch * recipe.grad_accum_steps;
  for (const CurriculumEntry& entry : parse_curriculum(recipe.length_curriculum, recipe.max_seq_len))
    rows.lengths.push_back({entry.length, entry.until});
  return Batches({&pack}, rows);
}

RunFolder open_run(const fs::path& path, const std::vector<std::string>& sets) {
  RunPlan plan = read_run(path, sets);  // what is wrong with it is said before anything is made
  auto lock = std::make_unique<FolderLock>(path);
  const Recipe& recipe = plan.resolved.recipe;
  const fs::path tokenizer_folder = path / recipe.tokenizer.path;
  if (!fs::exists(path / recipe.data.pack)) check_sources(path, recipe);
  if (!fs::exists(tokenizer_folder)) {
    require(recipe.tokenizer.train.has_value(), ErrorCode::not_found,
            "{}: is missing; train one with `bantam tokenizer train`, or give tokenizer.train in run.yaml",
            tokenizer_folder.string());
    make_tokenizer(path, recipe);
  }
  Tokenizer tokenizer = Tokenizer::load(tokenizer_folder);
  ModelConfig model = model_of(path, recipe, static_cast<int64_t>(tokenizer.vocab_size()));
  if (!fs::exists(path / recipe.data.pack)) make_pack(path, recipe, tokenizer, model);
  std::unique_ptr<Pack> pack = open_pack(path, recipe, tokenizer, model);
  return {path,           std::move(plan.resolved), std::move(tokenizer), std::move(model), std::move(pack),
          std::move(lock)};
}

}  // namespace bantam::cli

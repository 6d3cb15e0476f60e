// bantam quickstart: from nothing to a model that was trained here and talks. Every stage leaves its result in the run
// folder, so the same command again goes on where it stopped.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/describe.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/format_version.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/chat_loop.h"
#include "cli/commands.h"
#include "cli/quickstart_recipe.h"
#include "cli/run_report.h"
#include "cli/training.h"
#include "data/corpus/corpus.h"
#include "data/source_reader.h"
#include "eval/exact_match.h"
#include "eval/perplexity.h"
#include "formats/compressed.h"
#include "report/run_record.h"
#include "tensor/tape.h"
#include "train/decoder_learner.h"
#include "train/optimizer.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr size_t kQuestions = 200;
constexpr size_t kAnswerTokens = 12;
constexpr uint64_t kEvaluationTokens = 60000;
constexpr size_t kLongestLine = size_t{64} << 20;

constexpr double kMinutes = 5;
constexpr int kBegunVersion = 1;  // of quickstart.json

struct QuickstartCommand {
  std::vector<std::string> texts;
  std::optional<double> minutes;
  std::string out = "runs/quickstart";
  bool no_chat = false;
};

// What the first call decided: quickstart.json in the run folder, written before anything else. A later call takes it
// from there; other wishes are refused rather than mixed in.
struct Begun {
  std::vector<std::string> texts;
  double minutes = kMinutes;
  bool prepared = false;         // run.yaml is final
  double tokens_per_second = 0;  // measured, once prepared

  void write(const fs::path& out) const {
    write_json(out / "quickstart.json", {{kFormatVersion, kBegunVersion},
                                         {"minutes", minutes},
                                         {"texts", texts},
                                         {"prepared", prepared},
                                         {"tokens_per_second", tokens_per_second}});
  }
};
Schema schema(const Begun*) {
  using C = Begun;
  return describe<C>("", field<&C::texts>("Learnt from; none: the shipped corpus."),
                     field<&C::minutes>("In all."), field<&C::prepared>("Whether training may begin."),
                     field<&C::tokens_per_second>("That training reaches here."));
}

// An error names the text that cannot be opened. A pipe is read once, and not here.
void check_texts(const std::vector<std::string>& texts) {
  for (const std::string& text : texts)
    if (text != "-" && !fs::is_fifo(text) && !fs::is_character_file(text)) CompressedReader{text};
}

Begun begin(const QuickstartCommand& command) {
  const fs::path out = command.out, file = out / "quickstart.json";
  Begun begun{command.texts, command.minutes.value_or(kMinutes)};
  if (!fs::exists(file)) {
    for (const char* name : {"run.yaml", "tokenizer", "pack"})
      require(!fs::exists(out / name), ErrorCode::usage,
              "{}: is not a folder of quickstart's, but holds {}; give another with --out", command.out,
              name);
    check_texts(begun.texts);
    make_folder(out);
    begun.write(out);
    return begun;
  }
  Json json = read_json(file);
  take_format_version(json, kBegunVersion, file.string());
  Begun before = read_config<Begun>(json, {file.string(), ""});
  if (!before.prepared) {  // nothing was decided yet, and a text that was mistyped can be given anew
    if (!command.texts.empty()) before.texts = command.texts;
    check_texts(before.texts);
    for (const char* name : {"tokenizer", "pack"}) remove_whole(out / name);
    before.minutes = command.minutes.value_or(before.minutes);
    before.write(out);
    return before;
  }
  require((!command.minutes || *command.minutes == before.minutes) &&
              (command.texts.empty() || command.texts == before.texts),
          ErrorCode::usage,
          "{}: was begun with other texts or minutes; give the same, or another folder with --out",
          command.out);
  return before;
}

void print_machine(const Machine& m) {
  fmt::print("machine   {} processors ({}), {} of memory free, {:.0f} GFLOP/s of {} products\n", m.processors,
             m.isa, bytes_text(static_cast<double>(m.memory_bytes)), m.gemm_gflops, m.bf16 ? "bf16" : "f32");
}

// More questions than the corpus has by itself, and less Italian: a few minutes are short for learning to answer.
corpus::Options corpus_options() {
  corpus::Options options;
  options.mix = {.stories = 0.31, .questions = 0.26, .dialogues = 0.08, .arithmetic = 0.35};
  options.mix.italian = 0.06;
  return options;
}

void stop_if_interrupted() {
  if (interrupted()) fail(ErrorCode::cancelled, "quickstart: interrupted");
}

void write_corpus(const fs::path& path, corpus::Split split, uint64_t bytes) {
  AtomicFile file(path);
  Progress progress("writing the corpus", bytes, Progress::Unit::bytes);
  corpus::generate(corpus_options(), split, bytes, corpus::Format::jsonl, [&](std::string_view piece) {
    file.write(piece);
    progress.at(file.size());
    stop_if_interrupted();
  });
  file.commit();
}

// Copies one text of the user's to <out>/corpus, about one block in twenty of it held out. Returns the sources.
std::string hold_out(const std::string& text, const fs::path& out, size_t index) {
  constexpr uint64_t kEvery = 20;
  CompressedReader reader(text);
  const bool rows = file_kind(text) == FileKind::jsonl;
  const uint64_t block = std::clamp<uint64_t>(reader.file_bytes() / 40, 2048, 256 << 10);
  const std::string suffix = fmt::format("-{}.{}", index, rows ? "jsonl" : "txt");
  AtomicFile train(out / "corpus" / ("train" + suffix)), valid(out / "corpus" / ("valid" + suffix));
  LineReader lines(reader, kLongestLine);
  uint64_t bytes = 0;
  for (LineReader::Line line; lines.next(line);) {
    require(!line.too_long, ErrorCode::invalid, "{}:{}: the line is longer than {}", text, line.number,
            bytes_text(static_cast<double>(kLongestLine)));
    std::string_view rest = line.text;
    do {  // a text may be one long line
      const std::string_view piece = rows ? rest : rest.substr(0, rest.find(' ', block));
      const uint64_t unit = rows ? line.number : bytes / block;
      AtomicFile& to = unit % kEvery == kEvery / 2 ? valid : train;
      to.write(piece);
      rest.remove_prefix(piece.size());
      if (rest.empty()) to.write("\n");
      bytes += piece.size() + 1;
    } while (!rest.empty());
    stop_if_interrupted();
  }
  require(valid.size() > 0, ErrorCode::invalid,
          "{}: is too short to learn from; want at least a few thousand words", text);
  train.commit();
  valid.commit();
  return fmt::format("\n    - {{path: corpus/train{}}}\n    - {{path: corpus/valid{}, split: valid}}", suffix,
                     suffix);
}

std::string run_yaml(const Begun& begun, const QuickRecipe& r, const std::string& sources) {
  const bool own_text = !begun.texts.empty();
  const uint64_t steps = r.target_tokens / r.tokens_per_batch, quarter = (steps + 3) / 4;
  return fmt::format(
      "# Written by bantam quickstart; `bantam train` goes on with it, and every value may be changed for a "
      "new run.\n"
      "model: model.json\n"
      "tokenizer:\n"
      "  path: tokenizer\n"
      "  train: {{vocab_size: {}, split: qwen2}}\n"
      "data:\n"
      "  sources:{}\n"
      "  pack: pack\n"
      "  learn: everything  # questions, too: what they ask about is copied into the answers\n"
      "  skip_invalid: true  # rows that cannot be packed, such as conversations longer than the context, "
      "are named\n"
      "train:\n"
      "  target_tokens: {}\n"
      "  tokens_per_batch: {}\n"
      "  max_seq_len: {}\n"
      "  mixed_precision: bf16\n"
      "  lr: {:.2e}\n"
      "  betas: [0.9, 0.98]  # steps are small: 0.95 follows single ones and may diverge\n"
      "  schedule: cosine\n"
      "  min_lr_ratio: 0.05\n"
      "  spike_skip: {{z: 0}}  # a step is a few texts, so its loss says little about the run\n"
      "  warmup_steps: {}\n"
      "  eval_every: {}\n"
      "  eval_tokens: 20000\n"
      "  save_every: {}\n"
      "  sample_every: {}\n"
      "  sample_prompts: [{}]\n",
      r.vocab, sources, r.target_tokens, r.tokens_per_batch, r.context, r.lr,
      std::max<uint64_t>(5, steps / 20), quarter, quarter, quarter,
      own_text ? "\"The\"" : "\"Once upon a time\"");
}

// Tokens a second that training this model reaches here, from its own steps of about `seconds`: longer than a few
// steps, because other processes come and go.
double measured_rate(const RunFolder& run, double seconds) {
  Decoder model(run.model, Device::cpu, compute_dtype(run.recipe().train));
  model.initialise(1);
  TrainRecipe recipe = run.recipe().train;
  Batches::Options options{recipe.seed, recipe.tokens_per_batch, {{recipe.max_seq_len, UINT64_MAX}}};
  const Batches batches({run.pack.get()}, options);
  DecoderLearner learner(model, recipe, [&](uint64_t step) { return batches.load(step); });
  AdamW optimizer(learner.weights(), {});
  const Clock::time_point begin = Clock::now();
  Clock::time_point start = begin;
  uint64_t timed = 0;
  for (uint64_t step = 0; timed < 2 || seconds_since(start) < 0.8 * seconds; ++step) {
    learner.open_step(step);
    Tape tape;
    tape.backward(learner.forward(0).roots);
    optimizer.update(0, 1 / std::max(1.0, optimizer.gradient_norm()));
    ++timed;
    if (seconds_since(begin) < 0.2 * seconds || step == 0) start = Clock::now(), timed = 0;
  }
  return static_cast<double>(timed * recipe.tokens_per_batch) / seconds_since(start);
}

void print_plan(const RunFolder& run, const QuickRecipe& r, double rate, double seconds) {
  const StepCost cost =
      measure_step(run.model, compute_dtype(run.recipe().train), run.recipe().train, r.context);
  const double memory =
      cost.parameters_bytes + cost.gradient_bytes + cost.optimizer_bytes + cost.activation_bytes;
  const double disk = 3 * 12.0 * static_cast<double>(r.parameters()) +
                      4.0 * static_cast<double>(r.parameters()) + 1.6 * static_cast<double>(r.corpus_bytes);
  fmt::print("plan      {} parameters (width {}, {} layers, vocabulary {}), {} tokens in steps of {}\n",
             grouped(r.parameters()), r.width, r.layers, grouped(static_cast<uint64_t>(r.vocab)),
             grouped(r.target_tokens), grouped(r.tokens_per_batch));
  fmt::print(
      "          {:.1f} MFLOP a token, {:.1f} TFLOP in all; {} of memory; {} of disk\n",
      cost.flops / static_cast<double>(r.tokens_per_batch) / 1e6,
      cost.flops / static_cast<double>(r.tokens_per_batch) * static_cast<double>(r.target_tokens) / 1e12,
      bytes_text(memory), bytes_text(disk));
  fmt::print("          about {} of training at {} tokens a second, measured on its first steps\n",
             duration_text(seconds), grouped(static_cast<uint64_t>(rate)));
  std::fflush(stdout);  // before the progress line, where both go to one file
}

struct Score {
  std::string name;
  ExactMatch result;
  double baseline;
  std::string baseline_name;
};

std::vector<ChatQuestion> as_chat(const std::vector<corpus::Question>& questions) {
  std::vector<ChatQuestion> list;
  for (const corpus::Question& q : questions) {
    ChatQuestion chat{{}, q.answer};
    for (const corpus::Message& m : q.messages) chat.messages.push_back({chat_role_named(m.role), m.content});
    list.push_back(std::move(chat));
  }
  return list;
}

std::vector<Score> ask_questions(const Decoder& model, const Tokenizer& tokenizer) {
  std::vector<Score> scores;
  for (const auto& [kind, name] : {std::pair(corpus::Kind::arithmetic, "arithmetic, one step"),
                                   std::pair(corpus::Kind::who_has_what, "who has what")}) {
    const auto questions = corpus::held_out_questions(corpus_options(), kind, kQuestions);
    const corpus::Baseline base = corpus::baseline(questions);
    const bool names = kind == corpus::Kind::who_has_what;
    const auto stop = [](size_t) { stop_if_interrupted(); };
    scores.push_back({name, exact_match(model, tokenizer, as_chat(questions), kAnswerTokens, stop),
                      names ? base.guess_among_names : base.most_frequent,
                      names ? "a guess among the names" : "the most frequent answer"});
  }
  return scores;
}

Json report(const RunFolder& run, const Decoder& model, bool own_text) {
  const uint64_t length = run.recipe().train.max_seq_len;
  const OrderedRows rows({run.pack.get()}, "valid", length);
  Json json;
  fmt::print("\nheld-out text           bits per byte\n");
  const auto line = [&](const char* name, const char* key, const TextLoss& loss) {
    fmt::print("  {:<22}{:.3f}\n", name, loss.bits_per_byte());
    json[key] = loss.bits_per_byte();
    stop_if_interrupted();
  };
  {
    Decoder untrained(run.model, Device::cpu, model.compute());
    untrained.initialise(run.recipe().train.seed);
    line("before training", "step_0_bits_per_byte",
         text_loss(untrained, rows, run.tokenizer, kEvaluationTokens));
  }
  line("unigram baseline", "unigram_bits_per_byte",
       unigram_loss({run.pack.get()}, "train", rows, run.tokenizer, kEvaluationTokens));
  line("this model", "bits_per_byte", text_loss(model, rows, run.tokenizer, kEvaluationTokens));
  if (own_text) return json;

  fmt::print("\n{} held-out questions  exact match          without learning\n", kQuestions);
  for (const Score& score : ask_questions(model, run.tokenizer)) {
    fmt::print("  {:<22}{:5.1f} % ± {:.1f}        {:4.1f} % ({})\n", score.name, 100 * score.result.share(),
               100 * score.result.standard_error(), 100 * score.baseline, score.baseline_name);
    json["questions"].push_back({{"name", score.name},
                                 {"asked", score.result.asked},
                                 {"right", score.result.right},
                                 {"baseline", score.baseline},
                                 {"baseline_is", score.baseline_name}});
  }
  return json;
}

// Corpus, tokenizer and pack, then the recipe with a length that the measured rate allows.
Begun prepare(Begun begun, const fs::path& out, Clock::time_point start) {
  const Machine machine = look_at_machine();
  print_machine(machine);
  const double seconds = 60 * begun.minutes;
  // Before a model has run, take training to reach half of the products' rate.
  QuickRecipe recipe = pick_recipe(0.8 * seconds, 0.5e9 * machine.gemm_gflops, machine.memory_bytes);
  make_folder(out / "corpus");
  std::string sources = "\n    - {path: corpus/train.jsonl}\n    - {path: corpus/valid.jsonl, split: valid}";
  if (begun.texts.empty()) {
    write_corpus(out / "corpus" / "train.jsonl", corpus::Split::train, recipe.corpus_bytes);
    write_corpus(out / "corpus" / "valid.jsonl", corpus::Split::valid, 400'000);
  } else {
    sources.clear();
    for (size_t i = 0; i < begun.texts.size(); ++i) sources += hold_out(begun.texts[i], out, i);
  }
  write_json(out / "model.json", recipe.model());
  write_file(out / "run.yaml", run_yaml(begun, recipe, sources));
  const RunFolder run = open_run(out, {});
  const double rate = measured_rate(run, std::min(3.0, 0.02 * seconds));
  const double evaluation = 0.06 * seconds + 4;
  const double left = std::max(0.3 * seconds, seconds - seconds_since(start) - evaluation);
  recipe = with_rate(recipe, 0.93 * left, rate);  // evaluations and samples on the way take the rest
  write_file(out / "run.yaml", run_yaml(begun, recipe, sources));
  begun.prepared = true;
  begun.tokens_per_second = rate;
  begun.write(out);
  print_plan(run, recipe, rate, left);
  return begun;
}

struct Learnt {
  RunFolder folder;
  std::unique_ptr<Decoder> model;
  Json report;
};

Learnt learn(const QuickstartCommand& command, Clock::time_point start) {
  const fs::path out = command.out;
  Begun begun = begin(command);
  if (begun.prepared)
    fmt::print("{}: goes on where it stopped\n", command.out);
  else
    begun = prepare(begun, out, start);
  Learnt learnt{open_run(out, {}), nullptr, {}};
  TrainedRun trained = train_run(learnt.folder, {.tokens_per_second = begun.tokens_per_second});
  write_report_beside(out);
  if (trained.result.interrupted)
    fail(ErrorCode::cancelled, "quickstart: interrupted after step {}; the state is saved",
         trained.result.step);
  learnt.model = std::move(trained.model);
  learnt.report = report(learnt.folder, *learnt.model, !begun.texts.empty());
  learnt.report[kFormatVersion] = kFinalVersion;
  learnt.report["seconds"] = seconds_since(start);
  learnt.report["training_seconds"] = trained.result.seconds;
  learnt.report["parameters"] = learnt.model->parameters();
  write_json(out / "report.json", learnt.report);
  write_report_beside(out);
  return learnt;
}

std::string shell_quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// Whatever was interrupted, what is there is whole, and the next call goes on with it.
Learnt learn_or_say_how_to_go_on(const QuickstartCommand& command) {
  const InterruptScope interrupt;
  try {
    return learn(command, Clock::now());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
    fail(ErrorCode::cancelled, "{}. To go on: bantam quickstart --out {}", error.what(),
         shell_quoted(command.out));
  }
}

void run(const QuickstartCommand& command) {
  const fs::path out = command.out;
  const Learnt learnt = learn_or_say_how_to_go_on(command);
  fmt::print("\nthe model is in {}; talk to it again with: bantam chat {}\n", (out / "model").string(),
             (out / "model").string());
  if (command.no_chat || ::isatty(STDIN_FILENO) == 0) return;
  EngineOptions options;
  options.vocab = learnt.folder.tokenizer.vocab_size();
  Engine engine(*learnt.model, options);
  GenerationSettings settings;
  settings.sampling.temperature = 0.5;
  settings.sampling.top_p = 0.9;
  settings.sampling.seed = learnt.folder.recipe().train.seed;
  Conversation conversation(engine, learnt.folder.tokenizer, settings);
  chat_loop(conversation, false);
}

}  // namespace

void add_quickstart(CLI::App& app) {
  auto command = std::make_shared<QuickstartCommand>();
  CLI::App* sub = app.add_subcommand("quickstart", "Train a model here, now, and talk to it");
  sub->add_option("texts", command->texts, "Text or JSONL files to learn from (default: the shipped corpus)");
  sub->add_option("--minutes", command->minutes, "How long it may take in all (default: 5)")
      ->check(CLI::Range(0.05, 100000.0));
  sub->add_option("--out", command->out, "Run folder")->capture_default_str();
  sub->add_flag("--no-chat", command->no_chat, "Do not open a chat at the end");
  sub->callback([command] { run(*command); });
}

}  // namespace bantam::cli

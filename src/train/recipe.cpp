#include "train/recipe.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/format_version.h"
#include "base/yaml.h"

extern char** environ;

namespace bantam {
namespace {

constexpr std::string_view kPrefix = "BANTAM_";
constexpr int kRecipeVersion = 1;

// train.lr → BANTAM_TRAIN_LR
std::string variable_of(std::string_view path) {
  std::string name(kPrefix);
  for (const char c : path)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

class Resolver {
 public:
  // Reads a whole tree of keys over what is there.
  void overlay(const Json& tree, const std::string& where) {
    if (tree.is_null()) return;  // an empty file
    schema_.overlay(&result_.recipe, tree, {where});
    mark(tree, where);
  }

  // Applies "path=value" over what is there; `where` opens errors, `origin` is kept.
  void assign(const std::string& assignment, const std::string& where, const std::string& origin) {
    Json tree = schema_.write(&result_.recipe);
    set_value(tree, assignment, where);
    schema_.overlay(&result_.recipe, tree, {where});
    const std::string path = assignment.substr(0, assignment.find_first_of("=["));
    for (const std::string& known : paths_)
      if (known == path || known.starts_with(path + ".")) result_.origins[known] = origin;
  }

  void environment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
      const auto path =
          std::find_if(paths_.begin(), paths_.end(),
                       [&, &name = name](const std::string& known) { return variable_of(known) == name; });
      if (path != paths_.end()) {
        assign(*path + "=" + value, name, name);
        continue;
      }
      for (const Field& section : schema_.fields)
        if (section.type->is_struct()) refuse_unknown(name, section.name);
    }
  }

  ResolvedRecipe finish(const std::string& where) {
    schema_.check(&result_.recipe, {where});
    return std::move(result_);
  }

 private:
  void mark(const Json& tree, const std::string& origin) {
    for (const std::string& path : paths_) {
      const Json* at = &tree;
      for (size_t begin = 0; at != nullptr && begin <= path.size();) {
        const size_t end = std::min(path.find('.', begin), path.size());
        const std::string key = path.substr(begin, end - begin);
        at = at->is_object() && at->contains(key) ? &(*at)[key] : nullptr;
        begin = end + 1;
      }
      if (at != nullptr) result_.origins[path] = origin;
    }
  }

  void refuse_unknown(const std::string& name, const std::string& section) const {
    if (!name.starts_with(variable_of(section) + "_")) return;
    std::vector<std::string> known;
    for (const std::string& path : paths_) known.push_back(variable_of(path));
    fail_unknown_key({"environment"}, name, known);
  }

  const Schema& schema_ = schema_of<Recipe>();
  const std::vector<std::string> paths_ = schema_.paths();
  ResolvedRecipe result_;
};

}  // namespace

Schema schema(const TokenizerTraining*) {
  using C = TokenizerTraining;
  return describe<C>(
      "A tokenizer trained for this run.",
      field<&C::kind>(
          "bpe: byte-level, as Hugging Face tokenizers trains it; sentencepiece: BPE with VUAF's symbols; "
          "length-max: longest match, as Escarda has it."),
      field<&C::input>("Text files; none: the texts of the data's train split."),
      field<&C::vocab_size>("Tokens, the 256 bytes and the special ones included.", range(257, 1 << 20)),
      field<&C::split>("bpe: how text is cut into words.",
                       one_of({"gpt2", "llama3", "qwen2", "qwen35", "o200k"})),
      field<&C::categories>(
          "sentencepiece: categories of VUAF's prompts; none: chat, code, qa, stories, wiki."),
      rule<C>([](const C& c) { return c.categories.empty() || c.kind == TokenizerKind::sentencepiece; },
              "categories: belong to kind sentencepiece"));
}

Schema schema(const TokenizerRecipe*) {
  using C = TokenizerRecipe;
  return describe<C>("The tokenizer.", field<&C::path>("A tokenizer's folder or file."),
                     field<&C::train>("How to train it when it does not exist yet."));
}

Schema schema(const DataSource*) {
  using C = DataSource;
  return describe<C>("One source of text.", field<&C::path>("A file or a folder.", required()),
                     field<&C::weight>("Share in the mixture, relative to the other sources.", range(0, 1e6)),
                     field<&C::split>("What it is for."));
}

Schema schema(const DataRecipe*) {
  using C = DataRecipe;
  return describe<C>(
      "The data.", field<&C::sources>("Sources that are packed when the pack does not exist yet."),
      field<&C::pack>("The folder of packed rows."),
      field<&C::learn>("What of conversations and completions is learnt: the answers alone, or "
                       "everything, as in text."),
      field<&C::skip_invalid>("Leave out, name and count rows that cannot be packed, instead of "
                              "stopping at the first."));
}

Schema schema(const SpikeSkip*) {
  using C = SpikeSkip;
  return describe<C>(
      "Steps whose loss stands out are not learnt from.",
      field<&C::z>("Standard deviations above the running mean; 0 turns it off.", range(0, 1e3)),
      field<&C::max>("Skips in a row at most.", range(1, 1e6)));
}

Schema schema(const MuonRecipe*) {
  using C = MuonRecipe;
  return describe<C>(
      "Of the optimizer muon: it takes the matrices among these tensors that decay; AdamW takes all "
      "others, with the same lr and weight_decay.",
      field<&C::momentum>("Decay rate of the momentum.", range(0, 0.999999)),
      field<&C::nesterov>("The step looks one momentum ahead."),
      field<&C::tensors>(
          "Names; * stands for any text. Tables of embeddings and heads are better left out."));
}

Schema schema(const EarlyStop*) {
  using C = EarlyStop;
  return describe<C>("When a run ends before its last step.",
                     field<&C::evaluations>(
                         "Evaluations in a row without a better validation loss; 0: the run goes to its end.",
                         range(0, 1e6)),
                     field<&C::min_improvement>("Nats per token that count as better.", range(0, 100)),
                     rule<C>([](const C& c) { return c.evaluations > 0 || c.min_improvement == 0; },
                             "min_improvement says something only with evaluations above 0"));
}

Schema schema(const TrainRecipe*) {
  using C = TrainRecipe;
  return describe<C>(
      "How to train.", field<&C::stage>("pretrain: every token that the pack does not mask is a target."),
      field<&C::target_tokens>("Tokens to train on.", count(), range(1, 1e15)),
      field<&C::tokens_per_batch>("Tokens of a micro-batch.", count(), range(2, 1e9)),
      field<&C::grad_accum_steps>("Micro-batches of a step.", range(1, 1e6)),
      field<&C::max_seq_len>("Longest row.", range(2, 1e7)),
      field<&C::length_curriculum>(
          "Row lengths by step: \"(256,500)(512,-1)\" is 256 until step 500, then 512."),
      field<&C::mixed_precision>("bf16: products in bf16, masters and sums in f32; f32: all in f32."),
      field<&C::optimizer>("The optimizer; adamw_8bit keeps the moments of tensors of 4,096 elements or "
                           "more as 8-bit codes, muon orthogonalises the steps of hidden matrices."),
      field<&C::lr>("Peak learning rate.", range(0, 10)),
      field<&C::schedule>("cosine, or wsd: constant with a decay at the end."),
      field<&C::min_lr_ratio>("Learning rate at the end, as a share of the peak.", range(0, 1)),
      field<&C::warmup_steps>("Steps of linear warmup.", range(0, 1e9)),
      field<&C::decay_ratio>("Share of the steps that wsd decays over.", range(0, 1)),
      field<&C::weight_decay>("Decoupled decay of matrices; gains and biases never decay.", range(0, 10)),
      field<&C::betas>("Decay rates of the two moments.", range(0, 0.999999)),
      field<&C::eps>("Added to the root of the second moment.", range(1e-30, 1)),
      field<&C::grad_clip>("Largest global norm of the gradient; 0: no clipping.", range(0, 1e9)),
      field<&C::lr_scale>(
          "Learning rate factor of tensors by name; * stands for any text, the longest pattern wins.",
          range(0, 1e3)),
      field<&C::muon>("Of the optimizer muon."),
      field<&C::ema>(
          "Decay rate of an average of the weights, which is then what is evaluated, sampled and exported; "
          "0: none. After t steps the rate is at most (1 + t) / (10 + t).",
          range(0, 0.9999999)),
      field<&C::mtp_weight>("Weight of the extra heads' mean loss.", range(0, 100)),
      field<&C::z_loss>("Weight of the squared log-sum-exp of the logits.", range(0, 1)),
      field<&C::decision_weight>("Weight of the decision head's cross-entropy, a mean over labelled rows.",
                                 range(0, 100)),
      field<&C::calibration_loss_weight>("Weight of the decision head's Brier score.", range(0, 100)),
      field<&C::class_weighted_decision>("Classes weigh by inverse frequency in the train split: rows / "
                                         "(classes that occur * rows of the class)."),
      field<&C::gradient_checkpointing>("layers: a layer's activations are computed again on the way back."),
      field<&C::spike_skip>("When to skip a step."),
      field<&C::max_bad_steps>(
          "Steps in a row with an infinite or NaN loss or gradient before the run stops.", range(1, 1e6)),
      field<&C::seed>("Of the initial weights, the order of rows and all else that is random."),
      field<&C::eval_every>("Steps between evaluations; 0: only at the end.", range(0, 1e12)),
      field<&C::eval_tokens>("Tokens of an evaluation, in rows of the valid split drawn once for all.",
                             count(), range(1, 1e12)),
      field<&C::save_every>("Steps between checkpoints; 0: only at the end.", range(0, 1e12)),
      field<&C::keep_checkpoints>("Newest checkpoints to keep.", range(2, 1e6)),
      field<&C::keep_best>(
          "Checkpoints of the lowest validation loss to keep beside those; model/ then holds the best one.",
          range(0, 1e6)),
      field<&C::early_stop>("When to end early."),
      field<&C::sample_every>("Steps between samples; 0: none.", range(0, 1e12)),
      field<&C::sample_prompts>("What samples begin with; none: no samples."),
      rule<C>([](const C& c) { return c.optimizer == OptimizerKind::muon || c.muon == MuonRecipe(); },
              "muon says something only with optimizer: muon"),
      rule<C>([](const C& c) { return c.early_stop.evaluations == 0 || c.eval_every > 0; },
              "early_stop needs evaluations: eval_every is 0"),
      rule<C>([](const C& c) { return c.tokens_per_batch <= (uint64_t{1} << 40) / c.grad_accum_steps; },
              "tokens_per_batch times grad_accum_steps is too large"));
}

Schema schema(const Recipe*) {
  using C = Recipe;
  return describe<C>(
      "A run.", field<&C::model>("The model file."), field<&C::preset>("A preset instead of a model file."),
      field<&C::weights>(
          "A model folder whose weights training begins with; none: random ones from the seed."),
      field<&C::tokenizer>("The tokenizer."), field<&C::data>("The data."),
      field<&C::train>("How to train."));
}

std::map<std::string, std::string> bantam_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.starts_with(kPrefix) && equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

ResolvedRecipe resolve_recipe(const RecipeSources& sources) {
  Resolver resolver;
  for (const std::string& assignment : sources.model_file)
    resolver.assign(assignment, "model file", "model file");
  const std::string file = sources.file.string();
  Json tree = read_yaml(sources.file);
  take_format_version(tree, kRecipeVersion, file);
  resolver.overlay(tree, file);
  resolver.environment(sources.environment);
  for (const std::string& assignment : sources.sets) resolver.assign(assignment, "--set", "--set");
  return resolver.finish(file);
}

std::string to_yaml(const ResolvedRecipe& resolved) {
  const std::vector<std::string> paths = schema_of<Recipe>().paths();
  const std::string version = fmt::format("{}: {}\n", kFormatVersion, kRecipeVersion);
  return version + dump_yaml(write_config(resolved.recipe), [&](const std::string& path) -> std::string {
           const auto origin = resolved.origins.find(path);
           if (origin != resolved.origins.end()) return origin->second;
           return std::find(paths.begin(), paths.end(), path) != paths.end() ? "built-in" : "";
         });
}

bool matches(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  name.remove_prefix(star);
  for (size_t skip = 0; skip <= name.size(); ++skip)
    if (matches(pattern, name.substr(skip))) return true;
  return false;
}

}  // namespace bantam

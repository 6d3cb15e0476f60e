// bantam probe: what a model computes on given ids, as safetensors, for parity with other frameworks.
#include "infer/probe.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/model_flags.h"

namespace bantam::cli {
namespace {

struct ProbeFlags {
  ModelFlags model;
  std::string ids, out, chunks, sampler, objective;
  std::optional<double> lambda_p, mtp_weight, z_loss;
  bool json = false;
  ProbeOptions options;
};

std::vector<size_t> parse_chunks(const std::string& text) {
  std::vector<size_t> sizes;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const bool digits =
        !word.empty() && word.size() < 10 && word.find_first_not_of("0123456789") == std::string::npos;
    require(digits && std::stoul(word) > 0, ErrorCode::usage,
            "--chunks: is {}, wanted sizes of at least 1 with commas between, as in 11,5,1", text);
    sizes.push_back(std::stoul(word));
    begin = end + 1;
  }
  return sizes;
}

std::vector<SamplingSettings> read_settings(const std::string& path) {
  Json json = read_json(path);
  if (json.is_object()) json = Json::array({json});
  require(json.is_array() && !json.empty(), ErrorCode::usage,
          "{}: wanted sampling settings, or a list of them", path);
  std::vector<SamplingSettings> settings;
  for (size_t i = 0; i < json.size(); ++i)
    settings.push_back(read_config<SamplingSettings>(json[i], ConfigPath{path}.item(i)));
  return settings;
}

void change_objective(const ProbeFlags& flags, ModelConfig& config) {
  require(config.loop.halt.has_value(), ErrorCode::usage, "--objective: this model does not halt");
  const bool geometric = flags.objective == "geometric";
  config.loop.halt->objective = geometric ? HaltObjective::geometric : HaltObjective::entropy;
  if (!flags.lambda_p) return;
  require(geometric && *flags.lambda_p > 0 && *flags.lambda_p < 1, ErrorCode::usage,
          "--lambda-p: is {}, wanted a number between 0 and 1, with --objective geometric", *flags.lambda_p);
  config.loop.halt->lambda_p = *flags.lambda_p;
}

std::vector<NamedArray> run_model(ProbeFlags& flags) {
  require(!flags.model.model.empty(), ErrorCode::usage,
          "probe: wanted MODEL, a model folder (only --sampler needs none)");
  if (!flags.chunks.empty()) flags.options.chunks = parse_chunks(flags.chunks);
  const ProbeInput input = read_probe_input(flags.ids);
  LoadedModel loaded = open_model(flags.model, [&](ModelConfig& config) {
    if (!flags.objective.empty()) change_objective(flags, config);
  });
  flags.options.objective = loaded.objective;
  if (flags.mtp_weight) flags.options.objective.mtp_weight = *flags.mtp_weight;
  if (flags.z_loss) flags.options.objective.z_weight = *flags.z_loss;
  flags.options.halt_threshold = halt_threshold(flags.model, loaded.decoder->config());
  return probe(*loaded.decoder, *loaded.family, input, flags.options);
}

void run(ProbeFlags& flags) {
  const std::vector<NamedArray> arrays =
      flags.sampler.empty() ? run_model(flags) : probe_sampler(flags.ids, read_settings(flags.sampler));
  write_arrays(flags.out, arrays);
  if (!flags.json) return;
  Json report = {{"out", flags.out}, {"tensors", Json::object()}};
  for (const NamedArray& array : arrays) report["tensors"][array.name] = array.shape;
  std::printf("%s\n", report.dump().c_str());
}

}  // namespace

void add_probe(CLI::App& app) {
  auto flags = std::make_shared<ProbeFlags>();
  ProbeOptions& options = flags->options;
  CLI::App* command = app.add_subcommand(
      "probe", "What a model computes on given ids: logits, losses, gradients, as safetensors");
  flags->model.dtype = "f32";
  add_model_flags(*command, flags->model);
  add_rename_flag(*command, flags->model.rename);
  command->get_option("model")->required(false);
  command
      ->add_option("--ids", flags->ids,
                   "Safetensors with input_ids [B, T], optional labels (-100: none), images [B, size, size, "
                   "3] (ids -1 a patch)")
      ->required();
  command->add_option("--out", flags->out, "The safetensors file to write")->required();
  command->add_flag("--loss", options.loss, "The loss that training would minimise, and its terms");
  command->add_flag("--grads", options.gradients, "The loss's gradient for every tensor of the model");
  command->add_flag("--stepwise", options.stepwise, "The logits once more, token by token");
  command->add_option("--chunks", flags->chunks,
                      "The logits once more in chunks of these sizes, as in 11,5,1");
  command->add_option("--greedy", options.greedy, "Continues greedy_prompt (or input_ids) by so many tokens")
      ->check(CLI::Range(0, 1 << 20));
  command->add_flag(
      "--internals", options.internals,
      "Values inside the model too: halt_logits, router_idx, moe.layer*.experts, engram.rows_n*");
  command->add_option("--mtp-weight", flags->mtp_weight,
                      "Weight of the heads further ahead in the loss (default: the model's, else 0.3)");
  command->add_option("--z-loss", flags->z_loss,
                      "Weight of log² Z in the loss (default: the model's, else 0)");
  command
      ->add_option("--objective", flags->objective,
                   "What a halting loop adds to the loss (default: as its config says)")
      ->check(CLI::IsMember({"entropy", "geometric"}));
  command->add_option("--lambda-p", flags->lambda_p,
                      "λ of the geometric objective's prior (default: the config's, 0.4)");
  command->add_option(
      "--sampler", flags->sampler,
      "Sampling settings (JSON, one or a list): turns logits.0, logits.1, … of --ids into probs.0, …");
  command->add_flag("--json", flags->json, "Print what was written as one JSON object");
  command->callback([flags] { run(*flags); });
}

}  // namespace bantam::cli

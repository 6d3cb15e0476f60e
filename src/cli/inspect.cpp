// bantam inspect: what a model is and how large, without loading or allocating it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/describe.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/model_flags.h"
#include "model/decoder.h"
#include "model/folder.h"
#include "model/page.h"
#include "model/parameter_count.h"
#include "model/part_costs.h"
#include "model/picture.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

struct Inspected {
  ModelConfig config;
  Json report;
};

struct InspectFlags {
  std::string model, preset, svg, html;
  std::vector<std::string> sets;
  bool json = false;
};

Json parameters_of(const ModelConfig& config) {
  const ParameterCount count = count_parameters(Decoder(config, Device::meta, Dtype::bf16));
  return {{"parameters", count.all},
          {"parameters_inference", count.inference},
          {"parameters_active", count.active},
          {"parts", count.parts}};
}

std::string stored_types(const TensorFiles& weights) {
  std::string types;
  for (const auto& entry : weights.entries()) {
    const std::string name(info(entry.tensor.dtype).name);
    if (types.find(name) == std::string::npos) types += (types.empty() ? "" : ", ") + name;
  }
  return types;
}

Inspected inspect_folder(const fs::path& folder) {
  const StoredModel model(folder);
  tell_guessed(model.weights.guessed());
  const FamilyModel& found = model.found;
  const TensorFiles& weights = model.weights.files();
  const Json config = parse_json(model.config_json, (folder / "config.json").string());
  Json report = {{"model", folder.string()}, {"family", found.family->name}};
  report.update(parameters_of(found.config));
  report["dtype"] = stored_types(weights);
  const StateHash hash(model);
  report["model_state_sha256"] = hash.found;
  for (const char* key : {"provenance", "tokenizer_sha256", "format_version"})
    if (config.contains(key)) report[key] = config[key];
  if (!hash.as_recorded()) {
    report["recorded_model_state_sha256"] = *hash.recorded;
    log_warning(
        "{}: the weights are not those that config.json records: model_state_sha256 is {}, recorded is {}",
        folder.string(), hash.found, *hash.recorded);
  }
  report["config"] = to_json(found.config);
  return {found.config, report};
}

Inspected inspect(const InspectFlags& flags) {
  require(flags.model.empty() != flags.preset.empty(), ErrorCode::usage,
          "inspect: wanted either MODEL (a model folder, a run folder, or a model.json) or --preset NAME");
  fs::path file = flags.model;
  if (!flags.model.empty() && fs::is_directory(file)) {
    const bool run = !fs::exists(file / "config.json") && fs::exists(file / "model.json");
    if (run && fs::exists(file / "model/config.json"))
      log_note("{}: the composition of a run; its trained model is in {}", flags.model,
               (file / "model").string());
    require(run || flags.sets.empty(), ErrorCode::usage,
            "inspect: --set changes a preset or a model.json, not a folder of weights");
    if (!run) return inspect_folder(flags.model);
    file /= "model.json";
  }
  Json json = flags.preset.empty() ? read_json(file) : Json{{"preset", flags.preset}};
  for (const std::string& assignment : flags.sets) set_value(json, assignment, "--set");
  const ModelConfig config = parse_model(json, flags.preset.empty() ? file.string() : "--preset");
  Json report = {{"model", config.name.empty() ? file.string() : config.name}};
  report.update(parameters_of(config));
  report["config"] = to_json(config);
  return {config, report};
}

void print(const Json& report) {
  for (const auto& [key, value] : report.items()) {
    if (key == "config") continue;
    if (key == "parts") {
      for (const auto& [part, count] : value.items())
        fmt::print("  {:24} {:>15}\n", part, grouped(count.get<uint64_t>()));
      continue;
    }
    const std::string text = value.is_number_unsigned() ? grouped(value.get<uint64_t>())
                             : value.is_string()        ? value.get<std::string>()
                                                        : value.dump();
    fmt::print("{:26} {}\n", key, text);
  }
  fmt::print("config\n{}", dump_json(report["config"]));
}

// The pictures that were asked for; a model without a name has its file's.
void draw(const InspectFlags& flags, ModelConfig config) {
  if (flags.svg.empty() && flags.html.empty()) return;
  if (config.name.empty()) {
    const fs::path path = fs::absolute(flags.model).lexically_normal();
    config.name = (path.has_filename() ? path : path.parent_path()).stem().string();
  }
  const PartCosts costs = count_part_costs(config);
  if (!flags.svg.empty()) write_file(flags.svg, model_picture(config, costs));
  if (!flags.html.empty()) write_file(flags.html, model_page(config, costs));
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command =
      app.add_subcommand("inspect", "What a model is: parameters by part, config, hash of its weights");
  command->add_option("model", flags->model, "A model folder, a run folder, or a model.json");
  command->add_option("--preset", flags->preset, "A preset in place of a folder")->type_name("PRESET");
  command->add_option("--set", flags->sets,
                      "Changes one value of the preset or model.json, as in d_model=640");
  command->add_option("--svg", flags->svg, "Draws the model into this file");
  command->add_option("--html", flags->html,
                      "Writes a page with the drawing, the FLOPs of each part and the config");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->callback([flags] {
    const auto [config, report] = inspect(*flags);
    draw(*flags, config);
    if (flags->json)
      fmt::print("{}", dump_json(report));
    else
      print(report);
  });
}

}  // namespace bantam::cli

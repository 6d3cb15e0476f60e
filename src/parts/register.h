// What a part's file needs to register itself.
#pragma once
#include <nlohmann/json.hpp>

#include "parts/part.h"

namespace bantam {

// Part is made from (Build, PartContext, Config, where); Config is a described struct (base/describe.h). examples:
// options at width 24, as JSON. They are what tests/contract puts the part through, alone and among all others.
template <class Config, class Part, class Base>
bool register_part(Registry<Base>& registry, const std::string& name,
                   std::vector<std::string> examples = {"{}"}) {
  registry.add({name, schema_of<Config>().doc, std::move(examples),
                [](const Build& b, const PartContext& context, const Json& options, const ConfigPath& path) {
                  const Config config = read_config<Config>(options, path, {"kind"});
                  return std::unique_ptr<Base>(std::make_unique<Part>(b, context, config, path.text()));
                },
                [name](const Json& options, const ConfigPath& path) {
                  Json resolved = {{"kind", name}};
                  resolved.update(write_config(read_config<Config>(options, path, {"kind"})));
                  return resolved;
                },
                [name] { return config_markdown<Config>(name); }});
  return true;
}

}  // namespace bantam

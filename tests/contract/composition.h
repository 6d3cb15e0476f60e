// Models made of the parts' own examples: each part by itself, and compositions drawn from a seed.
#pragma once
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/tiny_models.h"
#include "parts/part.h"

namespace bantam::testing {

struct Composition {
  std::string name;
  Json json;
  ModelConfig config() const { return parse_model(json, name); }
};
inline void PrintTo(const Composition& c, std::ostream* out) { *out << c.name; }

template <class Part>
std::vector<Json> examples_of(const Registry<Part>& registry) {
  std::vector<Json> all;
  for (const auto& [name, kind] : registry.kinds())
    for (const std::string& example : kind.examples) {
      Json json = Json::parse(example);
      json["kind"] = name;
      all.push_back(std::move(json));
    }
  return all;
}

// A plain model of one layer around which a part is tried.
inline Json plain_model() {
  return {{"width", 24},
          {"vocab", 40},
          {"context", 512},
          {"layers", Json::array({{{"mixer", {{"kind", "attention"}, {"heads", 2}}},
                                   {"feed", {{"kind", "swiglu"}, {"width", 40}}}}})}};
}

// Every example of every part, each in a model that is otherwise plain.
inline std::vector<Composition> each_part() {
  std::vector<Composition> all;
  const auto add = [&](const std::string& what, const Json& example, auto put) {
    Json model = plain_model();
    put(model, example);
    all.push_back({what + " " + example.dump(), model});
  };
  for (const Json& e : examples_of(mixers()))
    add("mixer", e, [](Json& m, const Json& x) { m["layers"][0]["mixer"] = x; });
  for (const Json& e : examples_of(feeds()))
    add("feed", e, [](Json& m, const Json& x) { m["layers"][0]["feed"] = x; });
  for (const Json& e : examples_of(token_memories()))
    add("memory", e, [](Json& m, const Json& x) { m["embed"]["memory"] = x; });
  for (const Json& e : examples_of(refinements()))
    add("refinement", e, [](Json& m, const Json& x) { m["refine"] = x; });
  for (const Json& e : examples_of(joins())) add("join", e, [](Json& m, const Json& x) { m["join"] = x; });
  add("decision", {{"enabled", true}, {"classes", 3}},
      [](Json& m, const Json& x) { m["heads"]["decision"] = x; });
  add("patches", {{"image_size", 8}, {"patch_size", 4}},
      [](Json& m, const Json& x) { m["embed"]["patches"] = x; });
  return all;
}

// Composition `index`: every choice is a function of it.
inline Composition drawn(uint64_t index) {
  Random random(index, "composition");
  const auto one_of = [&](const std::vector<Json>& list) { return list[random.below(list.size())]; };
  const auto chance = [&](double p) { return random.uniform() < p; };
  Json model = plain_model();
  model["layers"] = Json::array();
  const size_t layers = 1 + random.below(3);
  for (size_t i = 0; i < layers; ++i)
    model["layers"].push_back(
        {{"mixer", one_of(examples_of(mixers()))}, {"feed", one_of(examples_of(feeds()))}});
  model["join"] = one_of(examples_of(joins()));
  model["embed"] = {{"tied", chance(0.5)}, {"value", chance(0.3)}};
  if (chance(0.4)) model["embed"]["memory"] = one_of(examples_of(token_memories()));
  if (chance(0.3)) model["refine"] = one_of(examples_of(refinements()));
  if (chance(0.4)) {
    model["loop"] = {{"steps", 2 + random.below(2)}};
    if (chance(0.8))
      model["loop"]["halt"] = {{"objective", one_of({"entropy", "geometric", "gain"})},
                               {"entropy_weight", 0.05},
                               {"lambda_p", 0.3},
                               {"floor_share", chance(0.5) ? 0.2 : 0.0},
                               {"gain_slope", 3}};
  }
  if (chance(0.4))
    model["heads"]["mtp"] = {{"k", 2 + random.below(2)}, {"form", chance(0.5) ? "block" : "projection"}};
  if (chance(0.3)) model["heads"]["jepa"] = {{"horizon", 1 + random.below(2)}, {"rank", 7}};
  return {"composition " + std::to_string(index) + " " + model.dump(), model};
}

}  // namespace bantam::testing

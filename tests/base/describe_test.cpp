#include "base/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bantam {
namespace {

using testing::HasSubstr;

enum class Shape { wide, deep };
std::vector<std::string> names(const Shape*) { return {"wide", "deep"}; }

struct Mixer {
  int heads = 8;
  double scale = 0.5;
};
Schema schema(const Mixer*) {
  return describe<Mixer>(
      "Mixes.", field<&Mixer::heads>("Heads.", range(1, 256)), field<&Mixer::scale>("Scale.", range(0, 1)),
      rule<Mixer>([](const Mixer& m) { return m.heads != 13; }, "13 heads bring bad luck"));
}

struct Layer {
  Mixer mixer;
  std::optional<int> repeat;
};
Schema schema(const Layer*) {
  return describe<Layer>("A layer.", field<&Layer::mixer>("Mixer."),
                         field<&Layer::repeat>("Times.", at_least(1)));
}

// A value that reads itself: the part's kind decides how its other keys are read.
struct Part {
  std::string kind;
  Mixer mixer;
};
void read_value(Part& part, const Json& json, const ConfigPath& path) {
  if (!json.is_object() || !json.contains("kind")) fail_value(path, json, "an object with a kind");
  part.kind = json["kind"].get<std::string>();
  part.mixer = read_config<Mixer>(json, path, {"kind"});
}
void write_value(const Part& part, Json& json) {
  json = Json{{"kind", part.kind}};
  json.update(write_config(part.mixer));
}

struct Model {
  bool tied = true;
  int width = 64;
  uint64_t seed = 17;
  uint64_t tokens = 1000;
  float eps = 1e-5f;
  std::string name = "plain";
  std::string device = "cpu";
  Shape shape = Shape::wide;
  std::pair<double, double> betas = {0.9, 0.95};
  std::vector<double> weights;
  std::map<std::string, double> scales;
  std::vector<Layer> layers;
  std::vector<Part> parts;
  int internal = 3;
};
Schema schema(const Model*) {
  using C = Model;
  return describe<C>(
      "A model.", field<&C::tied>("Tied."), field<&C::width>("Width.", range(1, 65536)),
      field<&C::seed>("Seed."), field<&C::tokens>("Tokens.", count()), field<&C::eps>("Epsilon."),
      field<&C::name>("Name."), field<&C::device>("Device.", one_of({"cpu", "cuda"})),
      field<&C::shape>("Shape."), field<&C::betas>("Decay rates.", range(0, 1)),
      field<&C::weights>("Weights.", at_least(0)), field<&C::scales>("Scales.", at_least(0)),
      field<&C::layers>("Layers."), field<&C::parts>("Parts."),
      field<&C::internal>("Renamed.", named("public")),
      rule<C>([](const C& c) { return c.width % 2 == 0; }, "width must be even"), rule<C>([](const C& c) {
        return c.layers.size() > 2 ? fmt::format("layers has {} items, wanted at most 2", c.layers.size())
                                   : "";
      }));
}

Model read(std::string_view text) { return read_config<Model>(parse_json(text, "test"), {"model.json"}); }

std::string error_of(std::string_view text) {
  try {
    read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Describe, ReadsEveryKindOfMemberAndKeepsDefaults) {
  const Model m =
      read(R"({"tied": false, "seed": 18446744073709551615, "tokens": "20M", "eps": 1e-6, "shape": "deep",
    "betas": [0.8, 0.99], "weights": [1, 2.5], "scales": {"a.*": 0.5}, "layers": [{"mixer": {"heads": 4}, "repeat": 3}, {}],
    "parts": [{"kind": "x", "heads": 2}], "public": 9})");
  EXPECT_FALSE(m.tied);
  EXPECT_EQ(m.width, 64);
  EXPECT_EQ(m.seed, UINT64_MAX);
  EXPECT_EQ(m.tokens, 20'000'000u);
  EXPECT_EQ(m.eps, 1e-6f);
  EXPECT_EQ(m.shape, Shape::deep);
  EXPECT_EQ(m.betas, std::pair(0.8, 0.99));
  EXPECT_EQ(m.weights, (std::vector{1.0, 2.5}));
  EXPECT_EQ(m.scales, (std::map<std::string, double>{{"a.*", 0.5}}));
  ASSERT_EQ(m.layers.size(), 2u);
  EXPECT_EQ(m.layers[0].mixer.heads, 4);
  EXPECT_EQ(m.layers[0].repeat, 3);
  EXPECT_EQ(m.layers[1].mixer.heads, 8);
  EXPECT_FALSE(m.layers[1].repeat.has_value());
  EXPECT_EQ(m.parts.at(0).kind, "x");
  EXPECT_EQ(m.parts.at(0).mixer.heads, 2);
  EXPECT_EQ(m.internal, 9);
}

TEST(Describe, WrittenConfigsReadBackAsTheSame) {
  Model m;
  m.layers.resize(1);
  m.parts = {{"rwkv7", {.heads = 2}}};
  m.weights = {0.1};
  m.scales = {{"x", 2}};
  const Json json = write_config(m);
  EXPECT_EQ(json["eps"].dump(), "1e-05") << "the shortest decimal of the float";
  EXPECT_FALSE(json["layers"][0].contains("repeat"));
  EXPECT_EQ(write_config(read(json.dump())), json);
}

TEST(Describe, ErrorsNameThePathTheValueAndWhatIsWanted) {
  EXPECT_EQ(error_of(R"({"layers": [{"mixer": {"heads": 0}}]})"),
            "model.json: layers[0].mixer.heads: is 0, wanted 1 to 256");
  EXPECT_EQ(error_of(R"({"layers": [{}, {"repeat": 0}]})"),
            "model.json: layers[1].repeat: is 0, wanted at least 1");
  EXPECT_EQ(error_of(R"({"widht": 3})"), "model.json: widht: is no known key; did you mean \"width\"?");
  EXPECT_EQ(error_of(R"({"parts": [{"kind": "x", "head": 1}]})"),
            "model.json: parts[0].head: is no known key; did you mean \"heads\"?");
  EXPECT_EQ(error_of(R"({"layers": [{"zzzzzzzz": 1}]})"),
            "model.json: layers[0].zzzzzzzz: is no known key, wanted one of mixer, repeat");
  EXPECT_EQ(error_of(R"({"width": 7})"), "model.json: width must be even");
  EXPECT_EQ(error_of(R"({"layers": [{}, {"mixer": {"heads": 13}}]})"),
            "model.json: layers[1].mixer: 13 heads bring bad luck");
  EXPECT_EQ(error_of(R"({"layers": [{}, {}, {}]})"), "model.json: layers has 3 items, wanted at most 2");
  EXPECT_EQ(error_of(R"({"shape": "tall"})"), "model.json: shape: is \"tall\", wanted one of wide, deep");
  EXPECT_EQ(error_of(R"({"device": "gpu"})"), "model.json: device: is \"gpu\", wanted one of cpu, cuda");
  EXPECT_EQ(error_of("[]"), "model.json: is [], wanted an object");
}

TEST(Describe, RefusesValuesThatWouldChangeOnTheWay) {
  EXPECT_THAT(error_of(R"({"width": 2.5})"), HasSubstr("width: is 2.5, wanted 1 to 65536"));
  EXPECT_THAT(error_of(R"({"width": 99999999999})"), HasSubstr("wanted 1 to 65536"));
  EXPECT_THAT(error_of(R"({"width": "64"})"), HasSubstr("width: is \"64\""));
  EXPECT_THAT(error_of(R"({"seed": -1})"), HasSubstr("seed: is -1, wanted a whole number"));
  EXPECT_THAT(error_of(R"({"seed": 1e300})"), HasSubstr("seed: is 1e+300"));
  EXPECT_THAT(error_of(R"({"tokens": "20X"})"), HasSubstr("wanted a count such as 4096, 20M or 1e9"));
  EXPECT_THAT(error_of(R"({"eps": 1e200})"), HasSubstr("wanted a finite number"));
  EXPECT_THAT(error_of(R"({"tied": 1})"), HasSubstr("tied: is 1, wanted true or false"));
  EXPECT_THAT(error_of(R"({"betas": [0.9]})"), HasSubstr("wanted a list of two"));
  EXPECT_THAT(error_of(R"({"betas": [0.9, 1.5]})"), HasSubstr("betas[1]: is 1.5, wanted 0 to 1"));
  EXPECT_THAT(error_of(R"({"weights": [1, -1]})"), HasSubstr("weights[1]: is -1, wanted at least 0"));
  EXPECT_THAT(error_of(R"({"scales": {"a": -1}})"), HasSubstr("scales.a: is -1, wanted at least 0"));
}

TEST(Describe, SourcesMayBeReadOneOverAnotherAndTheRulesHoldForTheResult) {
  Layer layer;
  const auto read_over = [&](std::string_view text) {
    schema_of<Layer>().overlay(&layer, parse_json(text, "test"), {"test"});
  };
  read_over(R"({"mixer": {"heads": 13, "scale": 0.25}})");
  read_over(R"({"mixer": {"heads": 14}})");
  EXPECT_NO_THROW(schema_of<Layer>().check(&layer, {"test"}));
  EXPECT_EQ(layer.mixer.heads, 14);
  EXPECT_EQ(layer.mixer.scale, 0.25);
}

TEST(Describe, Counts) {
  EXPECT_EQ(parse_count("4096"), 4096u);
  EXPECT_EQ(parse_count("1e9"), 1'000'000'000u);
  EXPECT_EQ(parse_count("1.5k"), 1500u);
  EXPECT_EQ(parse_count("0.3M"), 300'000u);
  EXPECT_EQ(parse_count("2B"), 2'000'000'000u);
  for (const char* bad : {"", "M", "-1", "1.5", "1e-3", "nan", "inf", "1e40", "2 M", "0x10"})
    EXPECT_EQ(parse_count(bad), std::nullopt) << bad;
}

TEST(Describe, SetChangesNestedValues) {
  Json json = parse_json(R"({"layers": [{}, {"mixer": {"heads": 4}}]})", "test");
  set_value(json, "layers[1].mixer.heads=16", "--set");
  set_value(json, "betas=[0.5, 0.6]", "--set");
  set_value(json, "name=a b", "--set");
  set_value(json, "eps=3e-4", "--set");
  EXPECT_EQ(json.dump(),
            R"({"layers":[{},{"mixer":{"heads":16}}],"betas":[0.5,0.6],"name":"a b","eps":0.0003})");
  for (const auto& [bad, message] : std::vector<std::pair<std::string, std::string>>{
           {"layers[2].repeat=1", "\"2\" is no item of a list of 2"},
           {"width", "sets nothing, wanted PATH=VALUE"},
           {"name.first=1", "is not a group of keys"},
           {"a..b=1", "is no path"},
           {"betas=[1", "--set: betas: line 1"}}) {
    try {
      set_value(json, bad, "--set");
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
      EXPECT_EQ(error.code(), ErrorCode::usage);
    }
  }
}

TEST(Describe, DocumentsItself) {
  const std::string text = config_markdown<Model>("model");
  EXPECT_THAT(text, HasSubstr("| `width` | integer, 1 to 65536 | `64` | Width. |"));
  EXPECT_THAT(text, HasSubstr("| `shape` | wide / deep | `\"wide\"` | Shape. |"));
  EXPECT_THAT(text, HasSubstr("## model.layers\n\nA layer."));
  EXPECT_THAT(text, HasSubstr("## model.layers.mixer\n\nMixes."));
  EXPECT_EQ(schema_of<Layer>().paths(), (std::vector<std::string>{"mixer.heads", "mixer.scale", "repeat"}));
}

}  // namespace
}  // namespace bantam

#include "model/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/progress.h"
#include "model/drawing.h"
#include "model/page.h"
#include "model/tiny_models.h"
#include "model/well_formed.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ModelConfig preset(const std::string& name) { return parse_model({{"preset", name}}, name); }
std::string svg_of(const ModelConfig& config) { return model_picture(config, count_part_costs(config)); }
std::string page_of(const ModelConfig& config) { return model_page(config, count_part_costs(config)); }

// One of everything.
ModelConfig laden() {
  return parse_model(Json::parse(R"({
    "name": "laden", "width": 24, "vocab": 40, "context": 64, "norm": "layer",
    "embed": {"tied": false, "norm": true, "value": true, "memory": {"kind": "engram", "table_rows": 16}},
    "layers": [{"mixer": {"kind": "attention", "heads": 3}, "feed": {"kind": "none"}},
               {"mixer": {"kind": "mamba2", "head_width": 12},
                "feed": {"kind": "mixture", "width": 20, "experts": 5}}],
    "join": {"kind": "hyper", "streams": 3}, "loop": {"steps": 2, "halt": {}}, "refine": {"kind": "hrm", "rank": 9},
    "heads": {"mtp": {"k": 3}, "jepa": {"rank": 7}, "decision": {"classes": 5}}})"),
                     "laden");
}

TEST(WellFormedXml, IsTold) {
  EXPECT_EQ(WellFormed::complaint("<a x=\"1\"><b/>&lt;</a>\n"), "");
  for (const char* broken : {"", "<a>", "<a></b>", "<a><b></a></b>", "<a x=1/>", "<a x=\"1\" x=\"2\"/>",
                             "<a x=\"<\"/>", "<a>&bold;</a>", "<a>\x01</a>", "<a/><b/>", "<a>a < b</a>", "a"})
    EXPECT_NE(WellFormed::complaint(broken), "") << broken;
}

TEST(ModelPicture, IsWellFormedForEveryPreset) {
  for (const PresetInfo& info : presets()) {
    const ModelConfig config = preset(info.name);
    EXPECT_EQ(WellFormed::complaint(svg_of(config)), "") << info.name;
    EXPECT_EQ(WellFormed::complaint(page_of(config)), "") << info.name;
  }
}

TEST(ModelPicture, NamesEveryPartWithItsNumbers) {
  const ModelConfig config = laden();
  const PartCosts costs = count_part_costs(config);
  const std::string svg = model_picture(config, costs);
  for (const char* name :
       {">laden<", ">token embedding<", ">memory: engram<", ">spread into 3 streams<", ">join: hyper<",
        ">layer 0<", ">attention<", ">layer 1<", ">mamba2<", ">mixture<", ">halt?<", ">loop × 2, or fewer<",
        ">3 streams collapse into one<", ">refinement: hrm<", ">LayerNorm<", ">next token<",
        ">tokens 2 to 3 ahead<", ">JEPA<", ">decision<"})
    EXPECT_THAT(svg, HasSubstr(name));
  EXPECT_THAT(svg, Not(HasSubstr(">none<")));
  for (const PartCost& cost : {costs.embedding, costs.memory, costs.joins, costs.layers[0].mixer,
                               costs.layers[1].mixer, costs.layers[1].feed, costs.halting, costs.refinement,
                               costs.norm, costs.output, costs.ahead, costs.predictor, costs.decision}) {
    EXPECT_GT(cost.parameters, 0u);
    EXPECT_THAT(svg, HasSubstr(">" + grouped(cost.parameters) + "<"));
  }
  for (const uint64_t count : {costs.parameters.all, costs.parameters.inference, costs.parameters.active})
    EXPECT_THAT(svg, HasSubstr(">" + grouped(count) + "<"));
  EXPECT_THAT(svg, HasSubstr(">" + flops_text(costs.flops) + "<"));
}

TEST(ModelPicture, EqualLayersStandOnceWithTheirNumber) {
  const ModelConfig config = preset("qovaryx-3b");
  const PartCosts costs = count_part_costs(config);
  const std::string svg = model_picture(config, costs);
  EXPECT_THAT(svg, HasSubstr(">× 32<"));
  EXPECT_THAT(svg, HasSubstr(">32 × " + grouped(costs.layers[0].mixer.parameters) + "<"));
  EXPECT_THAT(svg, HasSubstr(">" + grouped(costs.parameters.parts.at("layers.self_attn")) + "<"));
  EXPECT_THAT(svg, HasSubstr(">" + grouped(costs.parameters.parts.at("layers.mlp")) + "<"));
}

TEST(ModelPicture, PatternsOfLayers) {
  const auto layers = [](const std::string& kinds) {
    std::vector<LayerConfig> list;
    for (const char kind : kinds) list.push_back({{std::string(1, kind), "{}"}, {"feed", "{}"}, 1});
    return list;
  };
  const auto patterns = [&layers](const std::string& kinds) {
    std::string text;
    for (const LayerPattern& p : layer_patterns(layers(kinds)))
      text += std::to_string(p.first) + ":" + std::to_string(p.period) + "x" + std::to_string(p.times) + " ";
    return text;
  };
  EXPECT_EQ(patterns("aaaa"), "0:1x4 ");
  EXPECT_EQ(patterns("abc"), "0:1x1 1:1x1 2:1x1 ");
  EXPECT_EQ(patterns("ababab"), "0:2x3 ");
  EXPECT_EQ(patterns("abababa"), "0:2x3 6:1x1 ");
  EXPECT_EQ(patterns("aabaabc"), "0:3x2 6:1x1 ");
  EXPECT_EQ(patterns("xaaay"), "0:1x1 1:1x3 4:1x1 ");
}

TEST(ModelPicture, HostileNamesAreOnlyText) {
  for (const std::string& name :
       {std::string("</text><script>alert(1)</script>"), std::string("\"/><a x='&'"), std::string("]]>&#0;"),
        std::string("a\x01\x02\0z", 5), std::string("\xff\xc0 \xed\xa0\x80 \xef\xbf\xbf"),
        std::string(5000, 'x'), std::string()}) {
    ModelConfig config = laden();
    config.name = name;
    for (const std::string& text : {svg_of(config), page_of(config)}) {
      EXPECT_EQ(WellFormed::complaint(text), "") << name;
      EXPECT_THAT(text, Not(HasSubstr("<script")));
    }
  }
}

TEST(ModelPicture, ThePageFetchesNothing) {
  const std::string page = page_of(laden());
  for (const char* word : {"<script", "src=", "href=", "url(", "@import"})
    EXPECT_THAT(page, Not(HasSubstr(word)));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

// Every row's parameters add up to the model's.
TEST(ModelPicture, TheTableOfThePageAddsUp) {
  for (const ModelConfig& config : {laden(), preset("qovaryx-50m"), preset("vuaf-1-femto")}) {
    const PartCosts costs = count_part_costs(config);
    const std::string page = model_page(config, costs);
    const std::string body = page.substr(page.find("<tbody>"), page.find("</tbody>") - page.find("<tbody>"));
    static const std::regex cells("<td class=\"n\">([0-9,]+)</td><td class=\"n\">[0-9.]+ %</td>");
    uint64_t sum = 0;
    for (std::sregex_iterator at(body.begin(), body.end(), cells); at != std::sregex_iterator(); ++at) {
      std::string digits = (*at)[1];
      std::erase(digits, ',');
      sum += std::stoull(digits);
    }
    EXPECT_EQ(sum, costs.parameters.all) << config.name;
  }
  EXPECT_THAT(page_of(laden()), HasSubstr("&quot;kind&quot;: &quot;mixture&quot;"));
}

TEST(ModelPicture, TextsOfNumbersAndOptions) {
  EXPECT_EQ(flops_text(0), "0");
  EXPECT_EQ(flops_text(768), "768");
  EXPECT_EQ(flops_text(999.7), "1.00 k");
  EXPECT_EQ(flops_text(37'746'000), "37.7 M");
  EXPECT_EQ(flops_text(5.991e9), "5.99 G");
  EXPECT_EQ(flops_text(999.6e6), "1.00 G");
  const PartConfig part{"x", R"({"kind": "x", "heads": 8, "kv_heads": 0, "rope_base": 10000.0, "bias": false,
                                 "rate": 0.001, "qk_norm": true, "hash": "lsh", "initial_deviation": 0.02})"};
  EXPECT_EQ(options_text(part),
            "heads\u00a08, rope\u00a0base\u00a010,000, rate\u00a00.001, qk\u00a0norm, hash\u00a0lsh");
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("  ééééé abcdef", 5), ElementsAre("ééééé", "abcd…"));
  EXPECT_EQ(xml_text("<&>\"'\x01é"), "&lt;&amp;&gt;&quot;&#39;\uFFFDé");
}

}  // namespace
}  // namespace bantam

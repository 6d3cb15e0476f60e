// Escarda's checkpoints as they are released: what stands in them twice, what is called otherwise, what contradicts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/family/escarda_card.h"
#include "model/folder.h"
#include "model/released_escarda.h"

namespace bantam {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Values = std::map<std::string, std::vector<float>>;

Values values_of(const std::filesystem::path& folder, const Renaming& renaming = {}) {
  const StoredModel model(folder, {}, renaming);
  Values values;
  for (const auto& [name, part] : parts_by_name(model.shapes)) {
    values[name].resize(part.part->count);
    model.weights.read(*part.part, 0, part.part->count, values[name].data());
  }
  return values;
}

// The code and text of what reading the folder ends with; none when it does not.
struct Refusal {
  std::optional<ErrorCode> code;
  std::string text;
};

Refusal refusal(const std::filesystem::path& folder, const std::filesystem::path& renaming = {}) {
  try {
    values_of(folder, renaming.empty() ? Renaming() : read_renaming(renaming));
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return {error.code(), error.what()};
  }
  return {};
}

std::map<std::string, std::string> guessed(const std::filesystem::path& folder) {
  const StoredModel model(folder);
  std::map<std::string, std::string> all;
  for (const GuessedName& name : model.weights.guessed()) all[name.name + " " + name.shape] = name.read_as;
  return all;
}

TEST(EscardaRelease, TheCardHasThePublishedCounts) {
  EscardaCard card;
  const Decoder model(parse_model(escarda_composition(card, "card"), "card"), Device::meta, Dtype::f32);
  size_t tensors = 1 + 16;  // the embedding again, and each layer's angles
  uint64_t elements = 16512 * 640 + 16 * 4096 * 16;
  for (const auto& [name, part] : parts_by_name(model)) {
    ++tensors;
    elements += part.part->count;
  }
  EXPECT_EQ(tensors, 363u);
  EXPECT_EQ(elements, 97'272'836u);
}

TEST(EscardaRelease, WhatIsStoredTwiceIsDropped) {
  const ReleasedEscarda release("escarda/dense_all_on");
  const StoredModel model(release.write());
  EXPECT_THAT(model.weights.derived(),
              ElementsAre("lm_head.weight", "model.layers.0.attn.rope.table",
                          "model.layers.1.attn.rope.table", "model.layers.2.attn.rope.table"));
  EXPECT_TRUE(model.weights.guessed().empty());
  EXPECT_EQ(values_of(release.write()), values_of(release.golden().path()));
}

TEST(EscardaRelease, KeysOfOurOwnMayBeAbsent) {
  ReleasedEscarda release("escarda/dense_all_on");
  for (const char* key :
       {"rope_interleaved", "hc_dynamic", "engram_hash", "engram_hash_scale", "moe_bias_update_rate"})
    release.config.erase(key);
  release.config["moe_layers"] = nullptr;
  release.config["transformers_version"] = "5.0";
  EXPECT_EQ(values_of(release.write()), values_of(release.golden().path()));
}

TEST(EscardaRelease, ACopyOfTheEmbeddingThatDiffersIsRefused) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.tensors["lm_head.weight"].bytes[(64 * 5 + 63) * 4] ^= 1;
  EXPECT_THAT(refusal(release.write()).text,
              AllOf(HasSubstr("lm_head.weight differs from model.embed_tokens.weight, first in row 5"),
                    HasSubstr("tie_word_embeddings")));
  release.add("lm_head.weight", {197, 63});
  EXPECT_THAT(refusal(release.write()).text, HasSubstr("lm_head.weight is F32 [197, 63]"));
  release.add("lm_head.weight", {197, 64});
  release.config["tie_word_embeddings"] = false;
  EXPECT_EQ(refusal(release.write()).text, "");
}

TEST(EscardaRelease, UnknownNamesAreReadByPlaceAndShape) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.hc_out_mix.weight", "model.hc_out_mix");
  release.rename("model.engram.gate.proj.weight", "model.engram.gate.zz.weight");
  release.rename("model.engram.gate.alpha", "model.engram.gate.slope");
  release.rename("model.layers.{}.hc_attn.comb", "model.layers.{}.hc_attn.res_logits");
  release.rename("jepa.gate", "jepa_head.scale");
  release.tensors["jepa_head.scale"].shape = {};
  release.rename("jepa.down.weight", "jepa_head.in_proj.weight");
  release.rename("jepa.up.weight", "jepa_head.out_proj.weight");
  release.rename("jepa.norm.weight", "jepa_head.ln.weight");
  const std::map<std::string, std::string> want = {
      {"model.hc_out_mix [2]", "model.hc_out_mix.weight"},
      {"model.engram.gate.zz.weight [64, 128]", "model.engram.gate.proj.weight"},
      {"model.engram.gate.slope [64]", "model.engram.gate.alpha"},
      {"model.layers.0.hc_attn.res_logits [2, 2]", "model.layers.0.hc_attn.comb"},
      {"model.layers.1.hc_attn.res_logits [2, 2]", "model.layers.1.hc_attn.comb"},
      {"model.layers.2.hc_attn.res_logits [2, 2]", "model.layers.2.hc_attn.comb"},
      {"jepa_head.scale []", "jepa.gate"},
      {"jepa_head.in_proj.weight [20, 64]", "jepa.down.weight"},
      {"jepa_head.out_proj.weight [64, 20]", "jepa.up.weight"},
      {"jepa_head.ln.weight [64]", "jepa.norm.weight"}};
  EXPECT_EQ(guessed(release.write()), want);
  EXPECT_EQ(values_of(release.write()), values_of(release.golden().path()));
}

// Names in an order that would be wrong for both, so that nothing but the user's word tells.
TEST(EscardaRelease, EqualShapesAreNoChoice) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.engram.gate.alpha", "model.engram.gate.z");
  release.rename("model.engram.gate.beta", "model.engram.gate.a");
  for (const std::string site : {"hc_attn", "hc_ffn"}) {
    release.rename("model.layers.{}." + site + ".pre", "model.layers.{}." + site + ".out");
    release.rename("model.layers.{}." + site + ".post", "model.layers.{}." + site + ".in");
  }
  const Refusal unclear = refusal(release.write());
  EXPECT_EQ(unclear.code, ErrorCode::invalid);
  EXPECT_THAT(
      unclear.text,
      AllOf(HasSubstr("model.engram.gate.a, model.engram.gate.z (F32 [64]) may be "
                      "model.engram.gate.alpha or model.engram.gate.beta"),
            HasSubstr("model.layers.{}.hc_ffn.in, model.layers.{}.hc_ffn.out (F32 [2]) may be "
                      "model.layers.{}.hc_ffn.post or model.layers.{}.hc_ffn.pre (in each of 3 modules)"),
            HasSubstr("--rename FILE")));
  const Json names = {{"model.engram.gate.a", "model.engram.gate.beta"},
                      {"model.layers.{}.hc_attn.in", "model.layers.{}.hc_attn.post"},
                      {"model.layers.{}.{}.out", "model.layers.{}.{}.pre"},
                      {"model.layers.{}.hc_ffn.in", "model.layers.{}.hc_ffn.post"}};
  // Of two that could be either, one name tells both.
  EXPECT_EQ(values_of(release.write(), read_renaming(release.write("names.json", names))),
            values_of(release.golden().path()));
}

TEST(EscardaRelease, TooManyOrTooFewAreNoChoiceEither) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.engram.gate.alpha", "model.engram.gate.a");
  release.add("model.engram.gate.b", {64});
  EXPECT_THAT(
      refusal(release.write()).text,
      HasSubstr("model.engram.gate.a, model.engram.gate.b (F32 [64]) may be model.engram.gate.alpha;"));
  release.tensors.erase("model.engram.gate.b");
  release.tensors.erase("model.engram.gate.beta");
  EXPECT_THAT(
      refusal(release.write()).text,
      HasSubstr("model.engram.gate.a (F32 [64]) may be model.engram.gate.alpha or model.engram.gate.beta;"));
}

TEST(EscardaRelease, WhatIsLackingOrLeftOverIsNamed) {
  ReleasedEscarda release("escarda/dense_all_on");
  // Outside the modules whose names are uncertain a shape tells nothing.
  release.rename("model.hrm_refine.gate", "model.hrm_refine.scale");
  release.rename("model.norm.weight", "model.final_norm.weight");
  const Refusal both = refusal(release.write());
  EXPECT_EQ(both.code, ErrorCode::not_found);
  EXPECT_THAT(both.text, AllOf(HasSubstr("has no tensors model.hrm_refine.gate, model.norm.weight"),
                               HasSubstr("holds tensors model.final_norm.weight, model.hrm_refine.scale"),
                               HasSubstr("--rename")));
  release.rename("model.hrm_refine.scale", "model.hrm_refine.gate");
  release.rename("model.final_norm.weight", "model.norm.weight");
  release.add("model.extra", {3});
  const Refusal more = refusal(release.write());
  EXPECT_EQ(more.code, ErrorCode::invalid);
  EXPECT_THAT(more.text, HasSubstr("holds tensor model.extra that config.json does not describe"));
  release.tensors.erase("model.extra");
  for (const char* gone : {"jepa.gate", "mtp_heads.0.proj.weight"}) release.tensors.erase(gone);
  EXPECT_THAT(
      refusal(release.write()).text,
      AllOf(HasSubstr("has no tensors jepa.gate, mtp_heads.0.proj.weight, which config.json calls for"),
            Not(HasSubstr("rename"))));
}

TEST(EscardaRelease, AShapeThatDoesNotFitIsNoCandidate) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.hc_out_mix.weight", "model.hc_out_mix.logits");
  release.tensors["model.hc_out_mix.logits"] = {StoredDtype::f32, {3}, std::string(12, '\0')};
  EXPECT_THAT(refusal(release.write()).text, AllOf(HasSubstr("has no tensor model.hc_out_mix.weight"),
                                                   HasSubstr("holds tensor model.hc_out_mix.logits")));
  release.tensors["model.hc_out_mix.logits"] = {StoredDtype::i32, {2}, std::string(8, '\0')};
  EXPECT_THAT(refusal(release.write()).text,
              HasSubstr("model.hc_out_mix.logits (read as model.hc_out_mix.weight) is I32 [2], wanted F32"));
}

TEST(EscardaRelease, RenamingsAreChecked) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.norm.weight", "model.last.weight");
  const auto error = [&](const Json& names) {
    const Refusal refused = refusal(release.write(), release.write("names.json", names));
    EXPECT_TRUE(refused.text.empty() || refused.code == ErrorCode::usage) << refused.text;
    return refused.text;
  };
  const Json good = {{"model.last.weight", "model.norm.weight"}};
  EXPECT_EQ(error(good), "");
  EXPECT_THAT(error({{"model.lost.weight", "model.norm.weight"}}),
              AllOf(HasSubstr("names.json"), HasSubstr("has no tensor \"model.lost.weight\"")));
  EXPECT_THAT(error({{"model.last.weight", "model.nrom.weight"}}),
              HasSubstr("did you mean \"model.norm.weight\"?"));
  EXPECT_THAT(error({{"model.last.weight", ""}}), HasSubstr("which this model does not have"));
  EXPECT_THAT(
      error({{"model.last.weight", "jepa.norm.weight"}}),
      HasSubstr("\"jepa.norm.weight\" and \"model.last.weight\" are both to be \"jepa.norm.weight\""));
  EXPECT_THAT(error({{"model.last.weight", "model.norm.weight"}, {"jepa.norm.weight", "model.norm.weight"}}),
              HasSubstr("are both to be \"model.norm.weight\""));
  EXPECT_THAT(error({{"model.last.weight", "model.norm.weight"}, {"model.{}.weight", "model.{}.weight"}}),
              HasSubstr("renamed twice"));
  EXPECT_THAT(
      error({{"jepa.down.weight", "model.norm.weight"}}),
      HasSubstr("\"jepa.down.weight\" is F32 [20, 64] and cannot be \"model.norm.weight\", which is [64]"));
  EXPECT_THAT(error({{"model.{}.weight", "model.norm.weight"}}), HasSubstr("differ in how many {}"));
  EXPECT_THAT(error({{"model.last.weight", 3}}), HasSubstr("is 3, wanted the name"));
  EXPECT_THAT(error(Json::array({"a"})), HasSubstr("wanted an object"));
  EXPECT_THAT(error({{"model.last.weight", {{"model", "norm"}}}}), HasSubstr("wanted the name"));
  // Two that change places are no duplicates.
  release.rename("jepa.norm.weight", "model.other.weight");
  release.rename("model.last.weight", "jepa.norm.weight");
  release.rename("model.other.weight", "model.norm.weight");
  EXPECT_EQ(error({{"jepa.norm.weight", "model.norm.weight"}, {"model.norm.weight", "jepa.norm.weight"}}),
            "");
  const Renaming swap{"s",
                      {{"jepa.norm.weight", "model.norm.weight"}, {"model.norm.weight", "jepa.norm.weight"}}};
  EXPECT_EQ(values_of(release.write(), swap), values_of(release.golden().path()));
}

TEST(EscardaRelease, ExpertsByTokenAreHeldAgainstTheRule) {
  const std::string table = "model.layers.0.ffn.gate.tid2eid";
  ReleasedEscarda release("escarda/moe_all_on");
  EXPECT_EQ(values_of(release.write()), values_of(release.golden().path()));
  const auto text = [&] { return refusal(release.write()).text; };
  const ReleasedTensor published = release.tensors.at(table);
  int64_t expert = 0;
  std::memcpy(&expert, published.bytes.data() + 8 * (2 * 77 + 1), sizeof expert);
  for (const int64_t other : {(expert + 1) % 6, int64_t{-1}, int64_t{1} << 32 | expert}) {
    release.set_integer(table, 2 * 77 + 1, other);
    EXPECT_THAT(text(),
                AllOf(HasSubstr(table + " sends token 77 to the experts"), HasSubstr(std::to_string(other))));
  }
  release.tensors[table] = published;
  release.tensors[table].shape = {2, 151};
  EXPECT_THAT(text(), HasSubstr("is I64 [2, 151], config.json wants [151, 2]"));
  release.add(table, {151, 2});
  EXPECT_THAT(text(), HasSubstr("wanted integers"));
  release.tensors.erase(table);
  EXPECT_EQ(text(), "");
  for (const char* layer : {"1", "00", "3", "99999999999999999999"}) {
    const std::string name = std::string("model.layers.") + layer + ".ffn.gate.tid2eid";
    release.tensors[name] = published;
    EXPECT_THAT(text(), AllOf(HasSubstr(name), HasSubstr("num_hash_layers")));
    release.tensors.erase(name);
  }
}

}  // namespace
}  // namespace bantam

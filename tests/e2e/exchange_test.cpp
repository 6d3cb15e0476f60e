#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/model_state.h"
#include "formats/safetensors.h"
#include "formats/safetensors_writer.h"
#include "formats/stored_values.h"
#include "infer/small_model.h"
#include "model/released_escarda.h"
#include "model/remote/modeling_bantam.h"
#include "run_program.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

Json succeeds(std::vector<std::string> words) {
  words.push_back("--json");
  const ProgramResult result = run_program(words);
  EXPECT_EQ(result.code, 0) << result.err;
  return result.code == 0 ? parse_json(result.out, words[0]) : Json();
}

std::string fails(const std::vector<std::string>& words, int code) {
  const ProgramResult result = run_program(words);
  EXPECT_EQ(result.code, code) << result.err;
  EXPECT_EQ(result.out, "");
  return result.err;
}

std::string state_of(const fs::path& folder) { return model_state_sha256(TensorFiles(folder)); }

std::vector<float> probed_logits(const fs::path& model, const fs::path& ids) {
  const TemporaryFolder folder;
  const std::string out = (folder / "out.safetensors").string();
  const ProgramResult result = run_program({"probe", model.string(), "--ids", ids.string(), "--out", out});
  EXPECT_EQ(result.code, 0) << result.err;
  const SafetensorsFile file(out);
  return stored_floats(file, *file.find("logits"));
}

class Exchange : public ::testing::Test {
 protected:
  std::string out(const std::string& name) const { return (folder_ / name).string(); }

  TemporaryFolder folder_;
};

TEST_F(Exchange, ThereAndBackTheWeightsAreTheSameBits) {
  for (const char* name : {"models/llama_gqa_tied", "models/llama_headdim_bias"}) {
    const GoldenFolder golden(name);
    const std::string ours = out(golden.path().filename().string()), theirs = ours + "-hf";
    const Json imported = succeeds({"import", golden.path().string(), ours});
    EXPECT_EQ(imported["left_out"], Json::array()) << name;
    EXPECT_EQ(imported["model_state_sha256"], state_of(golden.path())) << name;
    const Json config = read_json(fs::path(ours) / "config.json");
    EXPECT_EQ(config["provenance"]["init"], "import");
    EXPECT_EQ(config["provenance"]["parent"], state_of(golden.path()));

    succeeds({"export", ours, theirs, "--to", "hf"});
    EXPECT_EQ(state_of(theirs), state_of(golden.path())) << name;
    const Json exported = read_json(fs::path(theirs) / "config.json");
    EXPECT_EQ(exported["architectures"][0], "LlamaForCausalLM");
    EXPECT_EQ(exported["tie_word_embeddings"], std::string(name).ends_with("tied"));
    EXPECT_FALSE(exported.contains("bantam"));
    EXPECT_EQ(probed_logits(theirs, golden / "golden.safetensors"),
              probed_logits(golden.path(), golden / "golden.safetensors"))
        << name;
  }
}

// Rounded once and rounded again is the same: what differs is the unit, which blocks hold as f16.
TEST_F(Exchange, TernaryWeightsTakeTwoBits) {
  const GoldenFolder golden("feeds/ternary");
  const Json packed = succeeds({"export", golden.path().string(), out("packed"), "--to", "packed"});
  EXPECT_EQ(packed["left_out"], Json::array());
  EXPECT_EQ(packed["model_state_sha256"], state_of(out("packed")));
  const SafetensorsFile file(fs::path(out("packed")) / "model.safetensors");
  EXPECT_EQ(describe(*file.find("model.layers.0.mlp.gate_proj.weight")), "U8 [40, 10]");
  EXPECT_EQ(describe(*file.find("model.layers.0.mlp.down_proj.weight")), "U8 [32, 20]");
  EXPECT_EQ(describe(*file.find("model.layers.0.self_attn.q_proj.weight")), "F32 [32, 32]");

  const std::vector<float> want = probed_logits(golden.path(), golden / "golden.safetensors"),
                           got = probed_logits(out("packed"), golden / "golden.safetensors");
  ASSERT_EQ(got.size(), want.size());
  float largest = 0, worst = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    largest = std::max(largest, std::abs(want[i]));
    worst = std::max(worst, std::abs(got[i] - want[i]));
  }
  EXPECT_LE(worst, 0.01f * largest);
  EXPECT_GT(worst, 0);

  succeeds({"export", out("packed"), out("again"), "--to", "packed"});
  EXPECT_EQ(state_of(out("again")), state_of(out("packed")));
  EXPECT_THAT(
      fails({"export", GoldenFolder("feeds/lowrank").path().string(), out("none"), "--to", "packed"}, 1),
      HasSubstr("ternary_swiglu"));
  EXPECT_FALSE(fs::exists(out("none")));
}

// The same model in llama2.c's order, where the two of a rotary pair are neighbours.
std::string llama2c_of(const SafetensorsFile& file, const Json& config) {
  const auto size = [&](const char* key) { return config[key].get<int32_t>(); };
  const int32_t width = size("hidden_size"), heads = size("num_attention_heads"), head = width / heads;
  const int32_t header[] = {width, size("intermediate_size"),   size("num_hidden_layers"),
                            heads, size("num_key_value_heads"), size("vocab_size"),
                            16};
  std::string out(reinterpret_cast<const char*>(header), sizeof header);
  const auto put = [&](const std::string& name, bool turns = false) {
    const std::vector<float> values = stored_floats(file, *file.find(name));
    const size_t columns = file.find(name)->shape.back(), half = static_cast<size_t>(head) / 2;
    for (size_t row = 0; row < values.size() / columns; ++row) {
      const size_t j = row % (2 * half), from = !turns ? row : row - j + (j % 2 == 0 ? j / 2 : half + j / 2);
      out.append(reinterpret_cast<const char*>(values.data() + from * columns), columns * sizeof(float));
    }
  };
  put("model.embed_tokens.weight");
  for (const char* kind :
       {"input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
        "post_attention_layernorm", "mlp.gate_proj", "mlp.down_proj", "mlp.up_proj"})
    for (int32_t layer = 0; layer < header[2]; ++layer)
      put("model.layers." + std::to_string(layer) + "." + kind + ".weight",
          std::string(kind).ends_with("q_proj") || std::string(kind).ends_with("k_proj"));
  put("model.norm.weight");
  return out + std::string(16 * static_cast<size_t>(head) * sizeof(float), '\0');
}

TEST_F(Exchange, CheckpointsOfLlama2c) {
  const GoldenFolder golden("models/llama_gqa_tied");
  const SafetensorsFile whole(golden / "model.safetensors");
  const std::string checkpoint = llama2c_of(whole, read_json(golden / "config.json"));
  fs::create_directories(folder_ / "stories");
  folder_.write("stories/stories.bin", checkpoint);
  folder_.write("stories/tok512.bin", read_file(golden_folder() / "tok/tok512.bin"));
  {
    const ProgramResult result = run_program({"import", out("stories"), out("ours"), "--json"});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("no tokenizer of 320 tokens"));
    const Json imported = parse_json(result.out, "import");
    EXPECT_EQ(imported["family"], "llama2.c");
    EXPECT_EQ(imported["model_state_sha256"], state_of(golden.path()));
  }
  EXPECT_EQ(probed_logits(out("ours"), golden / "golden.safetensors"),
            probed_logits(golden.path(), golden / "golden.safetensors"));
  folder_.write("short.bin", checkpoint.substr(0, checkpoint.size() - 4));
  EXPECT_THAT(fails({"import", out("short.bin"), out("no")}, 1), HasSubstr("the sizes at its start want"));
  folder_.write("later.bin", "24ka" + checkpoint);
  EXPECT_THAT(fails({"import", out("later.bin"), out("no")}, 1), HasSubstr("version 1 or 2"));
  EXPECT_FALSE(fs::exists(out("no")));
}

// The folders of older versions of transformers: pytorch_model.bin, whole and sharded.
TEST_F(Exchange, PyTorchFilesInAndOut) {
  const GoldenFolder golden("models/smollm3");
  const Json exported = succeeds({"export", golden.path().string(), out("bin"), "--to", "bin"});
  EXPECT_EQ(exported["model_state_sha256"], state_of(golden.path()));
  EXPECT_TRUE(fs::exists(out("bin") + "/pytorch_model.bin"));
  EXPECT_FALSE(fs::exists(out("bin") + "/model.safetensors"));
  EXPECT_EQ(read_json(fs::path(out("bin")) / "config.json")["model_type"], "smollm3");
  succeeds({"import", out("bin"), out("ours")});
  EXPECT_EQ(state_of(out("ours")), state_of(golden.path()));

  const GoldenFolder formats("formats");
  fs::remove(formats / "model.safetensors");
  for (const char* keep :
       {"pytorch_model.bin", "legacy_nonzip.pt", "training_checkpoint.pt", "must_refuse.pt"}) {
    const TemporaryFolder one;
    one.write("config.json", read_file(formats / "config.json"));
    one.write(keep, read_file(formats / keep));
    if (keep == std::string("must_refuse.pt"))
      EXPECT_THAT(fails({"import", one.path().string(), out("refused")}, 1), HasSubstr("__builtin__.print"));
    else
      EXPECT_EQ(succeeds({"import", one.path().string(), out(std::string("from-") + keep)})["parameters"],
                24'736)
          << keep;
  }
  EXPECT_FALSE(fs::exists(out("refused")));

  fs::create_directories(folder_ / "shards");
  const TensorFiles all(golden.path());
  Json map = Json::object();
  folder_.write("shards/config.json", read_file(golden / "config.json"));
  fs::copy_file(out("bin") + "/pytorch_model.bin", out("shards") + "/pytorch_model-00001-of-00001.bin");
  for (const auto& entry : all.entries()) map[entry.tensor.name] = "pytorch_model-00001-of-00001.bin";
  folder_.write("shards/pytorch_model.bin.index.json", Json{{"weight_map", map}}.dump());
  succeeds({"import", out("shards"), out("sharded")});
  EXPECT_EQ(state_of(out("sharded")), state_of(golden.path()));
}

TEST_F(Exchange, EachOfTheLlamaClassGoesOutAsItself) {
  for (const char* name : {"llama_rope3_untied", "llama_yarn", "qwen2", "qwen3", "smollm3"}) {
    const GoldenFolder golden(std::string("models/") + name);
    const std::string theirs = out(name);
    succeeds({"export", golden.path().string(), theirs, "--to", "hf"});
    const Json config = read_json(fs::path(theirs) / "config.json"), was = read_json(golden / "config.json");
    EXPECT_EQ(config["architectures"], was["architectures"]) << name;
    EXPECT_EQ(state_of(theirs), state_of(golden.path())) << name;
    EXPECT_EQ(probed_logits(theirs, golden / "golden.safetensors"),
              probed_logits(golden.path(), golden / "golden.safetensors"))
        << name;
  }
}

TEST_F(Exchange, HeadsThatOnlyTrainingUsesAreLeftOutAndNamed) {
  const SmallModelFolder model;
  const ProgramResult result = run_program({"export", model.path().string(), out("hf"), "--to", "hf"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("decision.norm.weight"));
  EXPECT_THAT(result.err, HasSubstr("mtp.2.norm_in.weight"));
  const TensorFiles exported(out("hf"));
  for (const auto& entry : exported.entries())
    EXPECT_TRUE(entry.tensor.name.starts_with("model.")) << entry.tensor.name;
  for (const char* name :
       {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"})
    EXPECT_EQ(read_file(fs::path(out("hf")) / name), read_file(model / name)) << name;
  const Json config = read_json(fs::path(out("hf")) / "config.json");
  EXPECT_EQ(config["eos_token_id"], read_json(model / "generation_config.json")["eos_token_id"]);
  EXPECT_TRUE(config["bos_token_id"].is_null());
  EXPECT_THAT(read_json(model / "tokenizer_config.json")["chat_template"], HasSubstr("<|im_start|>"));
}

TEST_F(Exchange, ShardsAndTypes) {
  const GoldenFolder golden("models/llama_gqa_tied");
  const SafetensorsFile whole(golden / "model.safetensors");
  Json map = Json::object();
  const std::string names[] = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
  for (size_t shard = 0; shard < 2; ++shard) {
    std::vector<TensorDeclaration> declared;
    for (size_t i = shard; i < whole.tensors().size(); i += 2)
      declared.push_back({whole.tensors()[i].name, whole.tensors()[i].dtype, whole.tensors()[i].shape});
    SafetensorsWriter writer(folder_ / names[shard], declared);
    for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors())) {
      writer.append(tensor.name, whole.bytes(*whole.find(tensor.name)));
      map[tensor.name] = names[shard];
    }
    writer.commit();
  }
  folder_.write("model.safetensors.index.json", Json{{"weight_map", map}}.dump());
  folder_.write("config.json", read_file(golden / "config.json"));
  succeeds({"import", folder_.path().string(), out("ours")});
  EXPECT_EQ(state_of(out("ours")), state_of(golden.path()));

  const Json rounded = succeeds({"import", folder_.path().string(), out("bf16"), "--dtype", "bf16"});
  EXPECT_EQ(rounded["dtype"], "BF16");
  // auto keeps the type; widened and rounded again it is the same.
  EXPECT_EQ(succeeds({"import", out("bf16"), out("same")})["model_state_sha256"],
            rounded["model_state_sha256"]);
  succeeds({"import", out("bf16"), out("wide"), "--dtype", "f32"});
  EXPECT_EQ(succeeds({"import", out("wide"), out("again"), "--dtype", "bf16"})["model_state_sha256"],
            rounded["model_state_sha256"]);
}

TEST_F(Exchange, AnotherFamilyUnderOurNames) {
  const GoldenFolder golden("vuaf/rwkv_only");
  const Json imported = succeeds({"import", golden.path().string(), out("ours")});
  EXPECT_EQ(imported["family"], "vuaf");
  EXPECT_EQ(probed_logits(out("ours"), golden / "golden.safetensors"),
            probed_logits(golden.path(), golden / "golden.safetensors"));
}

// Transformers has no class for it: the folder carries a PyTorch file, and is one of ours beside.
TEST_F(Exchange, AnyOtherCompositionCarriesOurPyTorchFile) {
  const GoldenFolder golden("escarda/dense_all_on");
  const std::string ours = out("ours"), theirs = out("theirs");
  succeeds({"import", golden.path().string(), ours});
  EXPECT_EQ(succeeds({"export", ours, theirs, "--to", "hf"})["left_out"], Json::array());
  EXPECT_EQ(state_of(theirs), state_of(ours));
  EXPECT_TRUE(read_file(fs::path(theirs) / kRemoteCodeFile) == remote_code());

  const Json config = read_json(fs::path(theirs) / "config.json");
  const Json model = read_json(fs::path(ours) / "config.json")["bantam"];
  EXPECT_EQ(config["model_type"], "bantam");
  EXPECT_EQ(config["architectures"], Json::array({"BantamForCausalLM"}));
  EXPECT_EQ(config["auto_map"]["AutoConfig"], "modeling_bantam.BantamConfig");
  EXPECT_EQ(config["auto_map"]["AutoModelForCausalLM"], "modeling_bantam.BantamForCausalLM");
  EXPECT_EQ(config["bantam"], model);
  EXPECT_EQ(config["vocab_size"], model["model"]["vocab"]);
  EXPECT_EQ(config["provenance"]["parent"], state_of(ours));

  const Json read_back = succeeds({"inspect", theirs});
  EXPECT_EQ(read_back["family"], "bantam");
  EXPECT_EQ(read_back["config"], model["model"]);
  EXPECT_EQ(probed_logits(theirs, golden / "golden.safetensors"),
            probed_logits(golden.path(), golden / "golden.safetensors"));
}

TEST_F(Exchange, ThePyTorchFileGoesWithTheTokenizer) {
  const SmallModelFolder model(64, true, StoredDtype::bf16);
  const ProgramResult result = run_program({"export", model.path().string(), out("hf"), "--to", "hf"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("rwkv7"), HasSubstr("trust_remote_code")));
  const Json config = read_json(fs::path(out("hf")) / "config.json");
  EXPECT_EQ(config["dtype"], "bfloat16");
  EXPECT_EQ(config["tokenizer_sha256"], chat_tokenizer().sha256());
  EXPECT_EQ(config["eos_token_id"], read_json(model / "generation_config.json")["eos_token_id"]);
  for (const char* name :
       {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"})
    EXPECT_EQ(read_file(fs::path(out("hf")) / name), read_file(model / name)) << name;
  const auto written = [](const std::string& folder) {
    return succeeds({"generate", folder, "--prompt", "a", "-n", "3", "--temperature", "0"})["text"];
  };
  EXPECT_EQ(written(out("hf")), written(model.path().string()));
}

TEST_F(Exchange, VuafThereAndBack) {
  const GoldenFolder golden("vuaf/odd48"), text("vuaf/tokenizer");
  for (const char* name : {"spm.model", "spm.vocab", "categories.json", "tokenizer.json"})
    write_file(golden / name, read_file(text / name));
  succeeds({"import", golden.path().string(), out("ours")});
  const ProgramResult result = run_program({"export", out("ours"), out("theirs"), "--to", "vuaf"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err.find("package"), std::string::npos) << result.err;
  EXPECT_EQ(state_of(out("theirs")), state_of(golden.path()));
  EXPECT_EQ(read_json(fs::path(out("theirs")) / "config.json"), read_json(golden / "config.json"));
  Json metadata = read_json(fs::path(out("theirs")) / "metadata.json");
  EXPECT_EQ(metadata["group_norm"], "sequence");
  const Json published = read_json(golden / "metadata.json");
  for (const char* key : {"format_version", "n_parameters", "vocab_size", "loop_steps"})
    EXPECT_EQ(metadata[key], published[key]) << key;
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(out("theirs"))) ++files;
  EXPECT_EQ(files, 7u);
  for (const char* name : {"spm.model", "spm.vocab", "categories.json", "tokenizer.json"})
    EXPECT_EQ(read_file(fs::path(out("theirs")) / name), read_file(text / name)) << name;
}

TEST_F(Exchange, TheGroupNormOfAVuafModelIsKept) {
  const GoldenFolder golden("vuaf/odd48");
  const auto norm = [&](const std::string& folder) {
    return succeeds({"inspect", out(folder)})["config"]["layers"][2]["mixer"]["group_norm"];
  };
  succeeds({"import", golden.path().string(), out("published")});
  EXPECT_EQ(norm("published"), "sequence");
  succeeds({"import", golden.path().string(), out("ours"), "--gn", "token"});
  EXPECT_EQ(norm("ours"), "token");
  const ProgramResult result = run_program({"export", out("ours"), out("theirs"), "--to", "vuaf"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("per token"));
  EXPECT_THAT(result.err, HasSubstr("spm.model"));
  EXPECT_EQ(norm("theirs"), "token");
  const GoldenFolder dense("models/llama_gqa_tied");
  EXPECT_THAT(fails({"export", dense.path().string(), out("no"), "--to", "vuaf"}, 1), HasSubstr("halt"));
  EXPECT_FALSE(fs::exists(out("no")));
}

TEST_F(Exchange, WhatTheSourceSaysOfItsTokensIsKept) {
  const SmallModelFolder model;
  succeeds({"export", model.path().string(), out("hf"), "--to", "hf"});
  fs::remove(fs::path(out("hf")) / "generation_config.json");
  folder_.write("hf/chat_template.jinja", "{{ messages }}");
  succeeds({"import", out("hf"), out("ours")});
  EXPECT_EQ(read_json(fs::path(out("ours")) / "generation_config.json")["eos_token_id"],
            read_json(model / "generation_config.json")["eos_token_id"]);
  EXPECT_EQ(read_file(fs::path(out("ours")) / "chat_template.jinja"), "{{ messages }}");
  EXPECT_EQ(read_json(fs::path(out("ours")) / "config.json")["tokenizer_sha256"], chat_tokenizer().sha256());
}

TEST_F(Exchange, DerivedTensorsAreLeftOutAndNamed) {
  const GoldenFolder golden("models/llama_gqa_tied");
  const SafetensorsFile whole(golden / "model.safetensors");
  const std::string derived = "model.layers.0.self_attn.rotary_emb.inv_freq";
  std::vector<TensorDeclaration> declared = {{derived, StoredDtype::f32, {1}}};
  for (const StoredTensor& tensor : whole.tensors())
    declared.push_back({tensor.name, tensor.dtype, tensor.shape});
  SafetensorsWriter writer(folder_ / "model.safetensors", declared);
  const float value = 1;
  for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors()))
    writer.append(tensor.name, tensor.name == derived ? std::as_bytes(std::span(&value, 1))
                                                      : whole.bytes(*whole.find(tensor.name)));
  writer.commit();
  folder_.write("config.json", read_file(golden / "config.json"));
  EXPECT_EQ(succeeds({"import", folder_.path().string(), out("ours")})["left_out"], Json::array({derived}));
  EXPECT_EQ(state_of(out("ours")), state_of(golden.path()));
}

// Names of the release that are not published: what place and shape tell is said, what they do not is asked for.
TEST_F(Exchange, AReleasedEscardaIsRead) {
  ReleasedEscarda release("escarda/dense_all_on");
  release.rename("model.hc_out_mix.weight", "model.hc_out_mix");
  const std::string said = "unknown name model.hc_out_mix [2] read as model.hc_out_mix.weight";
  const auto run = [](const std::vector<std::string>& words) {
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return result;
  };
  {
    const ProgramResult result = run({"import", release.write(), out("ours"), "--json"});
    EXPECT_THAT(result.err, HasSubstr(said));
    const Json imported = parse_json(result.out, "import");
    EXPECT_EQ(imported["read_as"], (Json{{"model.hc_out_mix", "model.hc_out_mix.weight"}}));
    EXPECT_EQ(imported["left_out"].size(), 4u);
    EXPECT_EQ(imported["parameters"], 113'064);
  }
  const fs::path ids = release.golden() / "golden.safetensors";
  const std::vector<float> want = probed_logits(release.golden().path(), ids);
  EXPECT_EQ(probed_logits(out("ours"), ids), want);
  const std::string logits = out("logits");
  EXPECT_THAT(run({"probe", release.write(), "--ids", ids, "--out", logits}).err, HasSubstr(said));
  EXPECT_THAT(run({"inspect", release.write(), "--json"}).err, HasSubstr(said));

  release.rename("model.engram.gate.gamma", "model.engram.gate.a");
  release.rename("model.engram.gate.alpha", "model.engram.gate.b");
  const std::string folder = release.write();
  EXPECT_THAT(fails({"import", folder, out("unclear")}, 1),
              AllOf(HasSubstr("model.engram.gate.alpha or model.engram.gate.gamma"), HasSubstr("--rename")));
  const std::string names =
      release.write("names.json", {{"model.engram.gate.a", "model.engram.gate.gamma"}}).string();
  EXPECT_EQ(state_of(out("ours")),
            succeeds({"import", folder, out("renamed"), "--rename", names})["model_state_sha256"]);
  run({"probe", folder, "--ids", ids, "--out", logits, "--rename", names});
  const SafetensorsFile got(logits);
  EXPECT_EQ(stored_floats(got, *got.find("logits")), want);
  release.write("names.json", {{"model.engram.gate.c", "model.engram.gate.gamma"}});
  EXPECT_THAT(fails({"import", folder, out("wrong"), "--rename", names}, 2),
              HasSubstr("model.engram.gate.c"));
  EXPECT_THAT(fails({"import", folder, out("wrong"), "--rename", out("nowhere")}, 1), HasSubstr("nowhere"));
  EXPECT_FALSE(fs::exists(out("unclear")) || fs::exists(out("wrong")));
}

TEST_F(Exchange, RefusalsAreOneClearLineAndLeaveNothing) {
  const SmallModelFolder model;
  const std::string from = model.path().string();
  folder_.write("file", "x");
  fs::create_directory(folder_ / "full");
  folder_.write("full/thesis.txt", "x");
  EXPECT_THAT(fails({"export", from, out("full"), "--to", "hf"}, 2), HasSubstr("not empty"));
  EXPECT_THAT(fails({"import", from, out("file")}, 2), HasSubstr("is a file"));
  EXPECT_THAT(fails({"import", from, ""}, 2), HasSubstr("empty"));
  EXPECT_THAT(fails({"export", from, out("hf")}, 2), HasSubstr("--to"));
  EXPECT_THAT(fails({"import", out("nowhere"), out("ours")}, 1), HasSubstr("nowhere"));
  EXPECT_THAT(fails({"import", (model / "model.safetensors").string(), out("ours")}, 2), HasSubstr("folder"));
  EXPECT_THAT(fails({"import", from, "/proc/nowhere"}, 1), HasSubstr("/proc/nowhere"));
  model.write("tokenizer.json", unpacked(golden_folder() / "tok/llama3_2048.tokenizer.json.xz"));
  EXPECT_THAT(fails({"import", from, out("ours")}, 1), HasSubstr("belongs to another model"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2);
}

}  // namespace
}  // namespace bantam

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/safetensors.h"
#include "infer/golden_files.h"
#include "infer/small_model.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;

ProgramResult generated(const std::filesystem::path& model, std::vector<std::string> words,
                        const std::string& input = "") {
  words.insert(words.begin(), {"generate", model.string()});
  return run_program(words, input);
}

Json generated_json(const std::filesystem::path& model, std::vector<std::string> words,
                    const std::string& input = "") {
  words.push_back("--json");
  const ProgramResult result = generated(model, words, input);
  EXPECT_EQ(result.code, 0) << result.err;
  return parse_json(result.out, "generate");
}

TEST(GenerateCommand, TheSeedDecidesAndIsEchoed) {
  const SmallModelFolder model;
  const std::vector<std::string> words = {"--prompt", "Once upon", "-n", "20", "--seed", "12"};
  const Json first = generated_json(model.path(), words);
  EXPECT_EQ(first["seed"], 12);
  EXPECT_EQ(first["completion_tokens"], 20);
  EXPECT_EQ(first["finish_reason"], "length");
  EXPECT_EQ(first["sampling"]["temperature"], 0.7);
  const ProgramResult plain = generated(model.path(), words);
  EXPECT_EQ(plain.out, first["text"].get<std::string>() + "\n");
  EXPECT_THAT(plain.err, HasSubstr("seed 12"));

  const Json drawn = generated_json(model.path(), {"--prompt", "Once upon", "-n", "20"});
  const Json again = generated_json(model.path(), {"--prompt", "Once upon", "-n", "20", "--seed",
                                                   std::to_string(drawn["seed"].get<uint64_t>())});
  EXPECT_EQ(drawn["ids"], again["ids"]);
}

TEST(GenerateCommand, FlagsGoBeforeTheModelsOwnSettings) {
  const SmallModelFolder model;
  model.write("generation_config.json", R"({"temperature": 0.2, "top_p": 0.9, "max_new_tokens": 5})");
  const Json own = generated_json(model.path(), {"--prompt", "a"});
  EXPECT_EQ(own["sampling"]["temperature"], 0.2);
  EXPECT_EQ(own["sampling"]["top_p"], 0.9);
  EXPECT_LE(own["completion_tokens"], 5);
  const Json flagged = generated_json(model.path(), {"--prompt", "a", "--temperature", "0", "--top-k", "3"});
  EXPECT_EQ(flagged["sampling"]["temperature"], 0);
  EXPECT_EQ(flagged["sampling"]["top_k"], 3);
  EXPECT_EQ(flagged["sampling"]["top_p"], 0.9);
}

TEST(GenerateCommand, ReadsThePromptFromStandardInput) {
  const SmallModelFolder model;
  const std::vector<std::string> rest = {"-n", "8", "--temperature", "0"};
  std::vector<std::string> named = {"--prompt", "Once upon"}, flag = {"--prompt", "-"}, positional = {"-"};
  for (auto* words : {&named, &flag, &positional}) words->insert(words->end(), rest.begin(), rest.end());
  const Json want = generated_json(model.path(), named);
  EXPECT_EQ(generated_json(model.path(), flag, "Once upon")["ids"], want["ids"]);
  EXPECT_EQ(generated_json(model.path(), positional, "Once upon")["ids"], want["ids"]);
}

TEST(GenerateCommand, StopsAtTextsAndTokens) {
  const SmallModelFolder model;
  const std::vector<std::string> words = {"--prompt", "Once upon",     "-n", "30", "--seed",
                                          "3",        "--temperature", "1"};
  const Json whole = generated_json(model.path(), words);
  std::vector<std::string> stop = words;
  stop.insert(stop.end(), {"--stop-token-ids", "1," + whole["ids"][6].dump()});
  const Json stopped = generated_json(model.path(), stop);
  EXPECT_EQ(stopped["finish_reason"], "stop");
  EXPECT_LE(stopped["completion_tokens"], 7);
}

TEST(GenerateCommand, LoopedModelsSayWhereTheyExit) {
  const SmallModelFolder model(64, true);
  const Json off = generated_json(model.path(),
                                  {"--prompt", "a b c", "-n", "6", "--seed", "3", "--halt-threshold", "off"});
  EXPECT_EQ(off["exit_steps"], Json::parse("[1, 1, 1, 1, 1, 1]"));
  const Json early =
      generated_json(model.path(), {"--prompt", "a b c", "-n", "6", "--seed", "3", "--halt-threshold", "0"});
  EXPECT_EQ(early["exit_steps"], Json::parse("[0, 0, 0, 0, 0, 0]"));
}

TEST(GenerateCommand, PoisonedWeightsFallBackAndSaySo) {
  const SmallModelFolder model;
  const std::filesystem::path weights = model / "model.safetensors";
  std::string bytes = read_file(weights);
  const SafetensorsHeader header = parse_safetensors(std::as_bytes(std::span(bytes)), "weights");
  const auto table =
      std::find_if(header.tensors.begin(), header.tensors.end(),
                   [](const StoredTensor& tensor) { return tensor.name == "model.embed_tokens.weight"; });
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + header.data_begin + table->begin + 400 * 48 * sizeof(float), &nan,
              sizeof nan);  // of token 400
  model.write("model.safetensors", bytes);
  const ProgramResult result = generated(model.path(), {"--prompt", "abc", "-n", "5", "--json"});
  EXPECT_EQ(result.code, 0) << result.err;
  const Json report = parse_json(result.out, "generate");
  EXPECT_EQ(report["fallbacks"], 5);
  EXPECT_THAT(result.err, HasSubstr("NaN"));
}

TEST(GenerateCommand, WhatDoesNotFitIsRefused) {
  const SmallModelFolder model(32);
  const auto error = [&](std::vector<std::string> words, int code) {
    const ProgramResult result = generated(model.path(), words);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(error({"--prompt", std::string(400, 'x') + " y z"}, 2), HasSubstr("--ctx-size"));
  EXPECT_THAT(error({}, 2), HasSubstr("--prompt"));
  EXPECT_THAT(error({"--prompt", "a", "--temperature", "-1"}, 2), HasSubstr("temperature"));
  EXPECT_THAT(error({"--prompt", "a", "--repetition-window", "100"}, 2), HasSubstr("256"));
  EXPECT_THAT(error({"--prompt", "a", "--seed", "x"}, 2), HasSubstr("seed"));
  EXPECT_THAT(error({"--prompt", "a", "--tokenizer", "/nonexistent"}, 1), HasSubstr("/nonexistent"));
  const TemporaryFolder other;
  const std::string tokenizer =
      other.write("tokenizer.json", unpacked(golden_folder() / "tok/llama3_2048.tokenizer.json.xz")).string();
  EXPECT_THAT(error({"--prompt", "a", "--tokenizer", tokenizer}, 1), HasSubstr("belongs to another model"));
  model.write("tokenizer.json", chat_tokenizer().file_bytes() + "\n");
  EXPECT_THAT(error({"--prompt", "a"}, 1), HasSubstr("SHA-256"));
  model.write("model.safetensors", "");
  EXPECT_THAT(error({"--prompt", "a"}, 1), HasSubstr("model.safetensors"));
}

TEST(ChatCommand, AnswersLineByLineFromAPipe) {
  const SmallModelFolder model;
  const ProgramResult result =
      run_program({"chat", model.path().string(), "-n", "10", "--seed", "4", "--json"},
                  "Hello\n\nAnd you?\n/reset\nHello\n/exit\nnever\n");
  ASSERT_EQ(result.code, 0) << result.err;
  std::vector<Json> answers;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) answers.push_back(parse_json(line, "chat"));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0]["content"], answers[2]["content"]);  // begun anew
  EXPECT_LT(answers[1]["prompt_tokens_run"], answers[1]["prompt_tokens"]);
  EXPECT_THAT(result.err, HasSubstr("seed 4"));
}

TEST(ChatCommand, ForgottenTurnsAndLongMessagesAreSaid) {
  const SmallModelFolder model(96);
  std::string input;
  for (int i = 0; i < 6; ++i) input += "Tell me a story\n";
  input += std::string(2000, 'x') + "\nStill there?\n";
  const ProgramResult result = run_program({"chat", model.path().string(), "-n", "10"}, input);
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("forgotten"));
  EXPECT_THAT(result.err, HasSubstr("shorten it"));
}

TEST(ChatCommand, ATokenizerWithoutChatTokensIsRefused) {
  const GoldenFolder model("models/llama_gqa_tied");
  const ProgramResult result =
      run_program({"chat", model.path().string(), "--tokenizer", (golden_folder() / "tok").string()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("tokenizer"));
}

// A VUAF checkpoint as published, with its tokenizer: every token says at which step it left the loop.
TEST(GenerateCommand, VuafInBothModes) {
  const GoldenFolder model("vuaf/odd48"), text("vuaf/tokenizer");
  for (const char* name : {"spm.model", "spm.vocab", "categories.json", "tokenizer.json"})
    write_file(model / name, read_file(text / name));
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--prompt", "Once upon a time", "-n", "12", "--temperature", "0"});
    return generated_json(model.path(), more);
  };
  const Json published = run({}), causal = run({"--gn", "token"}), last = run({"--halt-threshold", "off"});
  EXPECT_EQ(published["exit_steps"].size(), published["completion_tokens"]);
  EXPECT_NE(published["ids"], causal["ids"]);
  EXPECT_EQ(run({"--gn", "sequence"})["ids"], published["ids"]);
  for (const Json& step : last["exit_steps"]) EXPECT_EQ(step, 1);
  const SmallModelFolder dense;
  EXPECT_EQ(generated(dense.path(), {"--prompt", "a", "--gn", "token"}).code, 2);
}

}  // namespace
}  // namespace bantam

// Training as people do it: several runs, one that begins with another's weights, the best one kept.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class TrainCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string songs, books;
    for (int i = 0; i < 200; ++i) {
      songs += fmt::format("{{\"text\":\"la la {} la\"}}\n", i * 37 % 101);
      books += fmt::format("{{\"text\":\"once there was {}\"}}\n", i * 53 % 97);
    }
    folder_.write("songs.jsonl", songs);
    folder_.write("books.jsonl", books);
    folder_.write("valid.jsonl", "{\"text\":\"la la 3 la\"}\n{\"text\":\"once there was 5\"}\n");
    make_run("a");
  }
  // Steps of 256 tokens; `more` adds to train.
  void make_run(const std::string& name, const std::string& more = "", int layers = 1) {
    fs::create_directories(folder_ / name);
    folder_.write(name + "/run.yaml",
                  fmt::format(R"(tokenizer: {{path: ../tokenizer, train: {{vocab_size: 280}}}}
data: {{sources: [{{path: ../songs.jsonl, weight: 1}}, {{path: ../books.jsonl, weight: 1}},
                 {{path: ../valid.jsonl, split: valid, weight: 1}}], pack: ../pack}}
train: {{max_seq_len: 16, tokens_per_batch: 256, target_tokens: 2048, lr: 5e-3, warmup_steps: 2, eval_every: 2,
        mixed_precision: f32, save_every: 0{}}}
)",
                              more.empty() ? "" : ", " + more));
    const Json layer = {{"mixer", {{"kind", "attention"}, {"heads", 2}}},
                        {"feed", {{"kind", "swiglu"}, {"width", 40}}},
                        {"repeat", layers}};
    folder_.write(
        name + "/model.json",
        Json{{"width", 16}, {"vocab", 280}, {"context", 64}, {"layers", Json::array({layer})}}.dump());
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  ProgramResult train(std::vector<std::string> words) const {
    words.insert(words.begin(), "train");
    return run_program(words);
  }
  std::vector<Json> log(const std::string& run) const {
    std::vector<Json> lines;
    std::ifstream file(folder_ / (run + "/log.jsonl"));
    for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line, "log"));
    return lines;
  }
  TemporaryFolder folder_;
};

TEST_F(TrainCommand, SeveralRunsOneAfterTheOther) {
  make_run("b", "optimizer: muon, ema: 0.9");
  fs::create_directories(folder_ / "empty");
  const ProgramResult result = train({at("a"), at("empty"), at("b")});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("run 2 of 3: " + at("empty")));
  EXPECT_THAT(result.err, HasSubstr("1 of 3 runs failed: " + at("empty")));
  for (const char* run : {"a", "b"}) {
    EXPECT_THAT(result.out, HasSubstr(at(run) + ": 8 steps"));
    EXPECT_TRUE(fs::exists(folder_ / (std::string(run) + "/model/model.safetensors")));
  }
  // Both end with the loss of each source beside that of all.
  const Json terms = log("a").at(1)["terms"];
  EXPECT_EQ(terms.size(), 3u) << terms;
  EXPECT_TRUE(terms.contains("ce"));
  EXPECT_EQ(train({at("a"), at("b")}).code, 0) << "finished ones are passed over";
}

TEST_F(TrainCommand, AFolderOfRunsIsAQueueThatTakesMore) {
  fs::create_directories(folder_ / "queue");
  for (const char* text : {"songs.jsonl", "books.jsonl", "valid.jsonl"})
    fs::copy_file(folder_ / text, folder_ / "queue" / text);
  make_run("queue/b");
  make_run("queue/a");
  make_run("later");
  // The pack is made before the first step of the first run.
  std::thread person([&] {
    for (int i = 0; i < 60'000 && !fs::exists(folder_ / "queue/pack"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fs::rename(folder_ / "later", folder_ / "queue/c");
  });
  const ProgramResult result = train({at("queue")});
  person.join();
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("run 1 of 2: " + at("queue/a")));
  EXPECT_THAT(result.err, HasSubstr("run 2 of 3: " + at("queue/b")));
  EXPECT_THAT(result.err, HasSubstr("run 3 of 3: " + at("queue/c")));
  EXPECT_NE(train({at("queue/pack")}).code, 0) << "neither a run nor a folder of runs";
}

TEST_F(TrainCommand, BeginsWithAnothersWeights) {
  ASSERT_EQ(train({at("a"), "--set", "train.keep_best=2"}).code, 0);
  make_run("heir");
  const ProgramResult result = train({at("heir"), "--from", at("a") + "@8"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("after step 8; the optimizer begins anew"));
  const Json first = log("heir").at(0)["eval"], last = log("a").back()["eval"];
  EXPECT_EQ(first["valid_loss"], last["valid_loss"]);
  const Json state = read_json(folder_ / "heir/checkpoints/step-000008/state.json")["state"];
  EXPECT_EQ(state["parent"]["from"], at("a") + "@8");
  EXPECT_EQ(state["parent"]["step"], 8);
  EXPECT_TRUE(state["parent"]["parent"].is_null());
  const Json provenance = read_json(folder_ / "heir/model/config.json")["provenance"];
  EXPECT_EQ(provenance["parent"], state["parent"]["weights_sha256"]);

  // Its own heir knows both; the best of a run has a name.
  make_run("third");
  ASSERT_EQ(train({at("third"), "--from", at("heir")}).code, 0);
  const Json lineage = read_json(folder_ / "third/checkpoints/step-000008/state.json")["state"]["parent"];
  EXPECT_EQ(lineage["parent"]["from"], at("a") + "@8");
  make_run("fourth");
  EXPECT_EQ(train({at("fourth"), "--from", at("a") + "@best"}).code, 0);
}

TEST_F(TrainCommand, RefusesWhatItCannotBeginWith) {
  ASSERT_EQ(train({at("a")}).code, 0);
  make_run("heir");
  const auto error_of = [&](const std::string& from, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {at("heir"), "--from", from});
    const ProgramResult result = train(more);
    EXPECT_NE(result.code, 0);
    EXPECT_FALSE(fs::exists(folder_ / "heir/model")) << from;
    return result.err;
  };
  EXPECT_THAT(error_of(at("gone")), HasSubstr("checkpoints is missing; name a run folder"));
  EXPECT_THAT(error_of(at("a") + "@7"), HasSubstr("has no checkpoint after step 7; there are 0, 8"));
  EXPECT_THAT(error_of(at("a") + "@x"), HasSubstr("behind @ stands \"x\", wanted a step or best"));
  EXPECT_THAT(error_of(at("a") + "@best"), HasSubstr("needs train.keep_best"));
  EXPECT_THAT(error_of(at("a"), {"--set", "weights=../a/model"}), HasSubstr("leave one of the two out"));
  make_run("heir", "", 2);
  EXPECT_THAT(error_of(at("a")), HasSubstr("is of another model than model.json describes"));
}

TEST_F(TrainCommand, SaysThatAFolderIsNoRun) {
  fs::create_directory(folder_ / "empty");
  EXPECT_THAT(train({at("empty")}).err, HasSubstr("empty: holds no run.yaml; wanted a run folder"));
  EXPECT_THAT(train({at("gone")}).err, HasSubstr("gone: is no folder; wanted a run folder"));
}

TEST_F(TrainCommand, RefusesWeightsThatAreNotThoseRecorded) {
  ASSERT_EQ(train({at("a")}).code, 0);
  std::string weights = read_file(folder_ / "a/model/model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 0x10);
  folder_.write("a/model/model.safetensors", weights);
  make_run("heir");
  const ProgramResult result = train({at("heir"), "--set", "weights=../a/model"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("the weights are not those that config.json records"));
}

TEST_F(TrainCommand, KeepsTheBestAndEndsEarly) {
  make_run("blind", "keep_best: 1");
  const ProgramResult blind =
      train({at("blind"), "--set", "data.sources=[{path: ../songs.jsonl}]", "--set", "data.pack=pack"});
  EXPECT_EQ(blind.code, 2);
  EXPECT_THAT(blind.err, HasSubstr("train.keep_best: goes by the validation loss"));
  EXPECT_FALSE(fs::exists(folder_ / "tokenizer")) << "told before the time is spent";
  make_run("b", "keep_best: 1, early_stop: {evaluations: 2, min_improvement: 50}");
  const ProgramResult result = train({at("b")});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stopped early after step 4"));
  EXPECT_THAT(result.out, HasSubstr("4 steps"));
  EXPECT_TRUE(fs::exists(folder_ / "b/model/model.safetensors"));
}

TEST_F(TrainCommand, RunsOnTheCoresThatItIsGiven) {
  EXPECT_THAT(train({at("a"), "--cores", "0-"}).err,
              HasSubstr("--cores: is \"0-\", wanted processors such as 0-3,6"));
  EXPECT_THAT(train({at("a"), "--cores", "1023"}).err,
              HasSubstr("--cores: this process may not use the processor 1023"));
}

TEST_F(TrainCommand, SaysWhatDoesNotGoTogether) {
  const auto error_of = [&](const std::string& set) {
    const ProgramResult result = train({at("a"), "--set", set});
    EXPECT_EQ(result.code, 2) << set;
    return result.err;
  };
  EXPECT_THAT(error_of("train.muon.momentum=0.9"),
              HasSubstr("muon says something only with optimizer: muon"));
  EXPECT_THAT(error_of("train.early_stop.min_improvement=0.1"), HasSubstr("evaluations above 0"));
  EXPECT_THAT(error_of("train.ema=1"), HasSubstr("train.ema"));
  EXPECT_THAT(error_of("train.muon.steps=3"), HasSubstr("steps"));
}

}  // namespace
}  // namespace bantam

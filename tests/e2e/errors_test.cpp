// What a clumsy or hostile user meets whatever the command: one clear message, an exit code that says so,
// nothing left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "infer/small_model.h"
#include "run_program.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// The program under a shell, for what a user does there: redirections, environment.
struct Shell {
  explicit Shell(const std::string& before, const std::string& after) {
    const std::string err = (folder / "err").string();
    const int status =
        std::system((before + " '" BANTAM_BINARY_DIR "/bantam' " + after + " 2>" + err).c_str());
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    message = read_file(err);
  }
  TemporaryFolder folder;
  int code = -1;
  std::string message;
};

TEST(Errors, OutputThatNobodyReceivesIsAFailure) {
  for (const char* command : {"inspect --preset nano", "docs config", "--help"})
    for (const char* where : {">/dev/full", ">&-"}) {
      const Shell run("", std::string(command) + " " + where);
      EXPECT_EQ(run.code, 1) << command << where;
      EXPECT_THAT(run.message, HasSubstr("standard output")) << command << where;
      EXPECT_EQ(run.message.find('\n'), run.message.size() - 1) << run.message;
    }
}

TEST(Errors, AClosedStreamIsNotMistakenForAFile) {
  const TemporaryFolder folder;
  const std::string run = (folder / "run").string();
  const Shell closed("", "init nano " + run +
                             " --weights --set d_model=32 --set n_layer=1 --set n_head=2 --set n_kv_head=2 "
                             "--set vocab_size=64 >&- <&-");
  EXPECT_EQ(closed.code, 1);
  EXPECT_EQ(read_json(fs::path(run) / "model.json")["preset"], "nano");
  EXPECT_EQ(run_program({"inspect", run}).code, 0);
  EXPECT_EQ(Shell("", "inspect --preset nano >/dev/null 2>&-").code, 0);
}

TEST(Errors, FoldersThatTheCorpusIsWrittenToAreMade) {
  const TemporaryFolder folder;
  folder.write("file", "");
  EXPECT_EQ(run_program({"corpus", "--size", "1K", "--out", folder / "new/data/train.jsonl"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "new/data/train.jsonl"));
  const ProgramResult below_a_file = run_program({"corpus", "--size", "1K", "--out", folder / "file/train"});
  EXPECT_EQ(below_a_file.code, 1);
  EXPECT_THAT(below_a_file.err, HasSubstr("Not a directory"));
}

TEST(Errors, WhatIsMistypedIsNamed) {
  const auto error = [](const std::vector<std::string>& words) {
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(error({"inspekt"}), AllOf(HasSubstr("inspekt"), HasSubstr("\"inspect\"")));
  EXPECT_THAT(error({"tokenizer", "trian"}), AllOf(HasSubstr("trian"), HasSubstr("\"train\"")));
  EXPECT_THAT(error({"corpus", "--size", "1K", "--out", "/"}), HasSubstr("is a folder"));
  EXPECT_THAT(error({"init", "nano", "/tmp/none", "--seed", "-1"}), HasSubstr("--seed"));
  EXPECT_THAT(error({"init", "nano", "/tmp/none", "--seed", "18446744073709551616"}), HasSubstr("--seed"));
  EXPECT_THAT(error({"init", "nano", "", "--weights"}), HasSubstr("empty"));
  EXPECT_THAT(error({"init", "qovaryx-50m-nan", "/tmp/none"}),
              HasSubstr("did you mean \"qovaryx-50m-nano\"?"));
  EXPECT_THAT(error({"inspect", "--preset", "nano", "--set", "d_model=\xff"}), HasSubstr("UTF-8"));
  const SmallModelFolder model;
  const std::string path = model.path().string();
  EXPECT_THAT(error({"generate", path, "a", "--stop-token-ids", "99999"}), HasSubstr("99999"));
  EXPECT_THAT(error({"generate", path, "a", "--temperature", "nan"}), HasSubstr("nan"));
}

TEST(Errors, AMistypedOptionIsNamedWithTheOneThatIsMeant) {
  const auto error = [](const std::vector<std::string>& words) {
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    return result.err;
  };
  EXPECT_EQ(error({"generate", "M", "--temprature", "0"}),
            "bantam: generate: there is no option \"--temprature\" (did you mean \"--temperature\"?); "
            "see bantam generate --help\n");
  EXPECT_THAT(error({"plan", "--no-timng"}), HasSubstr("\"--no-timing\"")) << "not that the run is missing";
  EXPECT_THAT(error({"pack", "inspect", "X", "--jsom=1"}),
              HasSubstr("bantam: pack inspect: there is no option"));
  EXPECT_EQ(error({"plan", "-x"}), "bantam: plan: there is no option \"-x\"; see bantam plan --help\n");
  EXPECT_THAT(error({"corpus", "x"}), HasSubstr("corpus: \"x\" is one argument too many"));
  EXPECT_THAT(error({"pack", "inspct", "X"}), HasSubstr("\"inspct\" (did you mean \"inspect\"?)"));
  EXPECT_EQ(error({"plan"}), "bantam: plan: run is required; see bantam plan --help\n");
  EXPECT_THAT(error({"plan", "X", "--memory"}), HasSubstr("plan: --memory: its value is missing;"));
}

TEST(Errors, HeadsOfAPresetThatDoNotShareItsWidth) {
  const TemporaryFolder folder;
  for (const char* width : {"100", "78"}) {
    const ProgramResult result =
        run_program({"init", "nano", folder / "run", "--set", std::string("d_model=") + width});
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("6 heads"), HasSubstr(width), HasSubstr("n_head"), HasSubstr("d_model")));
    EXPECT_EQ(result.err.find("head_width"), std::string::npos) << "nano has no such key";
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Errors, FlagsOfSamplingHaveRanges) {
  const auto refused = [](const std::string& flag, const std::string& value, const std::string& range) {
    const ProgramResult result = run_program({"generate", "M", "a", flag, value});
    EXPECT_EQ(result.code, 2) << flag;
    EXPECT_THAT(result.err, AllOf(HasSubstr(flag + ": "), HasSubstr(value), HasSubstr(range)));
  };
  refused("--top-p", "2", "0 to 1");
  refused("--min-p", "5", "0 to 1");
  refused("--temperature", "-1", "0 to 100");
  refused("--top-k", "-2", "-1 to 1048576");
  refused("--repetition-penalty", "0", "0.001 to 1000");
  refused("--repetition-window", "-1", "0 to 1073741824");
  refused("--max-tokens", "0", "1 to 1073741824");
}

TEST(Errors, ASizeIsANumberWithAUnit) {
  const auto bytes_of = [&](const char* size) {
    return run_program({"corpus", "--size", size, "--out", "-"}).out.size();
  };
  const size_t thousand = bytes_of("1000");
  for (const char* same : {"1KB", "0.001M", "0.9765625ki"}) EXPECT_EQ(bytes_of(same), thousand) << same;
  const auto refused = [](std::vector<std::string> words, const std::string& size) {
    const std::string option = words.back();
    words.push_back(size);
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 2) << size;
    EXPECT_THAT(result.err, HasSubstr(option + ": \"" + size + "\" is no size")) << result.err;
  };
  for (const char* size : {"-5G", "99999999999999999999", "2000T", "0", "0.2", "", "1kk"})
    refused({"plan", "X", "--memory"}, size);
  refused({"tokenizer", "train", "X", "--out", "X", "--memory"}, "0");
  refused({"pack", "X", "--longest-line"}, "-1");
  refused({"pack", "X", "--shard-tokens"}, "-1");
  refused({"corpus", "--size"}, "1Q");
}

TEST(Errors, TheEnvironmentIsChecked) {
  for (const char* threads : {"x", "0", "-3", "999999999", "2x"}) {
    const Shell run(std::string("BANTAM_THREADS=") + threads, "inspect --preset nano >/dev/null");
    EXPECT_EQ(run.code, 0) << "needs no threads";
    const TemporaryFolder folder;
    const Shell init(std::string("BANTAM_THREADS=") + threads,
                     "init nano " + (folder / "run").string() + " --weights >/dev/null");
    EXPECT_EQ(init.code, 2) << threads;
    EXPECT_THAT(init.message, HasSubstr("BANTAM_THREADS"));
    EXPECT_TRUE(fs::is_empty(folder.path()));
  }
}

TEST(Errors, ARunFolderIsNotAModelFolder) {
  const SmallModelFolder model;
  const TemporaryFolder run;
  run.write("run.yaml", "");
  fs::copy(model.path(), run / "model");
  for (const char* command : {"inspect", "generate", "chat"}) {
    const ProgramResult result = run_program({command, run.path().string()}, "a\n");
    EXPECT_NE(result.code, 0);
    if (std::string(command) == "generate") continue;  // asks for a prompt first
    EXPECT_THAT(result.err, HasSubstr("folder model")) << command;
  }
}

TEST(Errors, ConfigAndWeightsMustAgreeBeforeMemoryIsTaken) {
  const SmallModelFolder model;
  Json config = read_json(model / "config.json");
  config["bantam"]["model"] = {{"preset", "qovaryx-3b"}, {"n_layer", 1024}, {"d_model", 65536},
                               {"n_head", 64},           {"d_ff", 1048576}, {"vocab_size", 1048576}};
  model.write("config.json", config.dump());
  const TemporaryFolder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"inspect", model.path().string()},
        {"generate", model.path().string(), "a"},
        {"import", model.path().string(), (folder / "out").string()}}) {
    const ProgramResult result = run_program(words);
    EXPECT_EQ(result.code, 1) << words[0];
    EXPECT_THAT(result.err, HasSubstr("config.json")) << words[0];
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Errors, ANamedPipeInPlaceOfAFileIsNotWaitedFor) {
  const SmallModelFolder model;
  fs::remove(model / "model.safetensors");
  ASSERT_EQ(::mkfifo((model / "model.safetensors").c_str(), 0600), 0);
  const ProgramResult result = run_program({"inspect", model.path().string()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("regular file"));
}

TEST(Errors, AForeignConfigOfWrongTypes) {
  const GoldenFolder golden("models/llama_gqa_tied");
  const Json good = read_json(golden / "config.json");
  const TemporaryFolder model;
  fs::copy(golden.path(), model.path(), fs::copy_options::recursive);
  const std::vector<std::pair<const char*, Json>> wrong = {{"hidden_size", "64"},
                                                           {"num_hidden_layers", 0},
                                                           {"num_attention_heads", 7},
                                                           {"rope_parameters", Json::array()},
                                                           {"rope_theta", "big"},
                                                           {"rms_norm_eps", -1},
                                                           {"tie_word_embeddings", "yes"},
                                                           {"head_dim", 15},
                                                           {"vocab_size", uint64_t{1} << 63}};
  for (const auto& [key, value] : wrong) {
    Json config = good;
    if (std::string(key) == "rope_theta") config.erase("rope_parameters");
    config[key] = value;
    model.write("config.json", config.dump());
    const ProgramResult result = run_program({"inspect", model.path().string()});
    EXPECT_EQ(result.code, 2) << key << ": " << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << key << ": " << result.err;
  }
}

TEST(Errors, TwoRunsInOneFolderAreRefused) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(run_program({"init", "nano", run}).code, 0);
  const FolderLock other(run);
  const ProgramResult train = run_program({"train", run});
  EXPECT_EQ(train.code, 2);
  EXPECT_THAT(train.err, HasSubstr("another process"));
}

TEST(Errors, WhatIsReplacedIsTheOnlyThingReplaced) {
  const TemporaryFolder folder;
  for (const char* kept : {"model.old", "model.old/weights"}) fs::create_directories(folder / kept);
  for (int round = 0; round < 2; ++round) {
    AtomicFolder model(folder / "model");
    write_file(model.staging() / "round", std::to_string(round));
    model.commit();
  }
  EXPECT_EQ(read_file(folder / "model/round"), "1");
  EXPECT_TRUE(fs::exists(folder / "model.old/weights"));
  EXPECT_FALSE(fs::exists(folder / "model.partial"));
}

TEST(Errors, InterruptedIsAnExitCodeOfItsOwn) {
  const TemporaryFolder folder;
  const ProgramResult init = Program::interrupted({"init", "qovaryx-3b", folder / "run", "--weights"});
  EXPECT_EQ(init.code, 130);
  EXPECT_THAT(init.err, HasSubstr("interrupted"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Errors, InterruptedBeforeTheFirstStepOrWhileTextIsMade) {
  const TemporaryFolder folder;
  const ProgramResult corpus =
      Program::interrupted({"corpus", "--size", "1000G", "--out", folder / "corpus"});
  EXPECT_EQ(corpus.code, 130) << corpus.err;
  EXPECT_TRUE(fs::is_empty(folder.path()));

  const std::string run = folder / "run";
  ASSERT_EQ(run_program({"init", "nano", run}).code, 0);
  chat_tokenizer().save(folder / "run/tokenizer");
  const ProgramResult train =
      Program::interrupted({"train", run, "--set", "data.sources=[{path: /dev/zero}]"});
  EXPECT_EQ(train.code, 130) << train.err;
  EXPECT_FALSE(fs::exists(folder / "run/pack") || fs::exists(folder / "run/pack.partial"));
}

}  // namespace
}  // namespace bantam

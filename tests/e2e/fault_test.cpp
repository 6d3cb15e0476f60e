// A disk that is full or broken at one call, for a spread of the calls by which training, packing and `tokenizer
// train` write (failing_writes.cpp makes them fail). The program says which file, leaves nothing half-written and
// loses no checkpoint; the same command on a disk that works ends with the bytes of a run that was never disturbed.
// tools/fault_points.py tries every call.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "run_program.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// The environment of programs that are started while this lives.
class Faults {
 public:
  Faults(const fs::path& under, const fs::path& log, const std::string& kind = "", size_t at = 0) {
    const char* sanitizer = std::getenv("ASAN_OPTIONS");
    set("LD_PRELOAD", std::string(BANTAM_BINARY_DIR) + "/libfailing_writes.so");
    set("ASAN_OPTIONS", fmt::format("{}{}verify_asan_link_order=0", sanitizer == nullptr ? "" : sanitizer,
                                    sanitizer == nullptr ? "" : ":"));
    set("BANTAM_THREADS", "1");
    set("BANTAM_FAULT_UNDER", fs::canonical(under).string());
    set("BANTAM_FAULT_LOG", log.string());
    set("BANTAM_FAULT_KIND", kind);
    set("BANTAM_FAULT_AT", std::to_string(at));
  }
  ~Faults() {
    for (const auto& [name, before] : before_)
      before ? ::setenv(name.c_str(), before->c_str(), 1) : ::unsetenv(name.c_str());
  }
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

 private:
  void set(const std::string& name, const std::string& value) {
    const char* before = std::getenv(name.c_str());
    before_.emplace(name, before == nullptr ? std::optional<std::string>() : before);
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  std::map<std::string, std::optional<std::string>> before_;
};

struct Call {
  std::string name, path;
  bool failed = false;
  bool removes() const {
    return name == "close" || name == "unlink" || name == "unlinkat" || name == "remove";
  }
  bool takes_room() const { return !removes() && name != "link" && !name.starts_with("rename"); }
};

std::vector<Call> calls_in(const fs::path& log) {
  std::vector<Call> calls;
  std::ifstream file(log);
  for (std::string number, name, rest; file >> number >> name && std::getline(file >> std::ws, rest);) {
    const bool failed = rest.ends_with(" failed");
    calls.push_back({name, failed ? rest.substr(0, rest.size() - 7) : rest, failed});
  }
  return calls;
}

using Digests = std::map<std::string, std::string>;

void add_files(const fs::path& folder, const std::string& name, Digests& digests) {
  if (!fs::exists(folder / name)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder / name))
    if (entry.is_regular_file() && entry.path().filename() != "README.md")  // which tells how long a run took
      digests[entry.path().lexically_relative(folder).string()] = sha256_file(entry.path());
}

// Tries the parameter's call of `command` in folders that `prepare` fills. What is to come out are `outputs`.
class Fault : public ::testing::TestWithParam<int> {
 protected:
  virtual void prepare(const fs::path& folder) const { fs::create_directories(folder); }
  virtual std::vector<std::string> command(const fs::path& folder) const = 0;
  virtual std::vector<std::string> outputs() const = 0;
  virtual Digests result(const fs::path& folder) const {
    Digests digests;
    for (const std::string& name : outputs()) add_files(folder, name, digests);
    return digests;
  }

  // The parameter is one of so many calls, the first and the last among them.
  void try_point(int points) {
    const fs::path straight = folder_ / "straight/run", disturbed = folder_ / "disturbed/run";
    prepare(straight);
    prepare(disturbed);
    const std::vector<Call> all = run_with(straight, "", 0);
    ASSERT_EQ(said_.code, 0) << said_.err;
    const Digests wanted = result(straight);
    ASSERT_GE(all.size(), static_cast<size_t>(points));
    const size_t at =
        1 + static_cast<size_t>(GetParam()) * (all.size() - 1) / static_cast<size_t>(points - 1);
    const bool room = all[at - 1].takes_room();
    const char* kind = !room || GetParam() % 3 == 0 ? "EIO" : GetParam() % 3 == 1 ? "ENOSPC" : "full";
    SCOPED_TRACE(
        fmt::format("{} at call {} of {}: {} {}", kind, at, all.size(), all[at - 1].name, all[at - 1].path));
    const std::vector<Call> calls = run_with(disturbed, kind, at);
    ASSERT_TRUE(calls.size() >= at && calls[at - 1].failed);
    expect_in_order(disturbed, calls, wanted, !all[at - 1].removes());
    if (said_.code == 0) return;
    run_with(disturbed, "", 0);
    EXPECT_EQ(said_.code, 0) << said_.err;
    EXPECT_EQ(result(disturbed), wanted);
  }

  std::vector<Call> run_with(const fs::path& folder, const std::string& kind, size_t at) {
    const fs::path log = folder.string() + ".calls";
    const Faults faults(folder, log, kind, at);
    said_ = run_program(command(folder));
    return calls_in(log);
  }

 private:
  void expect_in_order(const fs::path& folder, const std::vector<Call>& calls, const Digests& wanted,
                       bool cleared) {
    if (said_.code == 0) {
      EXPECT_EQ(result(folder), wanted);
      return;
    }
    EXPECT_EQ(said_.code, 1) << said_.err;
    EXPECT_THAT(said_.err, HasSubstr("bantam: " + folder.string())) << "the file is named";
    for (const std::string& name : outputs())  // is whole or absent
      if (fs::exists(folder / name)) expect_whole(folder, name, wanted);
    const bool may_resume = fs::exists(folder / "pack.partial/journal.json");
    bool saved = false;
    for (const Call& call : calls)
      saved |= !call.failed && call.name.starts_with("rename") &&
               fs::path(call.path).parent_path() == fs::canonical(folder) / "checkpoints";
    if (saved) expect_checkpoint(folder / "checkpoints");
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (cleared && !may_resume) {
        EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
      }
  }

  void expect_whole(const fs::path& folder, const std::string& name, const Digests& wanted) {
    Digests there, of_wanted;
    add_files(folder, name, there);
    for (const auto& [file, digest] : wanted)
      if (file.starts_with(name + "/")) of_wanted[file] = digest;
    EXPECT_EQ(there, of_wanted) << name;
  }

  void expect_checkpoint(const fs::path& checkpoints) {
    size_t whole = 0;
    for (const auto& entry : fs::directory_iterator(checkpoints)) {
      if (!entry.path().extension().empty()) continue;
      ++whole;
      const Json state = read_json(entry.path() / "state.json");
      for (const auto& [name, file] : state.at("files").items())
        EXPECT_EQ(sha256_file(entry.path() / name), file.at("sha256")) << entry.path();
    }
    EXPECT_GT(whole, 0u) << "there was a checkpoint and there is none";
  }

 protected:
  TemporaryFolder folder_;
  ProgramResult said_;
};

std::string rows(const char* text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += fmt::format("{{\"text\":\"{} {}\"}}\n", text, i * 37 % 101);
  return all;
}

class TrainingFault : public Fault {
 protected:
  void SetUp() override {
    folder_.write("songs.jsonl", rows("la la", 60));
    folder_.write("valid.jsonl", rows("lo la", 2));
  }
  void prepare(const fs::path& folder) const override {
    fs::create_directories(folder);
    std::ofstream(folder / "run.yaml") << fmt::format(R"(
tokenizer: {{path: tokenizer, train: {{vocab_size: 264}}}}
data: {{sources: [{{path: {0}/songs.jsonl}}, {{path: {0}/valid.jsonl, split: valid}}], pack: pack}}
train: {{max_seq_len: 16, tokens_per_batch: 64, target_tokens: 192, warmup_steps: 1, eval_every: 2, ema: 0.9,
        mixed_precision: f32, save_every: 1, keep_checkpoints: 2, keep_best: 1, sample_every: 2, sample_prompts: [la]}}
)",
                                                      folder_.path().string());
    std::ofstream(folder / "model.json") << R"({"width": 8, "vocab": 264, "context": 32, "layers": [
        {"mixer": {"kind": "attention", "heads": 1}, "feed": {"kind": "swiglu", "width": 16}}]})";
  }
  std::vector<std::string> command(const fs::path& folder) const override {
    return {"train", folder.string()};
  }
  std::vector<std::string> outputs() const override { return {"tokenizer", "pack", "model"}; }
  Digests result(const fs::path& folder) const override {
    Digests digests = Fault::result(folder);
    add_files(folder, "checkpoints", digests);
    std::erase_if(digests, [](const auto& file) { return file.first.ends_with("state.json"); });  // has times
    return digests;
  }
};

class PackingFault : public Fault {
 protected:
  void SetUp() override {
    folder_.write("songs.jsonl", rows("la la", 60) + "{\"text\": 1}\n" + rows("lu lu", 60));
    folder_.write("words.txt", rows("la lu", 60));
    const ProgramResult made = run_program(
        {"tokenizer", "train", folder_ / "words.txt", "--vocab-size", "280", "--out", folder_ / "tokenizer"});
    ASSERT_EQ(made.code, 0) << made.err;
  }
  std::vector<std::string> command(const fs::path& folder) const override {
    return {"pack",          "--tokenizer",    folder_ / "tokenizer",   "--out",
            folder / "pack", "--source",       folder_ / "songs.jsonl", "--shard-tokens",
            "300",           "--skip-invalid", "--valid-fraction",      "0.2"};
  }
  std::vector<std::string> outputs() const override { return {"pack"}; }
};

class TokenizerFault : public Fault {
 protected:
  void SetUp() override { folder_.write("words.txt", rows("la lu", 60)); }
  std::vector<std::string> command(const fs::path& folder) const override {
    return {"tokenizer", "train", folder_ / "words.txt", "--vocab-size",
            "280",       "--out", folder / "tokenizer"};
  }
  std::vector<std::string> outputs() const override { return {"tokenizer"}; }
};

class DiskThatStaysFull : public PackingFault {};

// Full, gone on with while it is still full, and then with room: whole shards are not packed again.
TEST_P(DiskThatStaysFull, DoesNotCostWholeShards) {
  const fs::path folder = folder_ / "run", copy = folder_ / "copy";
  prepare(folder);
  const auto call_of = [](const std::vector<Call>& calls, const std::string& name, const std::string& file) {
    const auto found = std::find_if(calls.begin(), calls.end(), [&](const Call& call) {
      return call.name == name && call.path.ends_with(file);
    });
    return static_cast<size_t>(found - calls.begin()) + 1;
  };
  prepare(copy);
  const size_t after_the_journal = call_of(run_with(copy, "", 0), "rename", "journal.json") + 20;
  run_with(folder, "full", after_the_journal);
  EXPECT_EQ(said_.code, 1) << said_.err;
  ASSERT_TRUE(fs::exists(folder / "pack.partial/journal.json")) << said_.err;
  fs::remove_all(copy);
  fs::copy(folder, copy, fs::copy_options::recursive);
  fs::remove(folder_ / "copy.calls");
  const size_t at = call_of(run_with(copy, "", 0), "pwrite", "skipped.txt.partial");
  EXPECT_THAT(said_.err, HasSubstr("whole shards of an interrupted run"));
  fs::remove(folder_ / "run.calls");
  run_with(folder, "full", at);
  EXPECT_EQ(said_.code, 1) << said_.err;
  run_with(folder, "", 0);
  EXPECT_EQ(said_.code, 0) << said_.err;
  EXPECT_THAT(said_.err, HasSubstr("whole shards of an interrupted run"));
  EXPECT_EQ(result(folder), result(copy));
}

TEST_P(TrainingFault, LosesNoCheckpoint) { try_point(6); }
TEST_P(PackingFault, GoesOnOrBeginsAnew) { try_point(4); }
TEST_P(TokenizerFault, LeavesNothingHalfWritten) { try_point(3); }

INSTANTIATE_TEST_SUITE_P(Calls, TrainingFault, ::testing::Range(0, 6));
INSTANTIATE_TEST_SUITE_P(Calls, PackingFault, ::testing::Range(0, 4));
INSTANTIATE_TEST_SUITE_P(Once, DiskThatStaysFull, ::testing::Values(0));
INSTANTIATE_TEST_SUITE_P(Calls, TokenizerFault, ::testing::Range(0, 3));

}  // namespace
}  // namespace bantam

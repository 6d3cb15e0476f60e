// A run that is killed at any instant and started again ends with the bits of one that never was: at every
// number of threads, with the machine busy elsewhere, and with the kill inside a save. The run is this
// program, started anew.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/threads.h"
#include "train/loop.h"
#include "train/tiny_learner.h"

extern char** environ;

namespace bantam {
namespace {

using testing::tiny_recipe;
using testing::TinyLearner;
namespace fs = std::filesystem;

constexpr uint64_t kSteps = 12;
constexpr const char* kFolder = "BANTAM_KILL_TEST_FOLDER";
constexpr const char* kFinal = "checkpoints/step-000012/model.safetensors";

// The child's part.
TEST(KilledRun, DISABLED_Trains) {
  TrainingSetup setup;
  setup.run = std::getenv(kFolder);
  setup.recipe = tiny_recipe(kSteps, 2);
  TinyLearner learner;
  train(learner, setup);
}

TEST(KilledRun, DISABLED_TrainsWithEverything) {
  TrainingSetup setup;
  setup.run = std::getenv(kFolder);
  setup.recipe = tiny_recipe(kSteps, 2);
  setup.recipe.optimizer = OptimizerKind::muon;
  setup.recipe.ema = 0.9;
  setup.recipe.eval_every = 3;
  setup.recipe.keep_best = 1;
  setup.hooks.evaluate = [](uint64_t step) { return Json{{"valid_loss", step == 6 ? 1 : 2}}; };
  TinyLearner learner(setup.recipe);
  train(learner, setup);
  std::ofstream(setup.run / "result") << Json(learner.values()).dump();
}

TEST(KilledRun, DISABLED_KeepsACoreBusy) {
  for (std::atomic<uint64_t> turns = 0;;) turns.fetch_add(1, std::memory_order_relaxed);
}

class Child {
 public:
  Child(const std::string& test, const fs::path& folder, int threads) {
    const std::string filter = "--gtest_filter=KilledRun.DISABLED_" + test;
    std::vector<std::string> arguments = {"/proc/self/exe", filter, "--gtest_also_run_disabled_tests",
                                          "--gtest_brief=1"};
    std::vector<std::string> variables = {fmt::format("{}={}", kFolder, folder.string()),
                                          fmt::format("BANTAM_THREADS={}", threads)};
    for (char** entry = environ; *entry != nullptr; ++entry)
      if (!std::string_view(*entry).starts_with("BANTAM_THREADS=")) variables.emplace_back(*entry);
    std::vector<char*> argv, envp;
    for (std::string& text : arguments) argv.push_back(text.data());
    for (std::string& text : variables) envp.push_back(text.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int error = posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) pid_ = -1;
  }
  ~Child() { kill(); }
  bool running() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
    pid_ = -1;
  }
  bool succeeded() {
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
  }

 private:
  pid_t pid_ = -1;
  int status_ = -1;
};

bool is_saving(const fs::path& run) {
  std::error_code error;
  for (fs::directory_iterator entry(run / "checkpoints", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".partial") return true;
  return false;
}

class KilledRuns : public ::testing::Test {
 protected:
  ~KilledRuns() override { fs::remove_all(folder_); }
  fs::path run(const std::string& name) {
    fs::create_directories(folder_ / name);
    return folder_ / name;
  }
  std::string losses(const fs::path& run) {
    std::string all;
    std::ifstream file(run / "log.jsonl");
    for (std::string line; std::getline(file, line);) {
      const Json json = Json::parse(line);
      for (const char* name : {"step", "loss", "grad_norm"}) all += json.value(name, Json()).dump() + " ";
      all += "\n";
    }
    return all;
  }
  void expect_same_as_straight(const fs::path& killed) {
    EXPECT_EQ(sha256_file(killed / kFinal), sha256_file(folder_ / "straight" / kFinal));
    EXPECT_EQ(losses(killed), losses(folder_ / "straight"));
  }
  void run_straight() { ASSERT_TRUE(Child("Trains", run("straight"), 1).succeeded()); }

  fs::path folder_ = fs::path(::testing::TempDir()) / fmt::format("kill_test_{}", ::getpid());
};

TEST_F(KilledRuns, EndWithTheSameBitsAtAnyNumberOfThreads) {
  run_straight();
  int saves_hit = 0;
  for (const int threads : {1, 2, 3}) {
    const fs::path killed = run(fmt::format("killed{}", threads));
    for (uint64_t attempt = 0; attempt < 4; ++attempt) {
      Child child("Trains", killed, threads);
      if (attempt % 2 == 0) {  // at some instant
        std::this_thread::sleep_for(std::chrono::milliseconds(RandomStream(7, threads).below(attempt, 200)));
      } else {  // inside a save
        while (child.running() && !is_saving(killed)) std::this_thread::yield();
      }
      child.kill();
      saves_hit += is_saving(killed) ? 1 : 0;
    }
    ASSERT_TRUE(Child("Trains", killed, threads).succeeded());
    expect_same_as_straight(killed);
  }
  EXPECT_GT(saves_hit, 0) << "no kill hit a save";
}

TEST_F(KilledRuns, EndWithTheSameBitsWithMuonAnAverageAndTheBest) {
  ASSERT_TRUE(Child("TrainsWithEverything", run("straight"), 1).succeeded());
  const fs::path killed = run("killed");
  for (uint64_t attempt = 0; attempt < 4; ++attempt) {
    Child child("TrainsWithEverything", killed, 2);
    if (attempt % 2 == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(RandomStream(9, "kill").below(attempt, 200)));
    else
      while (child.running() && !is_saving(killed)) std::this_thread::yield();
    child.kill();
  }
  ASSERT_TRUE(Child("TrainsWithEverything", killed, 3).succeeded());
  expect_same_as_straight(killed);
  EXPECT_EQ(sha256_file(killed / "result"), sha256_file(folder_ / "straight/result"));
}

TEST_F(KilledRuns, EndWithTheSameBitsBesideABusyNeighbour) {
  run_straight();
  Child neighbour("KeepsACoreBusy", folder_, 1);
  const fs::path killed = run("killed");
  for (uint64_t attempt = 0; attempt < 2; ++attempt) {
    Child child("Trains", killed, 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + RandomStream(8, "kill").below(attempt, 200)));
    child.kill();
  }
  ASSERT_TRUE(Child("Trains", killed, 2).succeeded());
  expect_same_as_straight(killed);
}

}  // namespace
}  // namespace bantam

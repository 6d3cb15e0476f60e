#include "train/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// Two weights, one of which two tensors share, with moments of their own.
struct Model {
  explicit Model(size_t cols = 6) {
    for (const char* name : {"one", "two"}) {
      auto weight = std::make_unique<Weight>();
      weight->name = name;
      weight->rows = 4;
      weight->cols = cols;
      weight->parts = {{weight->name, {3, cols}, 0, 3 * cols},
                       {weight->name + ".last", {cols}, 3 * cols, cols}};
      Output master(4, cols, Dtype::f32, Device::cpu);
      fill_zero(Device::cpu, master.mat());
      weight->master = constant("a test's weight", std::move(master));
      weight->gradient = Output(4, cols, Dtype::f32, Device::cpu);
      weights.push_back(std::move(weight));
    }
    optimizer = std::make_unique<AdamW>(pointers(), AdamWOptions{});
  }
  std::vector<Weight*> pointers() const { return {weights[0].get(), weights[1].get()}; }
  // A step with gradients that only `step` decides; the second weight gets one on even steps only.
  void train(uint64_t step) {
    for (size_t k = 0; k < (step % 2 == 0 ? 2u : 1u); ++k) {
      Weight& weight = *weights[k];
      for (size_t i = 0; i < weight.count(); ++i)
        weight.gradient.mat().row<float>(0)[i] = static_cast<float>(RandomStream(step, k).normal(i));
      weight.gradient_is_fresh = false;
    }
    optimizer->update(1e-2, 1);
  }
  std::vector<float> values() const {
    std::vector<float> all;
    for (const auto& weight : weights)
      all.insert(all.end(), weight->master.data<float>(), weight->master.data<float>() + weight->count());
    return all;
  }
  std::vector<std::unique_ptr<Weight>> weights;
  std::unique_ptr<AdamW> optimizer;
};

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() { fs::remove_all(folder_); }
  ~CheckpointTest() override { fs::remove_all(folder_); }

  // Saves after each of steps 1 … last, and returns the weights after each.
  std::vector<std::vector<float>> train_to(uint64_t last, int64_t keep) {
    CheckpointFolder checkpoints(folder_);
    Model model;
    std::vector<std::vector<float>> values = {model.values()};
    for (uint64_t step = 1; step <= last; ++step) {
      model.train(step - 1);
      checkpoints.save(step, model.pointers(), *model.optimizer, {{"loss", 0.1}, {"step", step}}, keep);
      values.push_back(model.values());
    }
    return values;
  }
  static std::optional<fs::path> folder_of_newest(const CheckpointFolder& checkpoints) {
    const auto found = checkpoints.newest();
    return found ? std::optional(found->folder) : std::nullopt;
  }
  static void flip_byte(const fs::path& path, int64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at, at < 0 ? std::ios::end : std::ios::beg);
    const int64_t position = file.tellg();
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(position);
    file.put(byte);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / fmt::format("checkpoint_test_{}", ::getpid());
};

TEST_F(CheckpointTest, ALoadedRunGoesOnWithTheSameBits) {
  train_to(3, 2);
  CheckpointFolder checkpoints(folder_);
  Model loaded, straight;
  const auto found = checkpoints.newest();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->step, 3u);
  EXPECT_TRUE(found->damaged.empty());
  const Json state = checkpoints.load(*found, loaded.pointers(), *loaded.optimizer);
  EXPECT_EQ(state.dump(), R"({"loss":0.1,"step":3})");
  for (uint64_t step = 0; step < 7; ++step) straight.train(step);
  for (uint64_t step = 3; step < 7; ++step) loaded.train(step);
  EXPECT_EQ(loaded.values(), straight.values());
}

TEST_F(CheckpointTest, KeepsTheNewest) {
  train_to(5, 2);
  EXPECT_FALSE(fs::exists(folder_ / "step-000003"));
  EXPECT_TRUE(fs::exists(folder_ / "step-000004"));
  EXPECT_TRUE(fs::exists(folder_ / "step-000005"));
}

TEST_F(CheckpointTest, ADamagedOneIsNamedAndTheOneBeforeIsUsed) {
  for (const auto& [file, at] : std::vector<std::pair<std::string, int64_t>>{{"model.safetensors", -5},
                                                                             {"optimizer.safetensors", 100},
                                                                             {"state.json", 30},
                                                                             {"state.json", -20}}) {
    fs::remove_all(folder_);
    const auto values = train_to(3, 3);
    flip_byte(folder_ / "step-000003" / file, at);
    CheckpointFolder checkpoints(folder_);
    const auto found = checkpoints.newest();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->step, 2u);
    ASSERT_EQ(found->damaged.size(), 1u);
    EXPECT_THAT(found->damaged[0], HasSubstr("step-000003/" + file));
    Model model;
    checkpoints.load(*found, model.pointers(), *model.optimizer);
    EXPECT_EQ(model.values(), values[2]);
    // The run goes on, and what it saves does not push the good one out for the damaged one's sake.
    model.train(2);
    checkpoints.save(3, model.pointers(), *model.optimizer, Json::object(), 2);
    EXPECT_EQ(checkpoints.newest()->step, 3u);
    EXPECT_TRUE(fs::exists(folder_ / "step-000002"));
  }
}

TEST_F(CheckpointTest, MissingAndTruncatedFilesAreDamage) {
  train_to(3, 3);
  fs::remove(folder_ / "step-000003" / "state.json");
  fs::resize_file(folder_ / "step-000002" / "optimizer.safetensors", 50);
  const auto found = CheckpointFolder(folder_).newest();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->step, 1u);
  EXPECT_EQ(found->damaged.size(), 2u);
}

TEST_F(CheckpointTest, WhenAllAreDamagedNothingStartsAnewInSilence) {
  train_to(2, 2);
  flip_byte(folder_ / "step-000001" / "model.safetensors", -1);
  flip_byte(folder_ / "step-000002" / "model.safetensors", -1);
  EXPECT_THROW(CheckpointFolder(folder_).newest(), Error);
}

TEST_F(CheckpointTest, ALaterFormatIsRefusedRatherThanSkipped) {
  train_to(2, 2);
  const fs::path path = folder_ / "step-000002" / "state.json";
  Json content = read_json(path);
  content["format_version"] = 2;
  write_json(path, content);
  try {
    CheckpointFolder(folder_).newest();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("format_version is 2, this program reads up to 1"));
  }
}

TEST_F(CheckpointTest, LeftoversOfAKilledProcessGoAway) {
  train_to(1, 2);
  fs::create_directories(folder_ / "step-000002.partial");
  write_file(folder_ / "step-000002.partial" / "model.safetensors", "half");
  fs::create_directories(folder_ / "step-000000.old");
  CheckpointFolder checkpoints(folder_);
  EXPECT_FALSE(fs::exists(folder_ / "step-000002.partial"));
  EXPECT_FALSE(fs::exists(folder_ / "step-000000.old"));
  EXPECT_EQ(checkpoints.newest()->step, 1u);
}

TEST_F(CheckpointTest, AnotherModelIsRefused) {
  train_to(1, 2);
  CheckpointFolder checkpoints(folder_);
  Model other(7);
  try {
    checkpoints.load(*checkpoints.newest(), other.pointers(), *other.optimizer);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid);
    EXPECT_THAT(error.what(), HasSubstr("one is F32 [3, 6], the model wants F32 [3, 7]"));
  }
}

TEST_F(CheckpointTest, AFullDiskLeavesWhatWasThere) {
  const auto values = train_to(1, 2);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  for (const rlim_t limit : {0, 100, 500, 800}) {
    CheckpointFolder checkpoints(folder_);
    Model model;
    checkpoints.load(*checkpoints.newest(), model.pointers(), *model.optimizer);
    model.train(1);
    const rlimit tight{limit, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    EXPECT_THROW(checkpoints.save(2, model.pointers(), *model.optimizer, Json::object(), 2), Error) << limit;
    setrlimit(RLIMIT_FSIZE, &old);
    EXPECT_FALSE(fs::exists(folder_ / "step-000002"));
    EXPECT_FALSE(fs::exists(folder_ / "step-000002.partial"));
    EXPECT_EQ(checkpoints.newest()->step, 1u);
  }
}

TEST_F(CheckpointTest, TheSparedStayBesideTheNewest) {
  CheckpointFolder checkpoints(folder_);
  Model model;
  for (const uint64_t step : {1, 2, 3, 4, 5})
    checkpoints.save(step, model.pointers(), *model.optimizer, Json::object(), 2, nullptr, {2, 9});
  EXPECT_EQ(checkpoint_steps(folder_), (std::vector<uint64_t>{2, 4, 5}));
  checkpoints.save(6, model.pointers(), *model.optimizer, Json::object(), 2, nullptr, {5});
  EXPECT_EQ(checkpoint_steps(folder_), (std::vector<uint64_t>{5, 6}));
}

TEST_F(CheckpointTest, MuonsMomentumAndTheAverageComeBack) {
  for (const bool with_average : {false, true}) {
    fs::remove_all(folder_);
    Model straight, loaded;
    AdamWOptions options;
    options.muon = MuonRecipe{.tensors = {"one"}};
    for (Model* model : {&straight, &loaded})
      model->optimizer = std::make_unique<AdamW>(model->pointers(), options);
    WeightAverage average(straight.pointers(), 0.9), loaded_average(loaded.pointers(), 0.9);
    average.begin();
    loaded_average.begin();
    const auto train = [&](Model& model, WeightAverage& of, uint64_t step) {
      model.train(step);
      of.update();
    };
    for (uint64_t step = 0; step < 3; ++step) train(straight, average, step);
    CheckpointFolder checkpoints(folder_);
    checkpoints.save(3, straight.pointers(), *straight.optimizer, {}, 2, with_average ? &average : nullptr);
    EXPECT_EQ(result_file(*folder_of_newest(checkpoints)).filename(),
              with_average ? "average.safetensors" : "model.safetensors");
    checkpoints.load(*checkpoints.newest(), loaded.pointers(), *loaded.optimizer,
                     with_average ? &loaded_average : nullptr);
    for (uint64_t step = 3; step < 7; ++step) {
      train(straight, average, step);
      train(loaded, loaded_average, step);
    }
    EXPECT_EQ(loaded.values(), straight.values());
    average.swap();
    loaded_average.swap();
    EXPECT_EQ(loaded.values() == straight.values(), with_average);
  }
}

// What another run may begin with: the average where there is one.
TEST_F(CheckpointTest, AResultIsReadWithoutTheRest) {
  for (const bool with_average : {false, true}) {
    fs::remove_all(folder_);
    Model model, other;
    WeightAverage average(model.pointers(), 0.9);
    average.begin();
    for (uint64_t step = 0; step < 3; ++step) {
      model.train(step);
      average.update();
    }
    CheckpointFolder(folder_).save(3, model.pointers(), *model.optimizer, {{"a", 1}}, 2,
                                   with_average ? &average : nullptr);
    const fs::path path = checkpoint_path(folder_, 3);
    EXPECT_EQ(checkpoint_state(path).dump(), R"({"a":1})");
    load_result(path, other.pointers());
    if (with_average) {
      EXPECT_NE(other.values(), model.values());
      average.swap();
    }
    EXPECT_EQ(other.values(), model.values());
    flip_byte(result_file(path), -3);
    EXPECT_THROW(load_result(path, other.pointers()), Error);
  }
}

TEST_F(CheckpointTest, SpaceIsAskedForBeforeTheRun) {
  CheckpointFolder checkpoints(folder_);
  const Model model;
  const uint64_t bytes = checkpoint_bytes(model.pointers(), TrainRecipe());
  EXPECT_NO_THROW(checkpoints.require_space(bytes, 2));
  EXPECT_THROW(checkpoints.require_space(bytes, int64_t{1} << 40), Error);
}

}  // namespace
}  // namespace bantam

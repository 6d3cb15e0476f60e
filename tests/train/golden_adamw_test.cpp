// Twenty steps of PyTorch's AdamW on a tiny Llama: losses, norms, weights and moments. Tolerances are those
// that the goldens come with.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "formats/compressed.h"
#include "formats/safetensors.h"
#include "model/folder.h"
#include "tensor/copy.h"
#include "tensor/tape.h"
#include "train/decoder_learner.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;

constexpr double kLoss = 5e-5, kWeight = 2e-4;

std::string unpacked(const fs::path& path) {
  CompressedReader reader(path);
  std::string content, block(1 << 20, '\0');
  while (const size_t got = reader.read(block)) content.append(block, 0, got);
  return content;
}

template <class T>
std::vector<T> values(const SafetensorsFile& file, const StoredTensor& tensor) {
  std::vector<T> out(tensor.elements());
  std::memcpy(out.data(), file.bytes(tensor).data(), out.size() * sizeof(T));
  return out;
}

// Tensors by name out of weights or moments.
std::vector<double> part_of(const WeightPart& part, const ConstMat& all) {
  std::vector<double> out(part.count);
  copy(Device::cpu, ConstMat(all.row<float>(0) + part.offset, 1, part.count, part.count, Dtype::f32),
       Mat(out.data(), 1, part.count, part.count, Dtype::f64));
  return out;
}

class GoldenAdamW : public ::testing::Test {
 protected:
  GoldenAdamW() {
    fs::create_directories(folder_ / "model");
    write_file(folder_ / "model/config.json", read_file(golden_ / "models/llama_gqa_tied/config.json"));
    write_file(folder_ / "model/model.safetensors",
               unpacked(golden_ / "models/llama_gqa_tied/model.safetensors.xz"));
    write_file(folder_ / "adamw.safetensors", unpacked(golden_ / "adamw/split_decay.safetensors.xz"));
    facts_ = parse_json(unpacked(golden_ / "adamw/adamw.json.xz"), "adamw.json");
    model_ = load_model(folder_ / "model", Device::cpu, Dtype::f32).decoder;
  }
  ~GoldenAdamW() override { fs::remove_all(folder_); }

  // The recipe that the goldens were made with: rows of 33 tokens, of which 32 are predicted.
  static TrainRecipe recipe() {
    TrainRecipe r;
    r.target_tokens = 20 * 4 * 32;
    r.tokens_per_batch = 4 * 32;
    r.max_seq_len = 32;
    r.lr = 3e-3;
    r.warmup_steps = 4;
    return r;
  }

  // Runs the twenty steps; compares the loss and the norm of each.
  void run(const Json& facts) {
    const SafetensorsFile file(folder_ / "adamw.safetensors");
    const std::vector<int64_t> ids = values<int64_t>(file, *file.find("batches"));
    const auto batch_of = [&](uint64_t step) {
      Batch batch{.rows = 4, .length = 32};
      for (size_t row = 0; row < 4; ++row) {
        batch.segments.push_back({row * 32, 32});
        for (size_t i = 0; i < 32; ++i) {
          const size_t at = (step * 4 + row) * 33 + i;
          batch.tokens.push_back(static_cast<int32_t>(ids[at]));
          batch.targets.push_back(static_cast<int32_t>(ids[at + 1]));
          batch.positions.push_back(static_cast<int32_t>(i));
        }
      }
      return batch;
    };
    DecoderLearner learner(*model_, recipe(), batch_of);
    const Schedule schedule(recipe());
    optimizer_ = std::make_unique<AdamW>(learner.weights(), AdamWOptions{});
    ASSERT_EQ(schedule.steps(), 20u);
    for (uint64_t step = 0; step < 20; ++step) {
      const Json& want = facts["log"][step];
      EXPECT_NEAR(schedule.lr(step), want["lr"].get<double>(), 1e-15);
      learner.open_step(step);
      Tape tape;
      const MicroLoss loss = learner.forward(0);
      tape.backward(loss.roots);
      const double norm = optimizer_->gradient_norm();
      EXPECT_NEAR(loss.total, want["loss"].get<double>(), kLoss) << step;
      EXPECT_NEAR(norm / want["grad_norm"].get<double>(), 1, kLoss) << step;
      optimizer_->update(schedule.lr(step), clip_scale(norm, 1.0));
    }
    learner.open_step(0);
    EXPECT_NEAR(learner.forward(0).total, facts["final_loss_on_batch0"].get<double>(), kLoss);
    for (const auto& [name, want] : facts["weights"].items()) {
      const std::vector<double> got = tensor(name);
      double squares = 0, sum = 0;
      for (const double x : got) squares += x * x, sum += x;
      EXPECT_NEAR(std::sqrt(squares), want["l2"].get<double>(), kWeight * std::sqrt(double(got.size())))
          << name;
      EXPECT_NEAR(sum, want["sum"].get<double>(), kWeight * double(got.size())) << name;
    }
  }

  std::vector<double> tensor(const std::string& name) const {
    std::string bare = name;
    const bool first = name.starts_with("exp_avg."), second = name.starts_with("exp_avg_sq.");
    if (first || second || name.starts_with("w.")) bare = name.substr(name.find('.') + 1);
    for (AdamW::State& state : optimizer_->states())
      for (const WeightPart& part : state.weight->parts)
        if (part.name == bare)
          return part_of(part, first    ? ConstMat(state.first.values.mat())
                               : second ? ConstMat(state.second.values.mat())
                                        : state.weight->master.mat());
    ADD_FAILURE() << "no tensor " << name;
    return {};
  }

  void compare(const SafetensorsFile& file) const {
    size_t compared = 0;
    for (const StoredTensor& stored : file.tensors()) {
      if (stored.name == "batches") continue;
      const std::vector<float> want = values<float>(file, stored);
      const std::vector<double> got = tensor(stored.name);
      ASSERT_EQ(got.size(), want.size()) << stored.name;
      double worst = 0;
      for (size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
      EXPECT_LE(worst, kWeight) << stored.name;
      ++compared;
    }
    EXPECT_GT(compared, 10u);
  }

  const fs::path golden_ = fs::path(BANTAM_SOURCE_DIR) / "tests/golden";
  const fs::path folder_ = fs::path(::testing::TempDir()) / fmt::format("golden_adamw_{}", ::getpid());
  Json facts_;
  std::unique_ptr<Decoder> model_;
  std::unique_ptr<AdamW> optimizer_;
};

TEST_F(GoldenAdamW, DecayOfMatricesAlone) {
  run(facts_["split_decay"]);
  compare(SafetensorsFile(folder_ / "adamw.safetensors"));
}

TEST_F(GoldenAdamW, DecayOfEverything) {
  for (const auto& weight : model_->weights()) weight->decays = true;
  run(facts_["decay_all"]);
}

TEST_F(GoldenAdamW, EveryWeightAndMoment) {
  const fs::path shared = fs::path(BANTAM_SOURCE_DIR) / "../shared/golden/adamw";
  if (!fs::exists(shared)) GTEST_SKIP() << "needs " << shared;
  run(facts_["split_decay"]);
  compare(SafetensorsFile(shared / "split_decay.final.safetensors"));
  compare(SafetensorsFile(shared / "split_decay.state.safetensors"));
}

}  // namespace
}  // namespace bantam

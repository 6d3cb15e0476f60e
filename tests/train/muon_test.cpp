#include "train/muon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/random.h"
#include "base/threads.h"
#include "formats/compressed.h"
#include "tensor/copy.h"
#include "train/loose_weights.h"
#include "train/optimizer.h"

namespace bantam {
namespace {

using ::testing::HasSubstr;
using testing::values_of;
namespace fs = std::filesystem;

// A matrix of random values, its rows shared out among tensors of the names, as many to each.
std::unique_ptr<Weight> make_weight(const std::vector<std::string>& names, size_t rows, size_t cols,
                                    Device device, bool low = false) {
  const size_t each = rows / names.size();
  std::vector<WeightPart> parts;
  std::vector<double> values;
  for (const std::string& name : names) {  // keyed by tensor, as initial values are
    parts.push_back({name, {each, cols}, values.size(), each * cols});
    for (size_t i = 0; i < each * cols; ++i)
      values.push_back(static_cast<float>(RandomStream(1, name).normal(i)));
  }
  return testing::loose_weight(std::move(parts), rows, cols, values, device, low);
}

std::vector<double> set_gradient(Weight& weight, uint64_t step) {
  std::vector<double> g(weight.count());
  for (const WeightPart& part : weight.parts)
    for (size_t i = 0; i < part.count; ++i)
      g[part.offset + i] = static_cast<float>(RandomStream(step, part.name).normal(i));
  testing::put_gradient(weight, g);
  return g;
}

using Matrix = std::vector<std::vector<double>>;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.size(), std::vector<double>(b[0].size()));
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t k = 0; k < b.size(); ++k)
      for (size_t j = 0; j < b[0].size(); ++j) c[i][j] += a[i][k] * b[k][j];
  return c;
}
Matrix transposed(const Matrix& a) {
  Matrix t(a[0].size(), std::vector<double>(a.size()));
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < a[0].size(); ++j) t[j][i] = a[i][j];
  return t;
}

// The method as its page has it: the tall matrix is turned, X ← a X + (b A + c A²) X.
Matrix orthogonalised(Matrix x) {
  const bool tall = x.size() > x[0].size();
  if (tall) x = transposed(x);
  double squares = 0;
  for (const auto& row : x)
    for (const double value : row) squares += value * value;
  for (auto& row : x)
    for (double& value : row) value /= std::max(std::sqrt(squares), 1e-7);
  for (int turn = 0; turn < 5; ++turn) {
    const Matrix a = product(x, transposed(x)), aa = product(a, a);
    Matrix b = a;
    for (size_t i = 0; i < a.size(); ++i)
      for (size_t j = 0; j < a.size(); ++j) b[i][j] = -4.7750 * a[i][j] + 2.0315 * aa[i][j];
    const Matrix bx = product(b, x);
    for (size_t i = 0; i < x.size(); ++i)
      for (size_t j = 0; j < x[0].size(); ++j) x[i][j] = 3.4445 * x[i][j] + bx[i][j];
  }
  return tall ? transposed(x) : x;
}

// One tensor, updated in plain loops.
struct PlainMuon {
  Matrix w, m;
  bool nesterov;
  void update(const Matrix& g, double lr, double scale) {
    Matrix u = m;
    for (size_t i = 0; i < w.size(); ++i)
      for (size_t j = 0; j < w[0].size(); ++j) {
        m[i][j] = 0.95 * m[i][j] + 0.05 * scale * g[i][j];
        u[i][j] = nesterov ? 0.95 * m[i][j] + 0.05 * scale * g[i][j] : m[i][j];
      }
    const Matrix x = orthogonalised(u);
    const double length = 0.2 * std::sqrt(static_cast<double>(std::max(w.size(), w[0].size())));
    for (size_t i = 0; i < w.size(); ++i)
      for (size_t j = 0; j < w[0].size(); ++j) w[i][j] = w[i][j] * (1 - lr * 0.1) - lr * length * x[i][j];
  }
};

Matrix rows_of(const std::vector<double>& values, const WeightPart& part) {
  Matrix rows(part.shape[0]);
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i].assign(values.begin() + static_cast<ptrdiff_t>(part.offset + i * part.shape[1]),
                   values.begin() + static_cast<ptrdiff_t>(part.offset + (i + 1) * part.shape[1]));
  return rows;
}

AdamWOptions with_muon(bool nesterov = true) {
  AdamWOptions options;
  options.muon = MuonRecipe{.momentum = 0.95, .nesterov = nesterov, .tensors = {"model.layers.*"}};
  return options;
}

// A wide matrix of three tensors, a tall one, and one above the size that is summed in one block.
struct Model {
  explicit Model(Device device, bool low = false, bool large = false) {
    weights.push_back(
        make_weight({"model.layers.0.q", "model.layers.0.k", "model.layers.0.v"}, 18, 11, device, low));
    weights.push_back(make_weight({"model.layers.0.down"}, 31, 9, device, low));
    if (large) weights.push_back(make_weight({"model.layers.1.up"}, 300, 451, device, low));
  }
  std::vector<Weight*> pointers() const {
    std::vector<Weight*> all;
    for (const auto& weight : weights) all.push_back(weight.get());
    return all;
  }
  std::vector<std::unique_ptr<Weight>> weights;
};

// Each tensor by itself, whichever share a product; tolerance: of an element, whose steps are lr · 0.2 √R · 0.3 or so.
void check_against_plain(Device device, bool low, bool nesterov, double tolerance) {
  Model model(device, low);
  std::vector<PlainMuon> plain;
  for (const auto& weight : model.weights)
    for (const WeightPart& part : weight->parts) {
      const Matrix w = rows_of(values_of(weight->master.mat()), part);
      plain.push_back({w, Matrix(w.size(), std::vector<double>(w[0].size())), nesterov});
    }
  AdamW optimizer(model.pointers(), with_muon(nesterov));
  for (uint64_t step = 0; step < 5; ++step) {
    const double lr = 1e-2 / static_cast<double>(step + 1);
    size_t k = 0;
    double moved = 0;
    for (const auto& weight : model.weights) {
      const std::vector<double> g = set_gradient(*weight, step);
      for (const WeightPart& part : weight->parts) {
        const Matrix before = plain[k].w;
        plain[k].update(rows_of(g, part), lr, 0.3);
        for (size_t i = 0; i < before.size(); ++i)
          for (size_t j = 0; j < before[0].size(); ++j) moved += std::pow(plain[k].w[i][j] - before[i][j], 2);
        ++k;
      }
    }
    EXPECT_NEAR(optimizer.update(lr, 0.3) / std::sqrt(moved), 1, 100 * tolerance);
    k = 0;
    for (const auto& weight : model.weights)
      for (const WeightPart& part : weight->parts) {
        const Matrix got = rows_of(values_of(weight->master.mat()), part);
        for (size_t i = 0; i < got.size(); ++i)
          for (size_t j = 0; j < got[0].size(); ++j)
            ASSERT_NEAR(got[i][j], plain[k].w[i][j], tolerance)
                << part.name << " " << i << " " << j << " " << step;
        ++k;
      }
  }
}

// torch.optim.Muon with its iterations in f64 (tools/golden/make_muon.py).
TEST(Muon, AgreesWithPyTorch) {
  CompressedReader reader(fs::path(BANTAM_SOURCE_DIR) / "tests/golden/muon/muon.json.xz");
  std::string content, block(1 << 16, '\0');
  while (const size_t got = reader.read(block)) content.append(block, 0, got);
  const Json golden = parse_json(content, "muon.json");
  const auto put = [](const std::vector<double>& values, const Mat& to) {
    copy(Device::cpu, ConstMat(values.data(), to.rows, to.cols, to.cols, Dtype::f64), to);
  };
  ASSERT_EQ(golden["cases"].size(), 6u);
  for (const Json& facts : golden["cases"])
    for (const auto& [device, tolerance] :
         {std::pair(Device::reference, 1e-12), std::pair(Device::cpu, 2e-6)}) {
      const auto weight = make_weight({"model.layers.0.w"}, facts["shape"][0], facts["shape"][1], device);
      put(facts["before"], weight->writable());
      AdamWOptions options = with_muon(facts["nesterov"]);
      options.muon->momentum = golden["momentum"];
      options.weight_decay = golden["weight_decay"];
      AdamW optimizer({weight.get()}, options);
      for (size_t step = 0; step < golden["lr"].size(); ++step) {
        put(facts["gradients"][step], weight->gradient.mat());
        weight->gradient_is_fresh = false;
        optimizer.update(golden["lr"][step], 1);
      }
      const std::vector<double> w = values_of(weight->master.mat()), want = facts["after"],
                                m = values_of(optimizer.states()[0].first.values.mat()),
                                momentum = facts["momentum_buffer"];
      for (size_t i = 0; i < want.size(); ++i) {
        ASSERT_NEAR(w[i], want[i], tolerance) << facts["name"] << " " << i;
        ASSERT_NEAR(m[i], momentum[i], tolerance) << facts["name"] << " " << i;
      }
    }
}

TEST(Muon, CpuFollowsThePlainLoops) {
  check_against_plain(Device::cpu, false, true, 2e-6);
  check_against_plain(Device::cpu, false, false, 2e-6);
}
TEST(Muon, ReferenceFollowsThePlainLoops) { check_against_plain(Device::reference, false, true, 1e-12); }
// An element's step is at most lr · 0.2 √31 = 0.011, of which bf16 leaves about two digits.
TEST(Muon, ProductsInBf16FollowThePlainLoops) { check_against_plain(Device::cpu, true, true, 1e-3); }

// The point of it: all directions of the momentum are stepped along alike, and about as far as AdamW would.
TEST(Muon, StepsAreNearlyOrthogonal) {
  const auto weight = make_weight({"model.layers.0.up"}, 40, 100, Device::cpu);
  AdamWOptions options = with_muon();
  options.weight_decay = 0;
  AdamW optimizer({weight.get()}, options);
  const std::vector<double> before = values_of(weight->master.mat());
  set_gradient(*weight, 3);
  const double change = optimizer.update(1e-2, 1);
  EXPECT_NEAR(change / std::sqrt(40 * 100), 1e-2 * 0.2, 1e-2 * 0.2 * 0.3) << "root mean square";
  Matrix x = rows_of(values_of(weight->master.mat()), weight->parts[0]);
  const Matrix old = rows_of(before, weight->parts[0]);
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = 0; j < x[0].size(); ++j) x[i][j] = (old[i][j] - x[i][j]) / (1e-2 * 0.2 * 10);
  const Matrix gram = product(x, transposed(x));
  for (size_t i = 0; i < gram.size(); ++i)
    for (size_t j = 0; j < gram.size(); ++j) EXPECT_NEAR(gram[i][j], i == j ? 1 : 0, 0.55) << i << " " << j;
}

TEST(Muon, TheSameBitsForAnyNumberOfThreads) {
  const int before = thread_count();
  for (const bool low : {false, true}) {
    std::vector<std::vector<double>> want;
    double want_change = 0;
    for (const int threads : {1, 2, 3, 5}) {
      set_thread_count(threads);
      const Model model(Device::cpu, low, true);
      AdamW optimizer(model.pointers(), with_muon());
      double change = 0;
      for (uint64_t step = 0; step < 2; ++step) {
        for (const auto& weight : model.weights) set_gradient(*weight, step);
        change += optimizer.update(1e-2, 1);
      }
      std::vector<std::vector<double>> got;
      for (const auto& weight : model.weights) got.push_back(values_of(weight->master.mat()));
      if (threads == 1) want = got, want_change = change;
      EXPECT_EQ(got, want) << threads;
      EXPECT_EQ(change, want_change);
    }
  }
  set_thread_count(before);
}

TEST(Muon, TensorsThatShareAProductAreUpdatedAsIfAlone) {
  const std::vector<std::string> names = {"model.layers.0.q", "model.layers.0.k", "model.layers.0.v"};
  for (const bool low : {false, true}) {
    const auto shared = make_weight(names, 18, 11, Device::cpu, low);
    AdamW together({shared.get()}, with_muon());
    std::vector<std::unique_ptr<Weight>> alone;
    std::vector<Weight*> pointers;
    for (const std::string& name : names) {
      alone.push_back(make_weight({name}, 6, 11, Device::cpu, low));
      pointers.push_back(alone.back().get());
    }
    AdamW apart(pointers, with_muon());
    for (uint64_t step = 0; step < 3; ++step) {
      set_gradient(*shared, step);
      for (const auto& weight : alone) set_gradient(*weight, step);
      together.update(1e-2, 1);
      apart.update(1e-2, 1);
    }
    std::vector<double> got;
    for (const auto& weight : alone)
      for (const double value : values_of(weight->master.mat())) got.push_back(value);
    EXPECT_EQ(got, values_of(shared->master.mat()));
  }
}

TEST(Muon, TheBf16CopyIsTheMasterRounded) {
  const Model model(Device::cpu, true);
  AdamW optimizer(model.pointers(), with_muon());
  for (const auto& weight : model.weights) set_gradient(*weight, 0);
  optimizer.update(1e-2, 1);
  for (const auto& weight : model.weights)
    for (size_t i = 0; i < weight->count(); ++i)
      ASSERT_EQ(weight->low.data<bf16>()[i].bits, bf16(weight->master.data<float>()[i]).bits);
}

TEST(Muon, LeavesTablesGainsAndSingleRowsToAdamW) {
  std::vector<std::unique_ptr<Weight>> plain, mixed;
  for (auto* weights : {&plain, &mixed}) {
    weights->push_back(make_weight({"model.embed_tokens"}, 12, 9, Device::cpu));
    weights->push_back(make_weight({"model.layers.0.one_row"}, 1, 40, Device::cpu));
    weights->push_back(make_weight({"model.layers.0.gain"}, 8, 8, Device::cpu));
    weights->back()->decays = false;
    weights->push_back(make_weight({"model.layers.0.up"}, 8, 8, Device::cpu));
  }
  const auto pointers = [](const auto& weights) {
    std::vector<Weight*> all;
    for (const auto& weight : weights) all.push_back(weight.get());
    return all;
  };
  AdamW adamw(pointers(plain), {}), muon(pointers(mixed), with_muon());
  for (uint64_t step = 0; step < 3; ++step) {
    for (const auto& weight : plain) set_gradient(*weight, step);
    for (const auto& weight : mixed) set_gradient(*weight, step);
    EXPECT_EQ(adamw.gradient_norm(), muon.gradient_norm());
    adamw.update(1e-2, 1);
    muon.update(1e-2, 1);
  }
  for (size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(values_of(plain[k]->master.mat()) == values_of(mixed[k]->master.mat()), k < 3) << k;
    EXPECT_EQ(static_cast<bool>(muon.states()[k].second), k < 3) << "the second moment";
    EXPECT_EQ(muon.states()[k].updates, 3u);
    EXPECT_TRUE(mixed[k]->gradient_is_fresh);
  }
}

TEST(Muon, AGradientOfZerosMovesNothing) {
  const auto weight = make_weight({"model.layers.0.up"}, 8, 8, Device::cpu);
  AdamWOptions options = with_muon();
  options.weight_decay = 0;
  AdamW optimizer({weight.get()}, options);
  const std::vector<double> before = values_of(weight->master.mat());
  fill_zero(Device::cpu, weight->gradient.mat());
  weight->gradient_is_fresh = false;
  EXPECT_EQ(optimizer.update(1e-2, 1), 0);
  EXPECT_EQ(values_of(weight->master.mat()), before);
}

TEST(Muon, RefusesAPatternThatNamesNoMatrix) {
  const Model model(Device::cpu);
  AdamWOptions options = with_muon();
  options.muon->tensors.push_back("modell.*");
  try {
    AdamW(model.pointers(), options);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("train.muon.tensors: \"modell.*\""));
  }
}

}  // namespace
}  // namespace bantam

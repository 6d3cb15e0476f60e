// Engram: a memory of n-grams. Each position looks up rows by hashes of its last one, two, … tokens and adds their mean,
// through a gate that starts mostly closed.
//   DeepSeek 2026 (arXiv:2601.07372); models/escarda.md section 3.
// hash token: of the ids. hash lsh: of random projections of compressed embeddings, so that rows move as embeddings do.
// Dimensions:  T tokens of the pass, packed   D width   A heads, a table each   M longest n-gram   C compressed width
#include <cmath>
#include <map>

#include "base/random.h"
#include "base/threads.h"
#include "nn/linear.h"
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "ops/embedding.h"
#include "ops/gates.h"
#include "ops/side_by_side.h"
#include "parts/register.h"

namespace bantam {
namespace {

enum class EngramHash { token, lsh };
std::vector<std::string> names(const EngramHash*) { return {"token", "lsh"}; }

struct EngramConfig {
  EngramHash hash = EngramHash::token;
  int64_t table_rows = 4096, heads = 2, longest = 3, compressed_width = 32;
  double hash_scale = 65536, gate_bias = -1;
};

Schema schema(const EngramConfig*) {
  using C = EngramConfig;
  return describe<C>(
      "A memory of n-grams, looked up by hashes.",
      field<&C::hash>("What is hashed: the ids, or projections of the embeddings."),
      field<&C::table_rows>("Rows of each table.", range(2, 1 << 24)),
      field<&C::heads>("A, tables.", range(1, 64)),
      field<&C::longest>("M, tokens of the longest n-gram.", range(1, 16)),
      field<&C::compressed_width>("C, of lsh: width that embeddings are compressed to.", range(1, 4096)),
      field<&C::hash_scale>(
          "Of lsh: standard deviation of its projections; a small one puts all n-grams into one row.",
          range(1e-3, 1e12)),
      field<&C::gate_bias>("β of the gate in a new model.", range(-10, 10)));
}

// The last tokens of a sequence, oldest first, as far as they go on without a gap.
using Window = std::vector<int32_t>;

class Engram final : public TokenMemory {
 public:
  Engram(const Build& parent, const PartContext& context, const EngramConfig& c, const std::string&)
      : config_(c),
        heads_(static_cast<size_t>(c.heads)),
        longest_(static_cast<size_t>(c.longest)),
        rows_(static_cast<size_t>(c.table_rows)),
        embedding_(context.embedding) {
    const Build b = parent / "engram", lookup = b / "lookup", gate = b / "gate";
    const Initial small{Initial::normal, 0.02};
    if (c.hash == EngramHash::lsh) {
      const size_t compressed = static_cast<size_t>(c.compressed_width);
      compress_ = &b.table("compress", compressed, context.width, small);
      compress_->trainable = false;
      for (size_t m = 1; m <= longest_; ++m)
        for (size_t k = 0; k < m; ++k) {
          projections_.push_back(&lookup.f32_matrix(fmt::format("hash_proj_n{}_p{}", m, k), heads_,
                                                    compressed, {Initial::normal, c.hash_scale}));
          projections_.back()->trainable = false;
          projections_.back()->is_buffer = true;
        }
    }
    std::vector<std::string> names;
    for (size_t a = 0; a < heads_; ++a) names.push_back(fmt::format("tables.{}", a));
    std::vector<Build::Rows> tables;
    for (const std::string& name : names) tables.push_back({name, rows_});
    tables_ = &lookup.table(tables, context.width, small);
    norm_ = RmsNorm(gate, "norm", context.width, context.norm_eps);
    proj_ = Linear(gate, "proj", 2 * context.width, context.width, false, small);
    alpha_ = &gate.vector("alpha", context.width, 1.0);
    beta_ = &gate.vector("beta", context.width, c.gate_bias);
    gamma_ = &gate.vector("gamma", context.width, 1.0);
  }

  Tensor operator()(const Tensor& e_TD, Pass& pass) const override {
    const Tensor r_TD = embedding_mean(*tables_, rows_of(pass), longest_ * heads_);
    const Dtype branch = pass.branch();
    const Tensor z = proj_(side_by_side({norm_(e_TD, branch), norm_(r_TD, branch)}), e_TD.dtype());
    return add(e_TD, multiply(derf_gate(z, *alpha_, *beta_, *gamma_), r_TD));
  }

 private:
  // For each position M·A rows of the tables, n-gram by n-gram; −1 where an n-gram would reach over a start or a gap.
  std::vector<int32_t> rows_of(Pass& pass) const {
    const std::vector<float*> states =
        pass.state("ngram", longest_);  // id + 1 of the tokens before, 0 for none
    std::vector<int32_t> found(pass.rows() * longest_ * heads_, -1);
    if (pass.device() == Device::meta) return std::vector<int32_t>(found.size(), 0);
    std::vector<std::pair<size_t, Window>> windows;
    for (size_t s = 0; s < pass.segments().size(); ++s) {
      Window window;
      for (size_t i = 0; !states.empty() && i < longest_; ++i)
        if (states[s][i] > 0) window.push_back(static_cast<int32_t>(states[s][i]) - 1);
      const auto [start, length] = pass.segments()[s];
      for (size_t i = 0; i < length; ++i) {
        const int32_t id = pass.token_ids()[start + i];
        if (id < 0)
          window.clear();
        else
          window.push_back(id);
        if (window.size() > longest_) window.erase(window.begin());
        windows.emplace_back(start + i, window);
      }
      for (size_t i = 0; !states.empty() && i < longest_; ++i)
        states[s][i] = i < window.size() ? static_cast<float>(window[i] + 1) : 0;
    }
    const Compressed compressed = compress(windows);
    for (const auto& [t, window] : windows)
      for (size_t m = 1; m <= window.size(); ++m) {
        int32_t* to = &found[(t * longest_ + m - 1) * heads_];
        const std::span<const int32_t> gram(&window[window.size() - m], m);
        for (size_t a = 0; a < heads_; ++a)
          to[a] = static_cast<int32_t>(
              a * rows_ + (compress_ != nullptr ? lsh_row(gram, a, compressed) : id_row(gram, a)));
      }
    observe(pass, found);
    return found;
  }

  size_t id_row(std::span<const int32_t> gram, size_t a) const {
    uint64_t h = 0;
    for (size_t k = 0; k < gram.size(); ++k)
      h ^= (static_cast<uint64_t>(gram[k]) + 1) * (splitmix64(1000003 * gram.size() + 1009 * k + a) | 1);
    return (h >> 33) % rows_;
  }

  // Compressed embeddings of the tokens in play, in f64: rounding to f32 would differ with the shape of the product.
  using Compressed = std::map<int32_t, std::vector<double>>;
  Compressed compress(const std::vector<std::pair<size_t, Window>>& windows) const {
    Compressed compressed;
    if (compress_ == nullptr) return compressed;
    for (const auto& [t, window] : windows)
      for (const int32_t id : window) compressed.try_emplace(id);
    std::vector<Compressed::value_type*> list;
    for (auto& entry : compressed) list.push_back(&entry);
    parallel_for(list.size(), [&](size_t task) {
      const size_t id = static_cast<size_t>(list[task]->first);
      for (size_t c = 0; c < compress_->rows; ++c) {
        double sum = 0;
        for (size_t d = 0; d < compress_->cols; ++d)
          sum += value(*compress_, c, d) * value(*embedding_, id, d);
        list[task]->second.push_back(sum);
      }
    });
    return compressed;
  }

  size_t lsh_row(std::span<const int32_t> gram, size_t a, const Compressed& compressed) const {
    const size_t m = gram.size();
    double h = 0;
    for (size_t k = 0; k < m; ++k) {
      const Weight& projection = *projections_[m * (m - 1) / 2 + k];
      const std::vector<double>& c = compressed.at(gram[k]);
      for (size_t i = 0; i < c.size(); ++i) h += value(projection, a, i) * c[i];
    }
    return std::isfinite(h)
               ? static_cast<size_t>(std::fmod(std::floor(std::abs(h)), static_cast<double>(rows_)))
               : 0;
  }

  static double value(const Weight& w, size_t row, size_t col) {
    const ConstMat m = w.master.mat();
    return m.dtype == Dtype::f64 ? m.row<double>(row)[col] : static_cast<double>(m.row<float>(row)[col]);
  }

  // Rows of each order within their tables.
  void observe(const Pass& pass, const std::vector<int32_t>& found) const {
    if (!pass.observer) return;
    for (size_t m = 0; m < longest_; ++m) {
      std::vector<int32_t> rows;
      for (size_t t = 0; t < pass.rows(); ++t)
        for (size_t a = 0; a < heads_; ++a) {
          const int32_t row = found[(t * longest_ + m) * heads_ + a];
          rows.push_back(row < 0 ? -1 : row - static_cast<int32_t>(a * rows_));
        }
      pass.observe(fmt::format("rows_n{}", m + 1), rows, heads_);
    }
  }

  EngramConfig config_;
  size_t heads_, longest_, rows_;
  const Weight* embedding_;
  Weight *compress_ = nullptr, *tables_ = nullptr;
  std::vector<Weight*> projections_;  // of order 1: P₀; of order 2: P₀, P₁; …
  RmsNorm norm_;
  Linear proj_;
  Weight *alpha_ = nullptr, *beta_ = nullptr, *gamma_ = nullptr;
};

const bool registered = register_part<EngramConfig, Engram>(
    token_memories(), "engram",
    {R"({"table_rows": 37})",
     R"({"hash": "lsh", "table_rows": 37, "heads": 3, "longest": 2, "compressed_width": 5})"});

}  // namespace
}  // namespace bantam

// What a model is assembled from. A part is one file that registers itself under its name in the config; adding one
// touches no other file. parts/register.h has what such a file needs.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "nn/build.h"
#include "nn/norm.h"
#include "nn/pass.h"

namespace bantam {

// The model around a part: what several parts must agree on.
struct PartContext {
  size_t width = 0;   // D, of the residual stream
  size_t layer = 0;   // of this part, from 0
  size_t branch = 0;  // of the layer: 0 its mixer's, 1 its feed's
  size_t loop_steps = 1;
  const Weight* embedding = nullptr;  // the table of the tokens
  bool value_embedding = false;       // mixers read the token's embedding again
  NormKind norm = NormKind::rms;
  float norm_eps = 1e-5f;
  // The norms around a branch of this layer, as checkpoints name them; a join uses those it has.
  const char* norm_before = "input_layernorm";
  const char* norm_after = "post_mixer_norm";
};

// A branch of a layer (a mixer or a feed): normed rows [T, D] in, rows [T, D] out, in the pass's branch dtype.
class Branch {
 public:
  virtual ~Branch() = default;
  virtual Tensor operator()(const Tensor& x, Pass& pass) const = 0;
  // Whether a row's result depends on rows behind it. Such a model remembers nothing: every token needs all of its
  // sequence run anew.
  virtual bool whole_sequence() const { return false; }
};

// The feed of a layer that is its mixer alone, with one norm.
inline constexpr const char* kNoFeed = "none";

// How a branch joins the stream: [T, D] in f32 (f64 on the reference device), in and out; [T, n·D] where there are n
// streams.
class Join {
 public:
  virtual ~Join() = default;
  virtual Tensor operator()(const Tensor& stream, const Branch& branch, Pass& pass) const = 0;
};

// What stands at the two ends of the streams, for a join that keeps several.
class StreamEnds {
 public:
  virtual ~StreamEnds() = default;
  virtual Tensor spread(const Tensor& x) const = 0;          // [T, D] → [T, n·D]
  virtual Tensor collapse(const Tensor& streams) const = 0;  // [T, n·D] → [T, D]
};

// What is added to the embeddings of the tokens before the first layer: [T, D] in the dtype of the stream, in and out.
class TokenMemory {
 public:
  virtual ~TokenMemory() = default;
  virtual Tensor operator()(const Tensor& embedded, Pass& pass) const = 0;
};

// What works on the collapsed stream before the last norm: [T, D] in the dtype of the stream, in and out; each row by itself.
class Refinement {
 public:
  virtual ~Refinement() = default;
  virtual Tensor operator()(const Tensor& x, Pass& pass) const = 0;
};

// One kind of part. Options are its JSON object in the config, {"kind": NAME, …}; `path` is where that stands.
template <class Part>
struct PartKind {
  std::string name, summary;
  std::vector<std::string> examples;  // options as JSON, at width 24
  std::function<std::unique_ptr<Part>(const Build&, const PartContext&, const Json& options,
                                      const ConfigPath& path)>
      make;
  std::function<Json(const Json& options, const ConfigPath& path)>
      resolve;                            // checked, every default filled in
  std::function<std::string()> document;  // markdown of the options
};

template <class Part>
class Registry {
 public:
  explicit Registry(const char* family) : family_(family) {}
  void add(PartKind<Part> kind) { kinds_.emplace(kind.name, std::move(kind)); }
  // usage error with the nearest name when there is none.
  const PartKind<Part>& find(const std::string& name, const std::string& where) const {
    const auto found = kinds_.find(name);
    if (found != kinds_.end()) return found->second;
    std::vector<std::string> names;
    std::string list;
    for (const auto& [known, kind] : kinds_) {
      names.push_back(known);
      list += (list.empty() ? "" : ", ") + known;
    }
    const std::string near = nearest_name(name, names);
    fail(ErrorCode::usage, "{}: there is no {} \"{}\"{}; wanted one of: {}", where, family_, name,
         near.empty() ? "" : " (did you mean \"" + near + "\"?)", list);
  }
  bool has(const std::string& name) const { return kinds_.contains(name); }
  const std::map<std::string, PartKind<Part>>& kinds() const { return kinds_; }

 private:
  const char* family_;
  std::map<std::string, PartKind<Part>> kinds_;
};

Registry<Branch>& mixers();
Registry<Branch>& feeds();
// A join is made once for the mixer and once for the feed of a layer.
Registry<Join>& joins();
// Under the name of its join; a join without an entry keeps one stream.
Registry<StreamEnds>& stream_ends();
Registry<TokenMemory>& token_memories();
Registry<Refinement>& refinements();

}  // namespace bantam

// The one decoder, assembled from the parts that its config names:
//
//   tokens → embed (+ memory; or patches of images) → spread → loop.steps × { for each layer: join(mixer), join(feed)
//                                                       → collapse, refine, norm: read out, halt } → heads
//
// The same object trains and decodes; a Tape or a pass with memories makes the difference.
#pragma once
#include <memory>
#include <vector>

#include "model/config.h"
#include "nn/build.h"
#include "nn/linear.h"
#include "nn/norm.h"
#include "nn/pass.h"
#include "nn/patch_encoder.h"
#include "parts/part.h"

namespace bantam {

// What one loop step says. hidden: [T, D] after the final norm, in the pass's branch dtype. halt_logit: [T, 1] f32, absent
// without halting and on the last step.
struct ReadOut {
  Tensor hidden, halt_logit;
};

class Decoder {
 public:
  // Allocates the weights, uninitialised. compute: bf16 or f32 on the CPU, f64 on the reference device.
  Decoder(ModelConfig config, Device device, Dtype compute);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const ModelConfig& config() const { return config_; }
  Device device() const { return store_.device; }
  Dtype compute() const { return store_.compute; }
  const std::vector<std::unique_ptr<Weight>>& weights() const { return store_.weights; }
  uint64_t parameters() const;  // buffers left out
  bool whole_sequence() const;  // whether a part needs all of a sequence, see Branch

  void initialise(uint64_t seed);  // every weight as its part says
  void allocate_gradients();       // before training

  // Every loop step's read-out when the model halts, else the last step's alone. invalid: images and no encoder of them.
  std::vector<ReadOut> read_outs(Pass& pass) const;
  // hidden · headᵀ in f32 (f64 on the reference device): [T, V].
  Tensor logits(const Tensor& hidden) const;
  // Input of the output projection for the token `ahead` positions on (2 … k), from the last read-out.
  Tensor ahead_hidden(const Tensor& hidden, size_t ahead) const;
  // The predictor's step from the hidden state expected `step` tokens on (0: the hidden state itself) to the next.
  Tensor predicted_hidden(const Tensor& expected, size_t step) const;
  // Of the decision head, for rows of hidden states of the last read-out: [P, classes] in f32 (f64 on the reference device).
  Tensor decision_logits(const Tensor& hidden) const;
  Weight& output_projection() const { return *head_; }

 private:
  void freeze_all_but_halting();

  struct Layer {
    std::unique_ptr<Branch> mixer, feed;  // no feed and no join of one where the config says "none"
    std::unique_ptr<Join> mixer_join, feed_join;
  };
  // u_k = RMSNorm_out(h + W2 silu(W1 RMSNorm_in(h))), models/qovaryx.md; as a projection u_k = h + W1 h.
  struct AheadHead {
    RmsNorm norm_in, norm_out;
    Linear w1, w2;
  };

  ModelConfig config_;
  WeightStore store_;
  Weight* embed_ = nullptr;
  Weight* head_ = nullptr;
  std::vector<Layer> layers_;
  std::unique_ptr<TokenMemory> memory_;
  PatchEncoder patches_;              // without weights where the config has none
  std::unique_ptr<StreamEnds> ends_;  // of a join with several streams
  std::unique_ptr<Refinement> refine_;
  Norm embed_norm_, norm_;
  Linear halt_;
  std::vector<AheadHead> ahead_;
  // p + tanh(gate) up(silu(down(norm p)))
  struct Predictor {
    RmsNorm norm;
    Linear down, up;
    Weight* gate = nullptr;
  } predictor_;
  // w2 silu(w1 norm(h)), models/qovaryx.md; without weights where the config has no decision head.
  struct DecisionHead {
    RmsNorm norm;
    Linear w1, w2;
  } decision_;
};

}  // namespace bantam

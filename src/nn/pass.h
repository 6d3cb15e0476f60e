// One forward pass over packed rows: which tokens, at which positions, in which segments, and what is remembered of
// earlier ones. Training and decoding run the same parts; a part asks the pass and never which of the two it is.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/attention.h"
#include "ops/segment.h"
#include "tensor/tensor.h"

namespace bantam {

class SequenceMemory;
struct DerfWeights;
struct Weight;

// A row whose input is a patch of an image in place of a token; its id is −1.
struct PatchRow {
  size_t row;             // of the pass
  size_t patch;           // of the image, row after row from the top left
  const uint8_t* pixels;  // of the whole image, [size, size, 3]; not read on meta
};

class Pass {
 public:
  // ids: T token ids, −1 where a position has no token. Segments cover the rows. Positions restart at 0 with every
  // segment. branch: the dtype that branches compute in.
  Pass(std::vector<int32_t> ids, Segments segments, Device device, Dtype branch);

  // Decoding: segment s continues memories[s], whose length says where its positions go on. Runs without a tape.
  Pass(std::vector<int32_t> ids, Segments segments, std::vector<SequenceMemory*> memories, Dtype branch);

  // Rows [row, row + count), none of which has a token, are the patches of an image from `first_patch` on. Images come by
  // rising row; the pixels outlive the forward.
  void add_image(size_t row, size_t first_patch, size_t count, const uint8_t* pixels);
  const std::vector<PatchRow>& patches() const { return patches_; }

  size_t rows() const { return ids_.size(); }
  std::span<const int32_t> token_ids() const { return ids_; }
  std::span<const int32_t> positions() const { return positions_; }
  const Segments& segments() const { return segments_; }
  Device device() const { return device_; }
  Dtype branch() const { return branch_; }
  bool decoding() const { return !memories_.empty(); }

  // The loop step and layer that run now: what is remembered is kept apart for each.
  void at(size_t loop_step, size_t layer) { loop_step_ = loop_step, layer_ = layer; }
  size_t layer() const { return layer_; }

  // Causal attention of q over k and v and whatever of them is remembered.
  Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape);
  Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionShape& shape,
                const DerfWeights& derf);

  // One f32 vector of `count` values for every segment, zero at the start of a sequence and kept from call to call
  // while decoding. Empty in training, where every segment starts anew.
  std::vector<float*> state(std::string_view name, size_t count);

  // The token before each row of x within its segment, zero before the first; what a sequence's last row was is
  // remembered under `name`.
  Tensor shifted(std::string_view name, const Tensor& x);

  // Hands a tensor on to the layers behind this one, which ask for it by name. Gradients flow back through it, with
  // gradient checkpointing too. invalid: no layer before this one carried it.
  void carry(std::string_view name, const Tensor& x);
  const Tensor& carried(std::string_view name) const;

  // Adds a [1, 1] root to the loss, reported under `name`. On a replay for gradient checkpointing the value is not
  // reported again. What is reported is root / weight.
  void penalty(std::string_view name, const Tensor& root, double weight = 1);

  struct Penalty {
    std::string name;
    Tensor root;
    double weight;
  };
  const std::vector<Penalty>& penalties() const { return penalties_; }

  // A number for the log that is no part of the loss: its share of the step, which shares of the same name are added to.
  // On a replay it is not reported again.
  void report(std::string_view name, double value);
  const std::map<std::string, double, std::less<>>& reports() const { return reports_; }

  // Gradient checkpointing: f(x) keeps nothing but x and what is carried, and runs again on the way back.
  Tensor replayed(const Tensor& x, std::function<Tensor(const Tensor&)> f);
  bool replay_layers = false;  // the trainer's policy
  double share = 1;  // of the step's targets that are in this pass: means over tokens are weighted by it

  // Adds counts to what the step gathers for a buffer that learns outside the gradient. Only in training, and once.
  void tally(Weight& buffer, std::span<const uint64_t> counts);

  // Shows discrete choices, `per_row` of each row, to whoever looks at the insides of a model.
  using Observer = std::function<void(std::string_view what, size_t layer, size_t loop_step, size_t per_row,
                                      std::span<const int32_t> choices)>;
  Observer observer;
  void observe(std::string_view what, std::span<const int32_t> choices, size_t per_row) const;

 private:
  std::vector<KeyValueView> remember(const Tensor& k, const Tensor& v, const AttentionShape& shape);

  std::vector<int32_t> ids_, positions_;
  Segments segments_;
  std::vector<PatchRow> patches_;
  std::vector<SequenceMemory*> memories_;
  Device device_;
  Dtype branch_;
  size_t loop_step_ = 0, layer_ = 0;
  bool replaying_ = false;
  std::vector<Penalty> penalties_;
  std::map<std::string, double, std::less<>> reports_;
  struct Carried {
    Tensor value;
    bool fresh;  // by the layer that runs now
  };
  std::map<std::string, Carried, std::less<>> carried_;
};

}  // namespace bantam

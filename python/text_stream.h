// A prompt being continued, for Python: the text piece by piece, and what came of it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infer/text_model.h"

namespace bantam::python {

struct Generated {
  Generation generation;
  uint64_t seed = 0;
};

class TextStream {
 public:
  // settings have a seed. usage: the ids do not fit the context, or are no tokens of the model.
  TextStream(std::shared_ptr<const TextModel> model, const GenerationSettings& settings,
             const std::vector<int32_t>& ids);
  TextStream(const TextStream&) = delete;
  TextStream& operator=(const TextStream&) = delete;

  // The next text, never empty; nothing at the end, and after an error. Called by a thread that holds the interpreter,
  // which is let go while the model runs; signals are looked for after every token.
  std::optional<std::string> next();
  Generated so_far() const { return {continuation_->result(), seed_}; }

 private:
  std::shared_ptr<const TextModel> model_;
  uint64_t seed_;
  Engine engine_;
  Sequence sequence_;
  std::optional<Continuation> continuation_;
  bool failed_ = false;
};

}  // namespace bantam::python

#include "python/text_stream.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include "python/arrays.h"
#include "python/bindings.h"
#include "python/computing.h"

namespace bantam::python {

TextStream::TextStream(std::shared_ptr<const TextModel> model, const GenerationSettings& settings,
                       const std::vector<int32_t>& ids)
    : model_(std::move(model)),
      seed_(settings.sampling.seed.value()),
      engine_(model_->decoder(), model_->engine_options()),
      sequence_(engine_.begin(settings.sampling)) {
  engine_.extend(sequence_, ids);
  continuation_.emplace(engine_, sequence_, model_->tokenizer, settings);
}

std::optional<std::string> TextStream::next() {
  for (;;) {
    std::optional<std::string> piece;
    {
      const Computing computing;
      if (failed_) return {};
      failed_ = true;  // unless it returns: what the sequence remembers is spoilt then
      piece = continuation_->next();
      failed_ = false;
    }
    if (PyErr_CheckSignals() != 0) nb::raise_python_error();
    if (!piece || !piece->empty()) return piece;
  }
}

namespace {

std::string repr(const Generated& g) {
  return fmt::format("<bantam.Generation of {} tokens, finish_reason \"{}\", seed {}>",
                     g.generation.ids.size(), bantam::name_of(g.generation.finish), g.seed);
}

}  // namespace

void bind_text_stream(nb::module_& module) {
  nb::class_<Generated>(module, "Generation", "What a prompt was continued with. str() of it is the text.")
      .def_prop_ro(
          "text", [](const Generated& g) -> const std::string& { return g.generation.text; },
          "The text, without a stop text.")
      .def_prop_ro(
          "ids",
          [](nb::handle self) {
            const std::vector<int32_t>& ids = nb::cast<const Generated&>(self).generation.ids;
            return Vector<const int32_t>(ids.data(), {ids.size()}, self);
          },
          nb::for_getter(nb::sig("def ids(self) -> numpy.typing.NDArray[numpy.int32]")),
          "The tokens, int32 [T], read-only; a stop token is the last of them.")
      .def_prop_ro(
          "finish_reason", [](const Generated& g) { return bantam::name_of(g.generation.finish); },
          "\"stop\" (a stop token or text), \"length\" (max_tokens, or the context is full), or "
          "\"interrupted\".")
      .def_prop_ro(
          "prompt_tokens", [](const Generated& g) { return g.generation.prompt_tokens; },
          "Tokens of the prompt.")
      .def_ro("seed", &Generated::seed, "The same seed gives the same text.")
      .def("__str__", [](const Generated& g) -> const std::string& { return g.generation.text; })
      .def("__repr__", &repr);

  nb::class_<TextStream>(
      module, "TextStream",
      "An iterator over the text that continues a prompt, as it becomes certain: whole characters, "
      "nothing that may still begin a stop text.")
      .def(
          "__iter__", [](nb::handle self) { return nb::borrow(self); },
          nb::sig("def __iter__(self) -> TextStream"))
      .def("__next__",
           [](TextStream& stream) {
             const std::optional<std::string> piece = stream.next();
             if (!piece) throw nb::stop_iteration();
             return *piece;
           })
      .def_prop_ro(
          "generation",
          [](const TextStream& stream) {
            const Computing computing;  // another thread may be in __next__
            return stream.so_far();
          },
          "What came so far; all of it after the last piece.");
}

}  // namespace bantam::python

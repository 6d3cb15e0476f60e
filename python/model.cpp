// Model: a folder opened to continue and to judge text.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <nlohmann/json.hpp>
#include <random>

#include "infer/score.h"
#include "python/arrays.h"
#include "python/bindings.h"
#include "python/computing.h"
#include "python/text_stream.h"

namespace bantam::python {
namespace {

// Shared by the streams it is being continued in.
struct Model {
  std::shared_ptr<const TextModel> text;
  const Decoder& decoder() const { return text->decoder(); }
};

Model load(const std::filesystem::path& path, const std::string& dtype) {
  require(dtype == "auto" || dtype == "f32" || dtype == "bf16", ErrorCode::usage,
          "dtype: is {}, wanted auto, f32 or bf16", dtype);
  std::optional<Dtype> compute;
  if (dtype != "auto") compute = dtype == "f32" ? Dtype::f32 : Dtype::bf16;
  const Computing computing;
  return {std::make_shared<const TextModel>(open_text_model(path, compute))};
}

// The model's own settings under those given, checked as the command line's are.
struct GivenSettings {
  Json sampling = Json::object(), all = Json::object();

  template <class T>
  static void give(Json& to, const char* key, const std::optional<T>& value) {
    if (value) to[key] = *value;
  }
  GenerationSettings over(GenerationSettings settings, const std::vector<std::string>& stop) {
    all["sampling"] = sampling;
    schema_of<GenerationSettings>().read(&settings, all, {"generate"});
    settings.stop = stop;
    if (!settings.sampling.seed) settings.sampling.seed = std::random_device{}();
    return settings;
  }
};

std::vector<int32_t> ids_of_prompt(const Model& model, nb::handle prompt) {
  if (nb::isinstance<nb::str>(prompt))
    return prompt_ids(model.text->tokenizer, nb::cast<std::string>(prompt));
  const std::vector<int32_t> ids = GivenIds(prompt).snapshot();
  require(!ids.empty(), ErrorCode::usage, "prompt: is empty; give at least one token");
  return ids;
}

std::unique_ptr<TextStream> stream(const Model& model, nb::handle prompt, std::optional<int64_t> max_tokens,
                                   std::optional<double> temperature, std::optional<int64_t> top_k,
                                   std::optional<double> top_p, std::optional<double> min_p,
                                   std::optional<double> repetition_penalty, std::optional<uint64_t> seed,
                                   const std::vector<std::string>& stop) {
  GivenSettings given;
  given.give(given.all, "max_tokens", max_tokens);
  given.give(given.sampling, "temperature", temperature);
  given.give(given.sampling, "top_k", top_k);
  given.give(given.sampling, "top_p", top_p);
  given.give(given.sampling, "min_p", min_p);
  given.give(given.sampling, "repetition_penalty", repetition_penalty);
  given.give(given.sampling, "seed", seed);
  return std::make_unique<TextStream>(model.text, given.over(model.text->settings, stop),
                                      ids_of_prompt(model, prompt));
}

template <class... Given>
Generated generate_all(const Model& model, nb::handle prompt, Given... given) {
  const std::unique_ptr<TextStream> text = stream(model, prompt, given...);
  while (text->next()) continue;
  return text->so_far();
}

Matrix logits(const Model& model, nb::handle given) {
  const std::vector<int32_t> ids = GivenIds(given).snapshot();
  Tensor result;
  {
    const Computing computing;
    result = logits_of(model.decoder(), ids);
  }
  return array_of(std::move(result));
}

Vector<double> score(const Model& model, nb::handle given) {
  const std::vector<int32_t> ids = GivenIds(given).snapshot();
  std::vector<double> result;
  {
    const Computing computing;
    result = log_probabilities(model.decoder(), ids);
  }
  return array_of(std::move(result));
}

// Token ids as GivenIds takes them.
constexpr const char* kIds = "collections.abc.Sequence[int] | numpy.typing.NDArray[numpy.integer]";

// A method whose arguments are those of `stream`.
template <class Function>
void def_continuing(nb::class_<Model>& type, const std::string& name, Function function,
                    const std::string& result, const char* doc) {
  const std::string signature = fmt::format(
      "def {}(self, prompt: str | {}, *, max_tokens: int | None = None, temperature: float | None = None, "
      "top_k: int | None = None, top_p: float | None = None, min_p: float | None = None, "
      "repetition_penalty: float | None = None, seed: int | None = None, "
      "stop: collections.abc.Sequence[str] = ()) -> {}",
      name, kIds, result);
  type.def(name.c_str(), function, nb::arg("prompt"), nb::kw_only(), nb::arg("max_tokens") = nb::none(),
           nb::arg("temperature") = nb::none(), nb::arg("top_k") = nb::none(), nb::arg("top_p") = nb::none(),
           nb::arg("min_p") = nb::none(), nb::arg("repetition_penalty") = nb::none(),
           nb::arg("seed") = nb::none(), nb::arg("stop") = std::vector<std::string>(),
           nb::sig(signature.c_str()), doc);
}

// A method of ids that returns an array.
template <class Function>
void def_array(nb::class_<Model>& type, const std::string& name, Function function, const std::string& dtype,
               const char* doc) {
  const std::string signature =
      fmt::format("def {}(self, ids: {}) -> numpy.typing.NDArray[numpy.{}]", name, kIds, dtype);
  type.def(name.c_str(), function, nb::arg("ids"), nb::sig(signature.c_str()), doc);
}

void bind_continuing(nb::class_<Model>& type) {
  using Text = std::vector<std::string>;
  using Real = std::optional<double>;
  using Whole = std::optional<int64_t>;
  def_continuing(
      type, "generate",
      [](const Model& m, nb::handle prompt, Whole max_tokens, Real temperature, Whole top_k, Real top_p,
         Real min_p, Real penalty, std::optional<uint64_t> seed, const Text& stop) {
        return generate_all(m, prompt, max_tokens, temperature, top_k, top_p, min_p, penalty, seed, stop);
      },
      "Generation",
      "Continues a prompt, a text or token ids. What is not given is as the model's folder says (temperature "
      "0.7 and "
      "200 tokens where it says nothing); without a seed one is drawn, and stands in the result.");
  def_continuing(type, "stream", &stream, "TextStream", "The same, as an iterator over the text.");
}

}  // namespace

void bind_model(nb::module_& module) {
  nb::class_<Model> type(
      module, "Model",
      "A model and its tokenizer. May be used from several threads: while one computes, the others "
      "wait, and the interpreter runs on.");
  type.def_static(
      "load", &load, nb::arg("path"), nb::kw_only(), nb::arg("dtype") = "auto",
      "From a model's folder (config.json, model.safetensors, a tokenizer), ours or of a family that "
      "Bantam imports. dtype: what products run in, f32 or bf16; auto: as the weights are stored.");
  bind_continuing(type);
  def_array(type, "logits", &logits, "float32",
            "float32 [T, V]: row t is of the token that follows ids[:t + 1]. The bits are those that "
            "decoding sees. "
            "The array is the memory they were computed in.");
  def_array(type, "score", &score, "float64",
            "float64 [T - 1]: ln p(ids[t + 1] | ids[:t + 1]), without temperature.");
  type.def_prop_ro(
          "tokenizer", [](const Model& m) { return m.text->tokenizer; }, "The one that it was trained with.")
      .def_prop_ro(
          "config",
          [](const Model& m) {
            return nb::module_::import_("json").attr("loads")(to_json(m.decoder().config()).dump());
          },
          nb::for_getter(nb::sig("def config(self) -> dict[str, typing.Any]")),
          "The composition in full, as model.json has it.")
      .def_prop_ro(
          "context", [](const Model& m) { return m.decoder().config().context; },
          "Most tokens of a sequence.")
      .def_prop_ro(
          "vocab_size", [](const Model& m) { return m.decoder().config().vocab; },
          "V: rows of logits; the tokenizer may have fewer tokens.")
      .def_prop_ro(
          "parameters", [](const Model& m) { return m.decoder().parameters(); },
          "How many numbers it learnt.")
      .def_prop_ro(
          "dtype", [](const Model& m) { return name_of(m.decoder().compute()); }, "\"f32\" or \"bf16\".");
}

}  // namespace bantam::python

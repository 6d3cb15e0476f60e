// Tokenizer, as text/tokenizer.h has it.
#include "text/tokenizer.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include "python/arrays.h"
#include "python/bindings.h"

namespace bantam::python {
namespace {

Vector<int32_t> encode(const Tokenizer& tokenizer, const std::string& text, bool special) {
  std::vector<TokenId> ids;
  {
    const nb::gil_scoped_release released;
    ids = tokenizer.encode(text, special ? Special::parse : Special::none);
  }
  return array_of(std::move(ids));
}

std::string decode(const Tokenizer& tokenizer, nb::handle given, bool skip_special) {
  const GivenIds ids(given);
  const nb::gil_scoped_release released;
  return tokenizer.decode(ids.view(), skip_special);
}

}  // namespace

void bind_tokenizer(nb::module_& module) {
  nb::class_<Tokenizer>(module, "Tokenizer", "Text to token ids and back. May be used from several threads.")
      .def_static(
          "load", [](const std::filesystem::path& path) { return Tokenizer::load(path); }, nb::arg("path"),
          "From a tokenizer's file (tokenizer.json, tokenizer.model, spm.model), or from a folder with one.")
      .def("encode", &encode, nb::arg("text"), nb::kw_only(), nb::arg("special") = false,
           nb::sig(
               "def encode(self, text: str, *, special: bool = False) -> numpy.typing.NDArray[numpy.int32]"),
           "The ids of a text, int32 [T]. special: \"<|im_end|>\" in the text becomes the special token; "
           "otherwise "
           "it is spelled out.")
      .def(
          "decode", &decode, nb::arg("ids"), nb::kw_only(), nb::arg("skip_special") = false,
          nb::sig(
              "def decode(self, ids: collections.abc.Sequence[int] | numpy.typing.NDArray[numpy.integer], *, "
              "skip_special: bool = False) -> str"),
          "The text of ids. An int32 array is read where it lies. Ids outside the vocabulary are dropped, "
          "bytes that "
          "are no UTF-8 become U+FFFD.")
      .def("id_of", &Tokenizer::id_of, nb::arg("token"),
           "The id of a token as it is spelled in the tokenizer's file, or None.")
      .def(
          "token_bytes",
          [](const Tokenizer& tokenizer, TokenId id) {
            const std::string_view bytes = tokenizer.token_bytes(id);
            return nb::bytes(bytes.data(), bytes.size());
          },
          nb::arg("id"), "The bytes that a token decodes to; none for an unknown id.")
      .def("is_special", &Tokenizer::is_special, nb::arg("id"), "Whether it is a control token.")
      .def_prop_ro("vocab_size", &Tokenizer::vocab_size, "The largest id + 1.");
}

}  // namespace bantam::python

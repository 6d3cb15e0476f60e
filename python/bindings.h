// What the module consists of; each is defined in the file of its name.
#pragma once
#include <nanobind/nanobind.h>

namespace bantam::python {

void bind_tokenizer(nanobind::module_& module);    // Tokenizer
void bind_text_stream(nanobind::module_& module);  // Generation, TextStream
void bind_model(nanobind::module_& module);        // Model; after the two above, which it returns

}  // namespace bantam::python

// bantam._bantam: the module's errors and threads; the classes are in the files beside this one.
#include <nanobind/nanobind.h>

#include <string_view>

#include "base/error.h"
#include "base/threads.h"
#include "python/bindings.h"
#include "python/computing.h"

namespace bantam::python {
namespace nb = nanobind;
namespace {

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::out_of_memory:
      return "out_of_memory";
    case ErrorCode::io:
      return "io";
    case ErrorCode::cancelled:
      return "cancelled";
  }
  return "?";
}

// Error to bantam.Error(message) with its code.
void translate(const std::exception_ptr& thrown, void* type) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    const nb::handle error_type(static_cast<PyObject*>(type));
    const std::string_view message = error.what();  // may hold a file name of any bytes
    const nb::object text =
        nb::steal(PyUnicode_DecodeUTF8(message.data(), static_cast<Py_ssize_t>(message.size()), "replace"));
    const nb::object raised = error_type(text);
    raised.attr("code") = name_of(error.code());
    PyErr_SetObject(error_type.ptr(), raised.ptr());
  }
}

nb::object error_type(nb::handle module) {
  PyObject* type = PyErr_NewExceptionWithDoc(
      "bantam.Error",
      "What ended an operation: where, what is, what is wanted. code: usage, invalid, not_found, corrupt, "
      "unsupported, out_of_memory, io or cancelled.",
      nullptr, nullptr);
  if (type == nullptr) nb::raise_python_error();
  module.attr("Error") = nb::steal(type);
  return module.attr("Error");
}

}  // namespace

std::mutex& Computing::turns() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace bantam::python

NB_MODULE(_bantam, module) {
  namespace nb = nanobind;
  using namespace bantam;
  using namespace bantam::python;
  module.doc() = "Bantam's engine; import bantam instead.";
  module.attr("__version__") = BANTAM_VERSION;
  nb::register_exception_translator(translate, error_type(module).release().ptr());

  module.def(
      "threads",
      [] {
        const Computing computing;
        return thread_count();
      },
      "How many threads compute.");
  module.def(
      "set_threads",
      [](int count) {
        require(count >= 1 && count <= 1024, ErrorCode::usage, "set_threads: is {}, wanted 1 to 1024", count);
        const Computing computing;
        set_thread_count(count);
      },
      nb::arg("count"),
      "Sets how many threads compute (default: BANTAM_THREADS, else all processors of this process). No "
      "result "
      "depends on it.");
  bind_tokenizer(module);
  bind_text_stream(module);
  bind_model(module);
}

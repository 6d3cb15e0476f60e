#include "infer/probe_files.h"

#include "base/error.h"
#include "formats/safetensors.h"
#include "formats/safetensors_writer.h"
#include "formats/stored_values.h"

namespace bantam {
namespace {

std::optional<IdRows> read_rows(const SafetensorsFile& file, const char* name) {
  const StoredTensor* tensor = file.find(name);
  if (tensor == nullptr) return {};
  require(tensor->shape.size() == 2 && tensor->elements() > 0, ErrorCode::invalid,
          "{}: {} is {}, wanted [rows, tokens], at least one of each", file.path().string(), name,
          describe(*tensor));
  return IdRows{tensor->shape[0], tensor->shape[1], stored_integers(file, *tensor)};
}

}  // namespace

ProbeInput read_probe_input(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  ProbeInput input{read_rows(file, "input_ids"), read_rows(file, "labels"), read_rows(file, "greedy_prompt"),
                   read_rows(file, "decision")};
  if (!input.ids) input.ids = read_rows(file, "ids");
  require(input.ids || input.greedy_prompt, ErrorCode::not_found, "{}: has no tensor input_ids",
          path.string());
  const auto check_shape = [&](const std::optional<IdRows>& rows, const char* name) {
    if (!input.ids || !rows) return;
    require(rows->rows == input.ids->rows && rows->length == input.ids->length, ErrorCode::invalid,
            "{}: {} are [{}, {}], input_ids [{}, {}]", path.string(), name, rows->rows, rows->length,
            input.ids->rows, input.ids->length);
  };
  check_shape(input.labels, "labels");
  check_shape(input.decisions, "decision");
  return input;
}

void write_arrays(const std::filesystem::path& path, const std::vector<NamedArray>& arrays) {
  std::vector<TensorDeclaration> declarations;
  for (const NamedArray& array : arrays)
    declarations.push_back(
        {array.name, array.integers.empty() ? StoredDtype::f32 : StoredDtype::i64, array.shape});
  SafetensorsWriter writer(path, declarations);
  const std::vector<StoredTensor> order = writer.tensors();
  for (const StoredTensor& tensor : order)
    for (const NamedArray& array : arrays)
      if (array.name == tensor.name)
        writer.append(tensor.name, array.integers.empty() ? std::as_bytes(std::span(array.floats))
                                                          : std::as_bytes(std::span(array.integers)));
  writer.commit();
}

}  // namespace bantam

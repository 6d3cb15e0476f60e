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

std::optional<ImageRows> read_images(const SafetensorsFile& file) {
  const StoredTensor* tensor = file.find("images");
  if (tensor == nullptr) return {};
  const auto& shape = tensor->shape;
  require(tensor->dtype == StoredDtype::u8 && shape.size() == 4 && shape[1] == shape[2] && shape[3] == 3,
          ErrorCode::invalid, "{}: images is {}, wanted U8 [rows, size, size, 3]", file.path().string(),
          describe(*tensor));
  const std::span<const std::byte> bytes = file.bytes(*tensor);
  const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
  return ImageRows{shape[0], shape[1], {first, first + bytes.size()}};
}

}  // namespace

ProbeInput read_probe_input(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  ProbeInput input{read_rows(file, "input_ids"), read_rows(file, "labels"), read_rows(file, "greedy_prompt"),
                   read_rows(file, "decision"), read_images(file)};
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
  for (const auto& rows : {input.ids, input.greedy_prompt}) {
    if (!input.images || !rows) continue;
    require(rows->rows == input.images->rows, ErrorCode::invalid, "{}: has {} images for {} rows",
            path.string(), input.images->rows, rows->rows);
  }
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

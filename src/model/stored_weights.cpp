#include "model/stored_weights.h"
#include "formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/threads.h"
#include "formats/half.h"
#include "formats/model_state.h"
#include "formats/safetensors_writer.h"
#include "ops/ternary_linear.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr size_t kPiece = 1 << 20;

template <class T>
T read_as(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

// Element `i` of packed data; files promise no alignment.
template <class T>
T element(const std::byte* data, StoredDtype dtype, size_t i) {
  switch (dtype) {
    case StoredDtype::f32:
      return static_cast<T>(read_as<float>(data + 4 * i));
    case StoredDtype::bf16:
      return static_cast<T>(static_cast<float>(read_as<bf16>(data + 2 * i)));
    case StoredDtype::f16:
      return static_cast<T>(half_to_float(read_as<uint16_t>(data + 2 * i)));
    case StoredDtype::f64:
      return static_cast<T>(read_as<double>(data + 8 * i));
    default:
      return 0;
  }
}

bool is_float(StoredDtype dtype) {
  return dtype == StoredDtype::f32 || dtype == StoredDtype::bf16 || dtype == StoredDtype::f16 ||
         dtype == StoredDtype::f64;
}

// Whether a stored tensor is a ternary weight in blocks (formats/ternary_blocks.h); [rows, columns] is `wanted`.
bool holds_blocks(const StoredTensor& stored, const std::vector<NamedPart>& parts,
                  const std::vector<uint64_t>& wanted) {
  return stored.dtype == StoredDtype::u8 && parts.size() == 1 && parts.front().weight->ternary &&
         stored.shape == std::vector<uint64_t>{wanted[0], ternary_row_bytes(wanted[1])};
}

void check_entry(const TensorFiles::Entry& entry, const std::string& name,
                 const std::vector<uint64_t>& wanted, const Family& family, const std::string& where) {
  const StoredTensor& stored = entry.tensor;
  const std::string called = stored.name == name ? name : fmt::format("{} (read as {})", stored.name, name);
  require(fits(family, name, stored.shape, wanted), ErrorCode::invalid,
          "{}: {} is {}, config.json wants [{}]", where, called, describe(stored), fmt::join(wanted, ", "));
  require(is_float(stored.dtype), ErrorCode::unsupported, "{}: {} is {}, wanted F32, BF16, F16 or F64", where,
          called, describe(stored));
}

// A ternary weight as files hold it packed. It is held whole: its unit is known when all of it was seen.
std::vector<std::byte> blocks_of(const NamedPart& part, const PartValues& values) {
  const size_t rows = part.part->shape[0], columns = part.part->shape[1];
  const size_t row_bytes = ternary_row_bytes(columns);
  std::vector<float> all(part.part->count);
  values(part, 0, all.size(), all.data());
  const float unit = ternary_unit(all.data(), all.size());
  std::vector<std::byte> bytes(rows * row_bytes);
  parallel_blocks(rows, 64, [&](size_t begin, size_t end) {
    std::vector<int8_t> signs(columns);
    for (size_t row = begin; row < end; ++row) {
      for (size_t i = 0; i < columns; ++i)
        signs[i] = static_cast<int8_t>(ternary_sign(all[row * columns + i], unit));
      write_ternary_row(signs, unit, std::span(bytes).subspan(row * row_bytes, row_bytes));
    }
  });
  return bytes;
}

// Counts bytes over both rounds of write_weights and asks after each piece whether to go on.
class Meter {
 public:
  Meter(const ByteProgress& progress, uint64_t total, const fs::path& path)
      : progress_(progress), total_(total), path_(path) {}
  void add(uint64_t bytes) {
    done_ += bytes;
    require(!progress_ || progress_(done_, total_), ErrorCode::cancelled, "{}: interrupted, nothing is kept",
            path_.string());
  }

 private:
  const ByteProgress& progress_;
  uint64_t done_ = 0, total_;
  const fs::path& path_;
};

}  // namespace

NamedParts parts_by_name(const Decoder& model) {
  NamedParts parts;
  for (const auto& weight : model.weights())
    for (const WeightPart& part : weight->parts)
      BANTAM_ASSERT(parts.emplace(part.name, NamedPart{weight.get(), &part}).second);
  return parts;
}

StoredLayout stored_layout(const NamedParts& parts, const Family& family) {
  StoredLayout layout;
  for (const auto& [name, part] : parts) layout[family.theirs(name)].push_back(part);
  for (auto& [name, together] : layout)
    std::stable_sort(together.begin(), together.end(), [&](const NamedPart& a, const NamedPart& b) {
      return family.place(a.part->name) < family.place(b.part->name);
    });
  return layout;
}

StoredLayout stored_layout(const NamedParts& parts) { return stored_layout(parts, Family{"bantam", {}, {}}); }

std::vector<uint64_t> stored_shape(const std::vector<NamedPart>& parts) {
  std::vector<uint64_t> shape(parts.front().part->shape.begin(), parts.front().part->shape.end());
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::vector<size_t>& more = parts[i].part->shape;
    BANTAM_ASSERT(more.size() == shape.size() && std::equal(more.begin() + 1, more.end(), shape.begin() + 1));
    shape[0] += more[0];
  }
  return shape;
}

StoredWeights::StoredWeights(const fs::path& folder, const Decoder& model, const Family& family,
                             const Renaming& renaming)
    : files_(folder), where_(folder.string()) {
  const StoredLayout layout = stored_layout(parts_by_name(model), family);
  WantedTensors wanted;
  for (const auto& [theirs, parts] : layout) wanted.emplace(theirs, stored_shape(parts));
  names_ = find_tensors(files_, wanted, family, renaming, where_);
  for (const auto& [theirs, entry] : names_.found) {
    const auto parts = layout.find(theirs);
    if (parts == layout.end()) {
      derived_.push_back(entry->tensor.name);
      continue;
    }
    Place place{entry, 0, {}};
    if (const std::vector<uint64_t>& shape = wanted.at(theirs);
        holds_blocks(entry->tensor, parts->second, shape))
      place.blocks.emplace(files_.bytes(*entry), shape[0], shape[1],
                           fmt::format("{}: {}", where_, entry->tensor.name));
    else
      check_entry(*entry, theirs, shape, family, where_);
    for (const NamedPart& part : parts->second) {
      places_[part.part->name] = place;
      place.offset += part.part->count;
    }
  }
  if (family.check_derived != nullptr) family.check_derived(*this, model.config());
}

StoredDtype StoredWeights::natural_dtype() const {
  for (const auto& [name, place] : places_)
    if (!place.blocks && place.entry->tensor.dtype != StoredDtype::bf16) return StoredDtype::f32;
  return StoredDtype::bf16;
}

template <class T>
void StoredWeights::read(const WeightPart& part, size_t begin, size_t count, T* out) const {
  const Place& place = places_.at(part.name);
  const TensorFiles::Entry& entry = *place.entry;
  if (place.blocks) {
    // What is rounded again must come to the same: the mean of the magnitudes is the unit.
    const uint64_t others = std::max<uint64_t>(1, place.blocks->other_than_zero());
    const double value =
        double{place.blocks->unit()} * static_cast<double>(part.count) / static_cast<double>(others);
    const size_t columns = part.shape[1];
    parallel_blocks(count, 65536, [&](size_t from, size_t to) {
      for (size_t i = begin + from; i < begin + to; ++i)
        out[i - begin] = static_cast<T>(place.blocks->sign(i / columns, i % columns) * value);
    });
    return;
  }
  begin += place.offset;
  const std::byte* data = files_.bytes(entry).data();
  parallel_blocks(count, 65536, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) out[i] = element<T>(data, entry.tensor.dtype, begin + i);
  });
  const size_t size = static_cast<size_t>(info(entry.tensor.dtype).bits) / 8;
  forget_pages(files_.bytes(entry).subspan(begin * size, count * size));
}
template void StoredWeights::read(const WeightPart&, size_t, size_t, float*) const;
template void StoredWeights::read(const WeightPart&, size_t, size_t, double*) const;

PartValues values_of(const StoredWeights& stored) {
  return [&stored](const NamedPart& part, size_t begin, size_t count, float* out) {
    stored.read(*part.part, begin, count, out);
  };
}

std::string write_weights(const fs::path& path, const StoredLayout& layout, StoredDtype dtype,
                          const PartValues& values, const ByteProgress& progress, bool ternary_blocks) {
  std::vector<TensorDeclaration> declarations;
  for (const auto& [name, parts] : layout) {
    declarations.push_back({name, dtype, stored_shape(parts)});
    if (!ternary_blocks || !parts.front().weight->ternary) continue;
    BANTAM_ASSERT(parts.size() == 1);
    declarations.back().dtype = StoredDtype::u8;
    declarations.back().shape[1] = ternary_row_bytes(declarations.back().shape[1]);
  }
  SafetensorsWriter writer(path, declarations);
  const uint64_t available = free_bytes(path.parent_path());
  require(writer.file_bytes() <= available, ErrorCode::out_of_memory,
          "{}: needs {} bytes of disk, {} are free there; make room or choose another place", path.string(),
          writer.file_bytes(), available);
  Meter meter(progress, 2 * writer.file_bytes(), path);
  std::vector<float> piece;
  std::vector<bf16> rounded;
  const auto write_part = [&](const std::string& tensor, const NamedPart& part) {
    for (size_t begin = 0; begin < part.part->count; begin += kPiece) {
      const size_t count = std::min(kPiece, part.part->count - begin);
      piece.resize(count);
      values(part, begin, count, piece.data());
      std::span<const std::byte> bytes = std::as_bytes(std::span(piece));
      if (dtype == StoredDtype::bf16) {
        rounded.resize(count);
        parallel_blocks(count, 65536, [&](size_t from, size_t to) {
          for (size_t i = from; i < to; ++i) rounded[i] = bf16(piece[i]);
        });
        bytes = std::as_bytes(std::span(rounded));
      }
      writer.append(tensor, bytes);
      meter.add(bytes.size());
    }
  };
  for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors()))
    for (const NamedPart& part : layout.at(tensor.name))
      if (tensor.dtype == StoredDtype::u8) {
        const std::vector<std::byte> bytes = blocks_of(part, values);
        writer.append(tensor.name, bytes);
        meter.add(bytes.size());
      } else {
        write_part(tensor.name, part);
      }
  writer.commit();
  return model_state_sha256(SafetensorsFile(path), [&](uint64_t bytes) { meter.add(bytes); });
}

std::string torch_name(StoredDtype dtype) { return dtype == StoredDtype::bf16 ? "bfloat16" : "float32"; }

}  // namespace bantam

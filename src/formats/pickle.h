// The part of Python's pickle format that checkpoints of tensors need, read without running anything.
// Law: symbols are names and are never resolved. A file that calls for any but those of tensors and of plain containers is
// refused, by that name; so is an opcode that such files do not use. Memory is bounded by the pickle's own size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/stored_dtype.h"

namespace bantam {

// `Storage` of PyTorch: elements under a key, whose bytes lie beside the pickle.
struct PickledStorage {
  std::string key;
  StoredDtype dtype = StoredDtype::f32;
  uint64_t elements = 0;
};

// A view into a storage, in elements. Checked: it lies inside.
struct PickledTensor {
  PickledStorage storage;
  uint64_t offset = 0;
  std::vector<uint64_t> shape, strides;
};

using PickleIndex = uint32_t;  // of a value in its Pickle

struct PickleValue {
  // list: tuples and sets too. opaque: what no tensor needs, such as a device; unread integers of over 64 bits.
  enum class Kind : uint8_t {
    none,
    boolean,
    integer,
    number,
    text,
    list,
    dict,
    symbol,
    storage,
    tensor,
    opaque
  };
  Kind kind = Kind::none;
  int64_t integer = 0;  // boolean, integer; of a storage or tensor its place in the Pickle's list
  double number = 0;
  std::string text = {};                // text; a symbol's "module name"
  std::vector<PickleIndex> items = {};  // of a list; of a dict keys and values in turns
};

struct Pickle {
  std::vector<PickleValue> values;
  std::vector<PickledStorage> storages;
  std::vector<PickledTensor> tensors;
  PickleIndex root = 0;
  size_t bytes = 0;  // that it took of the input

  const PickleValue& at(PickleIndex index) const { return values[index]; }
  // The value under a text key of a dict; null when there is none.
  const PickleValue* find(const PickleValue& dict, std::string_view key) const;
};

// Reads one pickle from the start of `data`. Protocols 2 to 5. `where` opens messages. corrupt, unsupported.
Pickle parse_pickle(std::span<const std::byte> data, std::string_view where);

// "torch FloatStorage" and its like, or null; and the name of an element type's storage.
const StoredDtype* dtype_of_storage(std::string_view symbol);
std::string_view storage_of_dtype(StoredDtype dtype);

// Writes a dict of contiguous tensors, each in a storage of its own, by key "0", "1", … in their order; protocol 2, as
// torch.save does. Loads with torch.load(weights_only=True).
struct TensorToPickle {
  std::string name;
  StoredDtype dtype;
  std::vector<uint64_t> shape;
};
std::string write_tensor_pickle(std::span<const TensorToPickle> tensors);

}  // namespace bantam

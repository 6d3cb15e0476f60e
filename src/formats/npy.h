// NumPy's .npy arrays: mapped reading and streamed writing. What is written opens with
// numpy.load(mmap_mode="r"). Read: versions 1, 2 and 3, little-endian, C order, the plain element types.
// Python objects, structured types and other byte orders are refused by name. The file must hold exactly its
// array.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "formats/stored_dtype.h"

namespace bantam {

struct NpyHeader {
  StoredDtype dtype = StoredDtype::f32;
  std::vector<uint64_t> shape;  // empty: one element
  uint64_t data_begin = 0;
  uint64_t elements = 1;
};

// Checks the header against the file's size. corrupt, or unsupported for what NumPy reads and we do not.
NpyHeader parse_npy(std::span<const std::byte> file, std::string_view where);

class NpyFile {
 public:
  explicit NpyFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return file_.path(); }
  StoredDtype dtype() const { return header_.dtype; }
  const std::vector<uint64_t>& shape() const { return header_.shape; }
  uint64_t elements() const { return header_.elements; }
  std::span<const std::byte> bytes() const { return file_.bytes().subspan(header_.data_begin); }

  // All elements in C order. invalid: the array holds another type.
  template <class T>
  std::span<const T> values() const {
    require_dtype(stored_dtype_of<T>());
    return {reinterpret_cast<const T*>(bytes().data()), static_cast<size_t>(header_.elements)};
  }

 private:
  void require_dtype(StoredDtype wanted) const;

  MappedFile file_;
  NpyHeader header_;
};

// Appends rows to an array of shape [n] or [n, row_shape…]; n is known at commit(). Nothing appears before
// it.
class NpyWriter {
 public:
  NpyWriter(std::filesystem::path path, StoredDtype dtype, std::vector<uint64_t> row_shape = {});

  void append(std::span<const std::byte> bytes);
  template <class T>
  void append(std::span<const T> values) {
    require_dtype(stored_dtype_of<T>());
    append(std::as_bytes(values));
  }
  uint64_t rows() const { return data_bytes_ / row_bytes_; }
  void commit();

 private:
  void require_dtype(StoredDtype written) const;
  void flush();
  std::string header() const;

  AtomicFile file_;
  StoredDtype dtype_;
  std::vector<uint64_t> row_shape_;
  uint64_t row_bytes_ = 0, data_bytes_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace bantam

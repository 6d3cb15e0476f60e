// What reads files from outside, each as one function of arbitrary bytes. A target may refuse its input with
// Error and may do nothing else unusual: any other exception, a failed assertion, a sanitizer's report or a
// hang is a bug. The fuzzers (tools/fuzz.sh) and targets_test.cpp, which damages the seeds in fixed ways, run
// the same functions.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/json.h"
#include "base/yaml.h"
#include "data/manifest.h"
#include "data/rows.h"
#include "data/source_reader.h"
#include "data/toy.h"
#include "formats/compressed.h"
#include "formats/image.h"
#include "formats/npy.h"
#include "formats/safetensors.h"
#include "formats/ternary_blocks.h"
#include "formats/torch_file.h"
#include "model/config.h"
#include "model/families.h"
#include "text/tokenizer.h"
#include "train/recipe.h"

namespace bantam::fuzz {

using Bytes = std::span<const std::byte>;

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes under a path, without a disk.
class MemoryFile {
 public:
  explicit MemoryFile(Bytes bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    const bool written = write_whole(descriptor_, text_of(bytes));
    BANTAM_ASSERT(written);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// Reads both ends for real, so that a sanitizer sees where they lie.
inline void touch(Bytes bytes) {
  if (bytes.empty()) return;
  [[maybe_unused]] const volatile auto read = bytes.front() ^ bytes.back();
}

inline void safetensors(Bytes bytes) {
  const SafetensorsHeader header = parse_safetensors(bytes, "input");
  for (const StoredTensor& tensor : header.tensors)
    touch(bytes.subspan(header.data_begin + tensor.begin, tensor.bytes()));
}

inline void torch(Bytes bytes) {
  for (const TorchView& view : parse_torch_file(bytes, "input")) touch(view.storage);
}

// The first byte says how many columns: blocks of 32 or, above 128, of 256.
inline void ternary(Bytes bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<size_t>(bytes[0]);
  const size_t columns = choice > 128 ? (choice - 128) * 256 : choice + 1;
  const size_t rows = (bytes.size() - 1) / ternary_row_bytes(columns);
  const TernaryBlocks blocks(bytes.subspan(1, rows * ternary_row_bytes(columns)), rows, columns, "input");
  uint64_t other_than_zero = 0;
  for (size_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < columns; ++column) other_than_zero += blocks.sign(row, column) != 0;
  BANTAM_ASSERT(other_than_zero == blocks.other_than_zero());
}

inline void npy(Bytes bytes) {
  const NpyHeader header = parse_npy(bytes, "input");
  touch(bytes.subspan(header.data_begin));
  BANTAM_ASSERT(header.elements * static_cast<uint64_t>(info(header.dtype).bits / 8) ==
                bytes.size() - header.data_begin);
}

inline void compressed(Bytes bytes) {
  constexpr uint64_t kMostBytes = 32 << 20;  // a bomb would only cost the fuzzer time
  const MemoryFile file(bytes);
  CompressedReader reader(file.path());
  LineReader lines(reader, 100);
  LineReader::Line line;
  uint64_t next = 0;
  while (lines.next(line) && line.offset < kMostBytes) {
    BANTAM_ASSERT(line.offset == next || line.offset > next);
    BANTAM_ASSERT(line.text.size() <= 100);
    next = line.offset + line.text.size();
  }
}

inline void row(Bytes bytes) {
  RowFormat format = toy::format();
  format.context = 64;
  format.prompts_as_chat = !bytes.empty() && bytes.back() == std::byte{' '};
  const EncodedRow row = encode_json_row(text_of(bytes), format, "input");
  BANTAM_ASSERT(row.mask.empty() || row.mask.size() == row.tokens.size());
  BANTAM_ASSERT(row.mask.empty() || row.tokens.size() <= 65);
}

// The first byte chooses how the rest is cut into documents.
inline void text(Bytes bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<uint8_t>(bytes[0]);
  const SourceReader::Options options{.documents = static_cast<DocumentRule>(choice & 3),
                                      .separator = "<|e|>",
                                      .part_bytes = size_t{8} + (choice >> 2),
                                      .longest_line = size_t{4} + (choice >> 1)};
  const MemoryFile file(bytes.subspan(1));
  SourceReader reader(file.path(), options);
  TextUnit unit;
  bool inside = false;
  while (reader.next(unit)) {
    BANTAM_ASSERT(unit.begins != inside || unit.line_too_long);
    if (!unit.line_too_long) inside = !unit.ends;
  }
}

inline void pack(Bytes bytes) { manifest_text(parse_manifest(text_of(bytes), "input")); }

inline void code(const Tokenizer& tokenizer) {
  for (const Special special : {Special::none, Special::parse}) {
    const std::vector<TokenId> ids =
        tokenizer.encode("Hello, wörld!\n\n  <|endoftext|> 123 \xf0\x9f\x90\x93", special);
    for (const TokenId id : ids) BANTAM_ASSERT(static_cast<size_t>(id) < tokenizer.vocab_size());
    tokenizer.decode(ids);
  }
  std::vector<TokenId> between;
  tokenizer.encode_between(" <|im_start|>\u2581 a  b \uFDD0\uFDD1", between);
  for (const TokenId id : between) BANTAM_ASSERT(static_cast<size_t>(id) < tokenizer.vocab_size());
}

inline void tokenizer(Bytes bytes) { code(Tokenizer::parse(text_of(bytes), "input")); }

inline void sentencepiece(Bytes bytes) { code(Tokenizer::parse(text_of(bytes), "input.model")); }

inline void image(Bytes bytes) {
  const Image image = decode_image(bytes, "input");
  BANTAM_ASSERT(image.pixels.size() == image.width * image.height * 3);
  const std::vector<uint8_t> square = letterboxed(image, 5);
  touch(std::as_bytes(std::span(square)));
}

inline void json(Bytes bytes) { dump_json(parse_json(text_of(bytes), "input")); }

// A model.json: what is accepted is written in full and read back the same.
inline void model(Bytes bytes) {
  const Json written = to_json(parse_model(parse_json(text_of(bytes), "input"), "input"));
  BANTAM_ASSERT(to_json(parse_model(written, "written")) == written);
}

// The config.json of anybody's model folder.
inline void config(Bytes bytes) {
  to_json(read_family(parse_json(text_of(bytes), "input"), "input", bytes.size() % 2 == 0).config);
}

inline void recipe(Bytes bytes) {
  const MemoryFile file(bytes);
  to_yaml(resolve_recipe({.file = file.path()}));
}

inline void yaml(Bytes bytes) { dump_json(parse_yaml(text_of(bytes), "input")); }

struct Target {
  const char* name;
  void (*run)(Bytes);
};
inline constexpr Target kTargets[] = {{"safetensors", safetensors},
                                      {"torch", torch},
                                      {"ternary", ternary},
                                      {"npy", npy},
                                      {"compressed", compressed},
                                      {"row", row},
                                      {"text", text},
                                      {"pack", pack},
                                      {"tokenizer", tokenizer},
                                      {"sentencepiece", sentencepiece},
                                      {"image", image},
                                      {"json", json},
                                      {"yaml", yaml},
                                      {"model", model},
                                      {"config", config},
                                      {"recipe", recipe}};

inline void run(const Target& target, Bytes bytes) {
  try {
    target.run(bytes);
  } catch (const Error&) {
  }
}

}  // namespace bantam::fuzz

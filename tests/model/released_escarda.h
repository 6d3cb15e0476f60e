// A folder as Escarda's project lays its models out, made of a golden case: the embedding a second time, tables of angles,
// and whatever names and tensors a test wants.
#pragma once
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "formats/safetensors.h"
#include "formats/safetensors_writer.h"
#include "infer/golden_files.h"
#include "model/name_pattern.h"

namespace bantam {

struct ReleasedTensor {
  StoredDtype dtype = StoredDtype::f32;
  std::vector<uint64_t> shape;
  std::string bytes;
};

class ReleasedEscarda {
 public:
  explicit ReleasedEscarda(const std::string& golden) : golden_(golden) {
    config = read_json(golden_ / "config.json");
    const SafetensorsFile file(golden_ / "model.safetensors");
    for (const StoredTensor& tensor : file.tensors()) {
      const auto bytes = file.bytes(tensor);
      tensors[tensor.name] = {
          tensor.dtype, tensor.shape, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
    }
    const uint64_t angles[] = {config["max_position_embeddings"], config["qk_rope_head_dim"]};
    for (int layer = 0; layer < config["num_hidden_layers"]; ++layer)
      add("model.layers." + std::to_string(layer) + ".attn.rope.table", {angles[0], angles[1]});
    if (config["tie_word_embeddings"] == true)
      tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"];
  }

  // Zeros.
  void add(const std::string& name, std::vector<uint64_t> shape) {
    uint64_t count = 1;
    for (const uint64_t n : shape) count *= n;
    tensors[name] = {StoredDtype::f32, std::move(shape), std::string(4 * count, '\0')};
  }
  // Both patterns, with as many holes.
  void rename(const std::string& from, const std::string& to) {
    std::map<std::string, ReleasedTensor> renamed;
    for (auto& [name, tensor] : tensors) {
      const auto holes = match_name(from, name);
      renamed[holes ? fill_name(to, *holes) : name] = std::move(tensor);
    }
    tensors = std::move(renamed);
  }
  void set_integer(const std::string& name, size_t index, int64_t value) {
    std::memcpy(tensors.at(name).bytes.data() + 8 * index, &value, sizeof value);
  }

  // Writes what there is now.
  const std::filesystem::path& write() const {
    std::vector<TensorDeclaration> declared;
    for (const auto& [name, tensor] : tensors) declared.push_back({name, tensor.dtype, tensor.shape});
    SafetensorsWriter writer(folder_ / "model.safetensors", declared);
    for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors()))
      writer.append(tensor.name, std::as_bytes(std::span(tensors.at(tensor.name).bytes)));
    writer.commit();
    folder_.write("config.json", config.dump());
    return folder_.path();
  }
  std::filesystem::path write(const std::string& name, const Json& content) const {
    return folder_.write(name, content.dump());
  }
  const GoldenFolder& golden() const { return golden_; }

  Json config;
  std::map<std::string, ReleasedTensor> tensors;

 private:
  GoldenFolder golden_;
  TemporaryFolder folder_;
};

}  // namespace bantam

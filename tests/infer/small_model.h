// A small random model with a tokenizer that knows ChatML, as a folder.
#pragma once
#include <nlohmann/json.hpp>

#include "formats/hugging_face.h"
#include "infer/golden_files.h"
#include "model/folder.h"

namespace bantam {

inline Tokenizer chat_tokenizer() {
  return Tokenizer::parse(unpacked(golden_folder() / "tok/gpt2_512.tokenizer.json.xz"), "gpt2_512");
}

// A dense decoder of the given context; `looped`: RWKV-7 in a loop that halts.
inline ModelConfig small_config(size_t vocab, int64_t context = 256, bool looped = false) {
  Json json = {{"width", 48}, {"vocab", vocab}, {"context", context}};
  Json mixer = {{"kind", "attention"}, {"heads", 4}, {"kv_heads", 2}};
  if (looped) {
    mixer = {{"kind", "rwkv7"}, {"heads", 4}};
    json["loop"] = {{"steps", 2}, {"halt", {{"threshold", 0.119}}}};
    json["join"] = {{"kind", "sum_norm"}};
  } else {
    json["heads"] = {{"mtp", {{"k", 3}}}, {"decision", {{"enabled", false}}}};
  }
  json["layers"] =
      Json::array({{{"mixer", mixer}, {"feed", {{"kind", "swiglu"}, {"width", 64}}}, {"repeat", 2}}});
  return parse_model(json, "small_config");
}

class SmallModelFolder {
 public:
  explicit SmallModelFolder(int64_t context = 256, bool looped = false,
                            StoredDtype dtype = StoredDtype::f32) {
    const Tokenizer tokenizer = chat_tokenizer();
    Decoder model(small_config(tokenizer.vocab_size(), context, looped), Device::cpu, Dtype::f32);
    model.initialise(7);
    write_model(folder_.path(), model, dtype, {"random", 7, ""}, tokenizer.sha256());
    write_text_files(folder_.path(), tokenizer, static_cast<uint64_t>(context));
  }
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    return folder_.write(name, content);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace bantam

#include "model/family/llama2c.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kHeaderBytes = 28;
constexpr uint32_t kLaterMagic = 0x616b3432;  // "ak42"

struct Header {
  int32_t width, hidden, layers, heads, kv_heads, vocab, context;
  bool tied = true;
};

std::optional<Header> read_header(std::span<const std::byte> file) {
  if (file.size() < kHeaderBytes) return {};
  int32_t sizes[7];
  static_assert(sizeof sizes == kHeaderBytes);
  std::memcpy(sizes, file.data(), kHeaderBytes);
  Header h{sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[5] > 0};
  if (h.vocab < 0 && h.vocab > -(1 << 24)) h.vocab = -h.vocab;
  const auto within = [](int32_t value, int32_t most) { return value > 0 && value <= most; };
  if (!within(h.width, 1 << 16) || !within(h.hidden, 1 << 20) || !within(h.layers, 1024) ||
      !within(h.heads, 1024) || !within(h.kv_heads, 1024) || !within(h.vocab, 1 << 24) ||
      !within(h.context, 1 << 24))
    return {};
  const bool divide = h.width % h.heads == 0 && h.heads % h.kv_heads == 0 && h.width / h.heads % 2 == 0;
  return divide ? std::optional(h) : std::nullopt;
}

// Where the weights of a kind begin, in the order of the file.
struct Layout {
  uint64_t embedding, mixer_norm, q, k, v, o, feed_norm, gate, down, up, norm, head, end;

  explicit Layout(const Header& h) {
    const auto width = static_cast<uint64_t>(h.width), hidden = static_cast<uint64_t>(h.hidden),
               layers = static_cast<uint64_t>(h.layers), vocab = static_cast<uint64_t>(h.vocab),
               head_width = width / static_cast<uint64_t>(h.heads),
               keys = head_width * static_cast<uint64_t>(h.kv_heads);
    embedding = kHeaderBytes / sizeof(float);
    mixer_norm = embedding + vocab * width;
    q = mixer_norm + layers * width;
    k = q + layers * width * width;
    v = k + layers * keys * width;
    o = v + layers * keys * width;
    feed_norm = o + layers * width * width;
    gate = feed_norm + layers * width;
    down = gate + layers * hidden * width;
    up = down + layers * width * hidden;
    norm = up + layers * hidden * width;
    head = norm + width + static_cast<uint64_t>(h.context) * head_width;  // past a table of angles
    end = head + (h.tied ? 0 : vocab * width);
  }
};

ModelConfig config_of(const Header& h, const std::string& where) {
  const Json layer = {
      {"mixer",
       {{"kind", "attention"}, {"heads", h.heads}, {"kv_heads", h.kv_heads}, {"rope_base", 10000.0}}},
      {"feed", {{"kind", "swiglu"}, {"width", h.hidden}}},
      {"repeat", h.layers}};
  return parse_model({{"width", h.width},
                      {"vocab", h.vocab},
                      {"context", h.context},
                      {"norm_eps", 1e-5},
                      {"embed", {{"tied", h.tied}}},
                      {"layers", Json::array({layer})}},
                     where);
}

}  // namespace

bool Llama2c::recognises(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto header = read_header(file.bytes());
  return header && Layout(*header).end * sizeof(float) == file.bytes().size();
}

Llama2c::Llama2c(const std::filesystem::path& path) : file_(path) {
  const std::span<const std::byte> bytes = file_.bytes();
  uint32_t magic = 0;
  if (bytes.size() >= sizeof magic) std::memcpy(&magic, bytes.data(), sizeof magic);
  require(magic != kLaterMagic, ErrorCode::unsupported,
          "{}: is a llama2.c checkpoint of version 1 or 2; wanted version 0, as its export.py writes with "
          "--version 0",
          path.string());
  const auto header = read_header(bytes);
  require(header.has_value(), ErrorCode::corrupt,
          "{}: does not begin with the sizes of a llama2.c checkpoint", path.string());
  const Layout at(*header);
  require(at.end * sizeof(float) == bytes.size(), ErrorCode::corrupt,
          "{}: has {} bytes, the sizes at its start want {}", path.string(), bytes.size(),
          at.end * sizeof(float));
  config_ = config_of(*header, path.string());
  const size_t width = static_cast<size_t>(header->width), hidden = static_cast<size_t>(header->hidden),
               head = width / static_cast<size_t>(header->heads),
               keys = head * static_cast<size_t>(header->kv_heads);
  places_["model.embed_tokens.weight"] = {at.embedding};
  for (size_t i = 0; i < static_cast<size_t>(header->layers); ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    places_[layer + "input_layernorm.weight"] = {at.mixer_norm + i * width};
    places_[layer + "self_attn.q_proj.weight"] = {at.q + i * width * width, head};
    places_[layer + "self_attn.k_proj.weight"] = {at.k + i * keys * width, head};
    places_[layer + "self_attn.v_proj.weight"] = {at.v + i * keys * width};
    places_[layer + "self_attn.o_proj.weight"] = {at.o + i * width * width};
    places_[layer + "post_attention_layernorm.weight"] = {at.feed_norm + i * width};
    places_[layer + "mlp.gate_proj.weight"] = {at.gate + i * hidden * width};
    places_[layer + "mlp.down_proj.weight"] = {at.down + i * width * hidden};
    places_[layer + "mlp.up_proj.weight"] = {at.up + i * hidden * width};
  }
  places_["model.norm.weight"] = {at.norm};
  if (!header->tied) places_["lm_head.weight"] = {at.head};
}

PartValues Llama2c::values() const {
  return [this](const NamedPart& part, size_t begin, size_t count, float* out) {
    const Place& place = places_.at(part.part->name);
    const std::byte* data = file_.bytes().data();
    const size_t columns = part.part->shape.back(), half = place.head_width / 2;
    for (size_t i = begin; i < begin + count;) {  // row by row
      const size_t row = i / columns, column = i % columns,
                   run = std::min(columns - column, begin + count - i);
      size_t theirs = row;
      if (half > 0) {  // row j of a head is its pair's first (j < half) or second
        const size_t j = row % place.head_width;
        theirs = row - j + (j < half ? 2 * j : 2 * (j - half) + 1);
      }
      std::memcpy(out + (i - begin), data + (place.offset + theirs * columns + column) * sizeof(float),
                  run * sizeof(float));
      i += run;
    }
  };
}

}  // namespace bantam

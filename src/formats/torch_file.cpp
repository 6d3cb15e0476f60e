#include "formats/torch_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/descriptor.h"
#include "base/error.h"
#include "formats/pickle.h"
#include "formats/zip.h"

namespace bantam {
namespace {

using Bytes = std::span<const std::byte>;
using Kind = PickleValue::Kind;

constexpr int kDeepest = 8;
constexpr size_t kLongestPickle = 256 << 20, kLongestName = 4096;

// The magic number 0x1950a86a20f9469cfc6c, alone in a pickle of protocol 2.
constexpr unsigned char kLegacyStart[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                          0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

bool is_legacy(Bytes file) {
  return file.size() >= sizeof kLegacyStart &&
         std::memcmp(file.data(), kLegacyStart, sizeof kLegacyStart) == 0;
}

uint64_t element_bytes(StoredDtype dtype) { return static_cast<uint64_t>(info(dtype).bits) / 8; }

struct Objects {
  Pickle pickle;
  std::map<std::string, Bytes> storages;  // by key
};

Objects from_zip(Bytes file, std::string_view where) {
  std::map<std::string, Bytes> members;
  std::string pickle_name;
  for (const ZipMember& member : parse_zip(file, where)) {
    const size_t slash = member.name.find('/');
    if (slash == std::string::npos) continue;
    members[member.name] = file.subspan(member.begin, member.bytes);
    if (member.name.substr(slash) != "/data.pkl") continue;
    require(pickle_name.empty(), ErrorCode::corrupt, "{}: holds two pickles, {} and {}", where, pickle_name,
            member.name);
    pickle_name = member.name;
  }
  require(!pickle_name.empty(), ErrorCode::corrupt,
          "{}: is a zip archive without data.pkl, and none of torch.save", where);
  const std::string folder = pickle_name.substr(0, pickle_name.find('/') + 1);
  if (const auto order = members.find(folder + "byteorder"); order != members.end()) {
    const std::string_view text(reinterpret_cast<const char*>(order->second.data()), order->second.size());
    require(text == "little", ErrorCode::unsupported,
            "{}: its numbers are in \"{}\" byte order, wanted little", where, text.substr(0, 20));
  }
  const Bytes pickle = members.at(pickle_name);
  require(pickle.size() <= kLongestPickle, ErrorCode::unsupported,
          "{}: its pickle has {} bytes, at most {} are read", where, pickle.size(), kLongestPickle);
  Objects objects{parse_pickle(pickle, where), {}};
  for (const PickledStorage& storage : objects.pickle.storages) {
    const auto found = members.find(folder + "data/" + storage.key);
    require(found != members.end(), ErrorCode::corrupt, "{}: has no storage \"{}\"", where, storage.key);
    objects.storages[storage.key] = found->second;
  }
  return objects;
}

// Magic number, protocol, system, objects, and the storages' keys; then for each key its count and its elements.
Objects from_legacy(Bytes file, std::string_view where) {
  Bytes rest = file;
  const auto next = [&] {
    Pickle pickle = parse_pickle(rest.first(std::min(rest.size(), kLongestPickle)), where);
    rest = rest.subspan(pickle.bytes);
    return pickle;
  };
  next();
  const Pickle protocol = next();
  const PickleValue version = protocol.at(protocol.root);
  require(version.kind == Kind::integer && version.integer == 1001, ErrorCode::unsupported,
          "{}: is of another protocol of torch.save than 1001", where);
  next();
  Objects objects{next(), {}};
  const Pickle keys = next();
  std::map<std::string, const PickledStorage*> known;
  for (const PickledStorage& storage : objects.pickle.storages) known[storage.key] = &storage;
  require(keys.at(keys.root).kind == Kind::list, ErrorCode::corrupt, "{}: has no list of storages", where);
  for (const PickleIndex index : keys.at(keys.root).items) {
    const auto storage = known.find(keys.at(index).text);
    require(storage != known.end() && rest.size() >= 8, ErrorCode::corrupt,
            "{}: its storages do not follow their list", where);
    uint64_t count = 0, bytes = 0;
    for (size_t i = 8; i-- > 0;) count = count << 8 | static_cast<uint64_t>(rest[i]);
    rest = rest.subspan(8);
    const bool overflows = __builtin_mul_overflow(count, element_bytes(storage->second->dtype), &bytes);
    require(!overflows && bytes <= rest.size(), ErrorCode::corrupt, "{}: is cut off in storage \"{}\"", where,
            storage->first);
    objects.storages[storage->first] = rest.first(bytes);
    rest = rest.subspan(bytes);
  }
  return objects;
}

// The dict that holds the model's tensors.
const PickleValue& model_dict(const Pickle& pickle, std::string_view where) {
  const PickleValue* at = &pickle.at(pickle.root);
  for (int depth = 0; depth < kDeepest; ++depth) {
    require(at->kind == Kind::dict, ErrorCode::unsupported,
            "{}: holds no dict of tensors; wanted what torch.save makes of a state_dict", where);
    const PickleValue* inner = nullptr;
    for (const char* key : {"model", "model_state", "state_dict", "module"}) {
      const PickleValue* found = pickle.find(*at, key);
      if (inner == nullptr && found != nullptr && found->kind == Kind::dict) inner = found;
    }
    if (inner == nullptr) return *at;
    at = inner;
  }
  fail(ErrorCode::unsupported, "{}: its tensors are nested too deeply", where);
}

void drop_prefixes(std::vector<TorchView>& views) {
  for (bool dropped = true; dropped;) {
    dropped = false;
    for (const std::string_view prefix : {"module.", "_orig_mod."}) {
      const bool all = std::all_of(views.begin(), views.end(),
                                   [&](const TorchView& view) { return view.name.starts_with(prefix); });
      if (!all || views.empty()) continue;
      for (TorchView& view : views) view.name.erase(0, prefix.size());
      dropped = true;
    }
  }
}

// The bytes of a storage, held against what the pickle says of it.
Bytes storage_bytes(const Objects& objects, const PickledStorage& storage, std::string_view where) {
  const auto found = objects.storages.find(storage.key);
  require(found != objects.storages.end(), ErrorCode::corrupt, "{}: has no storage \"{}\"", where,
          storage.key);
  uint64_t wanted = 0;
  const bool overflows = __builtin_mul_overflow(storage.elements, element_bytes(storage.dtype), &wanted);
  require(!overflows && found->second.size() == wanted, ErrorCode::corrupt,
          "{}: storage \"{}\" has {} bytes, its pickle says {} elements of {}", where, storage.key,
          found->second.size(), storage.elements, info(storage.dtype).name);
  return found->second;
}

// Elements of a view, one after the other.
void gather(const TorchView& view, std::vector<std::byte>& out) {
  const uint64_t size = element_bytes(view.dtype);
  uint64_t count = 1;
  for (const uint64_t n : view.shape) count *= n;
  std::vector<uint64_t> index(view.shape.size());
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t at = view.offset;
    for (size_t d = 0; d < index.size(); ++d) at += index[d] * view.strides[d];
    const Bytes element = view.storage.subspan(at * size, size);
    out.insert(out.end(), element.begin(), element.end());
    for (size_t d = index.size(); d-- > 0 && ++index[d] == view.shape[d];) index[d] = 0;
  }
}

// Memory under a descriptor, so that pages of it may be given back and read again like those of any mapped file.
MappedFile mapped_memory(Bytes bytes) {
  const int descriptor = ::memfd_create("tensors", MFD_CLOEXEC);
  require(descriptor >= 0, ErrorCode::io, "no memory could be made for the tensors of a PyTorch file");
  if (write_whole(descriptor, {reinterpret_cast<const char*>(bytes.data()), bytes.size()})) {
    MappedFile file("/proc/self/fd/" + std::to_string(descriptor));
    ::close(descriptor);
    return file;
  }
  ::close(descriptor);
  fail(ErrorCode::out_of_memory, "no memory is left for the tensors of a PyTorch file");
}

}  // namespace

bool TorchView::contiguous() const {
  uint64_t wanted = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    if (shape[d] == 0) return true;
    if (shape[d] != 1 && strides[d] != wanted) return false;
    wanted *= shape[d];
  }
  return true;
}

std::vector<TorchView> parse_torch_file(Bytes file, std::string_view where) {
  require(looks_like_zip(file) || is_legacy(file), ErrorCode::unsupported, "{}: is no file of torch.save",
          where);
  const Objects objects = looks_like_zip(file) ? from_zip(file, where) : from_legacy(file, where);
  const Pickle& pickle = objects.pickle;
  const PickleValue& dict = model_dict(pickle, where);
  std::vector<TorchView> views;
  std::set<PickleIndex> names;  // each once, so that names cost no more than the file has of them
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    const PickleValue &name = pickle.at(dict.items[i]), &value = pickle.at(dict.items[i + 1]);
    if (value.kind != Kind::tensor) continue;
    require(name.kind == Kind::text && !name.text.empty() && name.text.size() <= kLongestName,
            ErrorCode::corrupt, "{}: has a tensor without a name", where);
    require(names.insert(dict.items[i]).second, ErrorCode::corrupt, "{}: has two tensors \"{}\"", where,
            name.text);
    const PickledTensor& tensor = pickle.tensors[static_cast<size_t>(value.integer)];
    views.push_back({name.text, tensor.storage.dtype, storage_bytes(objects, tensor.storage, where),
                     tensor.offset, tensor.shape, tensor.strides});
  }
  require(!views.empty(), ErrorCode::not_found, "{}: holds no tensors by name", where);
  drop_prefixes(views);
  std::sort(views.begin(), views.end(),
            [](const TorchView& a, const TorchView& b) { return a.name < b.name; });
  for (size_t i = 1; i < views.size(); ++i)
    require(views[i].name != views[i - 1].name, ErrorCode::corrupt, "{}: has two tensors \"{}\"", where,
            views[i].name);
  return views;
}

bool is_torch_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  return looks_like_zip(file.bytes()) || is_legacy(file.bytes());
}

TorchFile::TorchFile(const std::filesystem::path& path) : file_(path) {
  const std::vector<TorchView> views = parse_torch_file(file_.bytes(), path.string());
  std::vector<std::byte> gathered;
  std::vector<size_t> starts;
  for (const TorchView& view : views) {
    starts.push_back(gathered.size());
    if (view.contiguous()) continue;
    require(gathered.size() <= 2 * file_.bytes().size(), ErrorCode::unsupported,
            "{}: too many of its tensors are views with gaps into the same storages", path.string());
    gather(view, gathered);
  }
  if (!gathered.empty()) gathered_ = mapped_memory(gathered);
  for (size_t i = 0; i < views.size(); ++i) {
    const TorchView& view = views[i];
    const uint64_t bytes = stored_bytes(view.dtype, view.shape, path.string());
    tensors_.push_back({view.name, view.dtype, view.shape, 0, bytes});
    data_.push_back(bytes == 0          ? Bytes()
                    : view.contiguous() ? view.storage.subspan(view.offset * element_bytes(view.dtype), bytes)
                                        : gathered_.bytes().subspan(starts[i], bytes));
  }
}

Bytes TorchFile::bytes(const StoredTensor& tensor) const {
  const StoredTensor* found = find(tensor.name);
  BANTAM_ASSERT(found != nullptr);
  return data_[static_cast<size_t>(found - tensors_.data())];
}

}  // namespace bantam

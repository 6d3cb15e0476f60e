#include "formats/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <map>

#include "base/error.h"

namespace bantam {
namespace {

constexpr size_t kMostValues = 1 << 21, kLongestText = 1 << 20, kMostDimensions = 16, kMostTensors = 1 << 18,
                 kLongestKey = 128, kMostCopies = 1 << 22;

struct StorageKind {
  std::string_view symbol;
  StoredDtype dtype;
};
constexpr StorageKind kStorages[] = {
    {"torch FloatStorage", StoredDtype::f32}, {"torch DoubleStorage", StoredDtype::f64},
    {"torch HalfStorage", StoredDtype::f16},  {"torch BFloat16Storage", StoredDtype::bf16},
    {"torch LongStorage", StoredDtype::i64},  {"torch IntStorage", StoredDtype::i32},
    {"torch ShortStorage", StoredDtype::i16}, {"torch CharStorage", StoredDtype::i8},
    {"torch ByteStorage", StoredDtype::u8},   {"torch BoolStorage", StoredDtype::boolean},
};

// Called with arguments they give something we know; the others stand for what no tensor needs.
constexpr std::string_view kDict = "collections OrderedDict", kTensor = "torch._utils _rebuild_tensor_v2",
                           kOldTensor = "torch._utils _rebuild_tensor",
                           kParameter = "torch._utils _rebuild_parameter",
                           kStatefulParameter = "torch._utils _rebuild_parameter_with_state",
                           kSize = "torch Size";
constexpr std::string_view kOpaque[] = {"torch device",   "torch.serialization _get_layout",
                                        "_codecs encode", "torch float64",
                                        "torch float32",  "torch float16",
                                        "torch bfloat16", "torch int64",
                                        "torch int32",    "torch int16",
                                        "torch int8",     "torch uint8",
                                        "torch bool"};

bool is_opaque(std::string_view symbol) {
  return std::find(std::begin(kOpaque), std::end(kOpaque), symbol) != std::end(kOpaque);
}
bool is_known(std::string_view symbol) {
  return symbol == kDict || symbol == kTensor || symbol == kOldTensor || symbol == kParameter ||
         symbol == kStatefulParameter || symbol == kSize || is_opaque(symbol) ||
         dtype_of_storage(symbol) != nullptr;
}

using Kind = PickleValue::Kind;

class Machine {
 public:
  Machine(std::span<const std::byte> data, std::string_view where) : data_(data), where_(where) {}

  Pickle run() {
    while (!stopped_) step(static_cast<uint8_t>(number(1)));
    pickle_.root = pop();
    pickle_.bytes = at_;
    return std::move(pickle_);
  }

 private:
  // -- input
  uint64_t number(uint64_t bytes) {
    expect(bytes <= data_.size() - at_, "is cut off");
    uint64_t value = 0;
    for (uint64_t i = bytes; i-- > 0;) value = value << 8 | static_cast<uint64_t>(data_[at_ + i]);
    at_ += bytes;
    return value;
  }
  std::string text(uint64_t bytes) {
    expect(bytes <= data_.size() - at_, "is cut off in a text");
    expect(bytes <= kLongestText, "holds a text of over a million bytes");
    at_ += bytes;
    return {reinterpret_cast<const char*>(data_.data()) + at_ - bytes, bytes};
  }
  std::string line() {
    const auto begin = data_.begin() + static_cast<ptrdiff_t>(at_);
    const auto end = std::find(begin, data_.end(), std::byte{'\n'});
    expect(end != data_.end(), "is cut off in a line");
    std::string result = text(static_cast<uint64_t>(end - begin));
    ++at_;
    return result;
  }
  // A little-endian integer of two's complement.
  void put_long(uint64_t bytes) {
    if (bytes > 8) {
      expect(bytes <= data_.size() - at_, "is cut off in a number");
      at_ += bytes;
      put({.kind = Kind::opaque});
      return;
    }
    const uint64_t value = number(bytes), sign = bytes == 0 ? 0 : uint64_t{1} << (8 * bytes - 1);
    put_integer(static_cast<int64_t>((value ^ sign) - sign));
  }

  // -- values
  void expect(bool ok, std::string_view what) const {
    require(ok, ErrorCode::corrupt, "{}: the pickle {} (byte {})", where_, what, at_);
  }
  PickleValue& value(PickleIndex index) { return pickle_.values[index]; }
  PickleIndex make(PickleValue value) {
    expect(pickle_.values.size() < kMostValues, "holds over two million values");
    pickle_.values.push_back(std::move(value));
    return static_cast<PickleIndex>(pickle_.values.size() - 1);
  }
  void put(PickleValue value) { stack_.push_back(make(std::move(value))); }
  void put_integer(int64_t integer) { put({.kind = Kind::integer, .integer = integer}); }
  void put_text(std::string text) { put({.kind = Kind::text, .text = std::move(text)}); }
  PickleIndex pop() {
    expect(stack_.size() > (marks_.empty() ? 0 : marks_.back()), "takes a value that is not there");
    const PickleIndex index = stack_.back();
    stack_.pop_back();
    return index;
  }
  PickleIndex top() {
    const PickleIndex index = pop();
    stack_.push_back(index);
    return index;
  }
  std::vector<PickleIndex> since_mark() {
    expect(!marks_.empty(), "has no mark where one is needed");
    const auto begin = stack_.begin() + static_cast<ptrdiff_t>(marks_.back());
    std::vector<PickleIndex> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  void put_tuple(size_t count) {
    std::vector<PickleIndex> items(count);
    for (size_t i = count; i-- > 0;) items[i] = pop();
    put({.kind = Kind::list, .items = std::move(items)});
  }
  void extend(Kind kind, const std::vector<PickleIndex>& items) {
    PickleValue& target = value(top());
    if (target.kind == Kind::opaque) return;
    expect(target.kind == kind && (kind != Kind::dict || items.size() % 2 == 0),
           kind == Kind::dict ? "sets items of what is no dict" : "appends to what is no list");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }
  void remember(uint64_t place) { memo_[place] = top(); }
  void recall(uint64_t place) {
    const auto found = memo_.find(place);
    expect(found != memo_.end(), "recalls what it never remembered");
    stack_.push_back(found->second);
  }

  // -- symbols
  void put_symbol(const std::string& module, const std::string& name) {
    const std::string symbol = module + " " + name;
    require(is_known(symbol), ErrorCode::unsupported,
            "{}: the pickle calls for {}.{}, which no tensor needs; nothing of such a file is run", where_,
            module, name);
    put({.kind = Kind::symbol, .text = symbol});
  }
  void stack_symbol() {
    const PickleIndex name = pop(), module = pop();
    expect(value(name).kind == Kind::text && value(module).kind == Kind::text, "names a symbol by no text");
    put_symbol(value(module).text, value(name).text);
  }

  void call() {
    const PickleIndex arguments = pop(), callee = pop();
    expect(value(callee).kind == Kind::symbol && value(arguments).kind == Kind::list,
           "calls what is no symbol");
    const std::string symbol = value(callee).text;
    copy_allowed(value(arguments).items.size());
    const std::vector<PickleIndex> items = value(arguments).items;
    if (symbol == kDict) {
      put_ordered_dict(items);
    } else if (symbol == kTensor || symbol == kOldTensor) {
      put_tensor(items);
    } else if (symbol == kParameter || symbol == kStatefulParameter || symbol == kSize) {
      expect(!items.empty(), "makes a parameter or size of nothing");
      stack_.push_back(items[0]);
    } else {
      put({.kind = Kind::opaque});
    }
  }

  void put_ordered_dict(const std::vector<PickleIndex>& items) {
    PickleValue dict{.kind = Kind::dict};
    if (!items.empty()) {
      expect(items.size() == 1 && value(items[0]).kind == Kind::list, "makes a dict of no list");
      copy_allowed(value(items[0]).items.size());
      for (const PickleIndex pair : value(items[0]).items) {
        expect(value(pair).kind == Kind::list && value(pair).items.size() == 2, "makes a dict of no pairs");
        dict.items.insert(dict.items.end(), value(pair).items.begin(), value(pair).items.end());
      }
    }
    put(std::move(dict));
  }

  // Lists may be recalled and copied again and again; a file as large as all copies does not have to stand behind that.
  void copy_allowed(size_t items) {
    copies_ += items;
    expect(copies_ <= kMostCopies, "copies its lists too often");
  }

  uint64_t size_of(PickleIndex index) {
    expect(value(index).kind == Kind::integer && value(index).integer >= 0,
           "has a size that is no number from 0");
    return static_cast<uint64_t>(value(index).integer);
  }
  std::vector<uint64_t> sizes_of(PickleIndex index) {
    expect(value(index).kind == Kind::list && value(index).items.size() <= kMostDimensions,
           "has sizes that are no short list");
    std::vector<uint64_t> sizes;
    for (const PickleIndex item : std::vector<PickleIndex>(value(index).items))
      sizes.push_back(size_of(item));
    return sizes;
  }

  // ('storage', type, key, device, elements), and in old files a view that must be None.
  void put_storage() {
    const PickleIndex id = pop();
    const std::vector<PickleIndex> items = value(id).items;
    expect(value(id).kind == Kind::list && (items.size() == 5 || items.size() == 6) &&
               value(items[0]).text == "storage" && value(items[1]).kind == Kind::symbol &&
               value(items[2]).kind == Kind::text &&
               (items.size() == 5 || value(items[5]).kind == Kind::none),
           "refers to something that is no storage");
    const StoredDtype* dtype = dtype_of_storage(value(items[1]).text);
    expect(dtype != nullptr, "has a storage of no element type");
    expect(value(items[2]).text.size() <= kLongestKey, "has a storage with too long a key");
    expect(pickle_.storages.size() < kMostTensors, "has too many storages");
    put({.kind = Kind::storage, .integer = static_cast<int64_t>(pickle_.storages.size())});
    pickle_.storages.push_back({value(items[2]).text, *dtype, size_of(items[4])});
  }

  // (storage, offset, size, strides, …)
  void put_tensor(const std::vector<PickleIndex>& items) {
    expect(items.size() >= 4 && value(items[0]).kind == Kind::storage, "makes a tensor of no storage");
    PickledTensor tensor{pickle_.storages[static_cast<size_t>(value(items[0]).integer)], size_of(items[1]),
                         sizes_of(items[2]), sizes_of(items[3])};
    expect(tensor.shape.size() == tensor.strides.size(),
           "has a tensor with more sizes than strides, or fewer");
    uint64_t last = tensor.offset, elements = 1;
    bool overflows = false;
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
      uint64_t reach = 0;
      overflows |= __builtin_mul_overflow(elements, tensor.shape[i], &elements);
      if (tensor.shape[i] == 0) continue;
      overflows |= __builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &reach);
      overflows |= __builtin_add_overflow(last, reach, &last);
    }
    expect(!overflows && (elements == 0 || last < tensor.storage.elements),
           "has a tensor that reaches past its storage");
    // A stride of 0 would let a few bytes stand for any number of elements.
    expect(elements <= tensor.storage.elements, "has a tensor larger than its storage");
    expect(pickle_.tensors.size() < kMostTensors, "has too many tensors");
    put({.kind = Kind::tensor, .integer = static_cast<int64_t>(pickle_.tensors.size())});
    pickle_.tensors.push_back(std::move(tensor));
  }

  // State of an ordered dict says of which module its tensors are; nothing here needs it.
  void build() {
    pop();
    const Kind kind = value(top()).kind;
    expect(kind == Kind::dict || kind == Kind::tensor || kind == Kind::opaque,
           "gives state to what has none");
  }

  void step(uint8_t opcode);
  bool constant(uint8_t opcode);
  bool container(uint8_t opcode);

  std::span<const std::byte> data_;
  std::string_view where_;
  size_t at_ = 0;
  size_t copies_ = 0;
  bool stopped_ = false;
  Pickle pickle_;
  std::vector<PickleIndex> stack_;
  std::vector<size_t> marks_;
  std::map<uint64_t, PickleIndex> memo_;
};

// Opcodes are those of Python's pickletools, by their bytes.
bool Machine::constant(uint8_t opcode) {
  switch (opcode) {
    case 'N':
      put({});
      return true;
    case 0x88:
    case 0x89:
      put({.kind = Kind::boolean, .integer = opcode == 0x88});
      return true;
    case 'K':
      put_integer(static_cast<int64_t>(number(1)));
      return true;
    case 'M':
      put_integer(static_cast<int64_t>(number(2)));
      return true;
    case 'J':
      put_long(4);
      return true;
    case 0x8a:
      put_long(number(1));
      return true;
    case 'G': {  // the one big-endian number
      uint64_t bits = 0;
      for (int i = 0; i < 8; ++i) bits = bits << 8 | number(1);
      put({.kind = Kind::number, .number = std::bit_cast<double>(bits)});
      return true;
    }
    case 'X':
    case 'T':
    case 'B':
      put_text(text(number(4)));
      return true;
    case 0x8c:
    case 'U':
    case 'C':
      put_text(text(number(1)));
      return true;
    default:
      return false;
  }
}

bool Machine::container(uint8_t opcode) {
  switch (opcode) {
    case '}':
      put({.kind = Kind::dict});
      return true;
    case ']':
    case ')':
    case 0x8f:
      put({.kind = Kind::list});
      return true;
    case '(':
      marks_.push_back(stack_.size());
      return true;
    case 't': {
      std::vector<PickleIndex> items = since_mark();
      put({.kind = Kind::list, .items = std::move(items)});
      return true;
    }
    case 0x85:
    case 0x86:
    case 0x87:
      put_tuple(opcode - 0x84u);
      return true;
    case 'a': {
      const PickleIndex item = pop();
      extend(Kind::list, {item});
      return true;
    }
    case 'e':
    case 0x90:
      extend(Kind::list, since_mark());
      return true;
    case 's': {
      const PickleIndex item = pop(), key = pop();
      extend(Kind::dict, {key, item});
      return true;
    }
    case 'u':
      extend(Kind::dict, since_mark());
      return true;
    case 'q':
      remember(number(1));
      return true;
    case 'r':
      remember(number(4));
      return true;
    case 0x94:
      remember(memo_.size());
      return true;
    case 'h':
      recall(number(1));
      return true;
    case 'j':
      recall(number(4));
      return true;
    default:
      return false;
  }
}

void Machine::step(uint8_t opcode) {
  if (constant(opcode) || container(opcode)) return;
  switch (opcode) {
    case 0x80:
      expect(number(1) <= 5, "is of a protocol above 5");
      return;
    case 0x95:
      number(8);
      return;  // FRAME: lengths are checked where they are used
    case '.':
      stopped_ = true;
      return;
    case 'c': {
      const std::string module = line();
      put_symbol(module, line());
      return;
    }
    case 0x93:
      stack_symbol();
      return;
    case 'Q':
      put_storage();
      return;
    case 'R':
    case 0x81:
      call();
      return;
    case 'b':
      build();
      return;
    default:
      fail(ErrorCode::unsupported,
           "{}: the pickle has opcode 0x{:02x} at byte {}, which checkpoints of tensors do not use", where_,
           opcode, at_ - 1);
  }
}

}  // namespace

const PickleValue* Pickle::find(const PickleValue& dict, std::string_view key) const {
  if (dict.kind != Kind::dict) return nullptr;
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2)
    if (at(dict.items[i]).kind == Kind::text && at(dict.items[i]).text == key) return &at(dict.items[i + 1]);
  return nullptr;
}

Pickle parse_pickle(std::span<const std::byte> data, std::string_view where) {
  return Machine(data, where).run();
}

const StoredDtype* dtype_of_storage(std::string_view symbol) {
  for (const StorageKind& kind : kStorages)
    if (kind.symbol == symbol) return &kind.dtype;
  return nullptr;
}

std::string_view storage_of_dtype(StoredDtype dtype) {
  for (const StorageKind& kind : kStorages)
    if (kind.dtype == dtype) return kind.symbol;
  fail(ErrorCode::unsupported, "PyTorch files of {} are not written", info(dtype).name);
}

namespace {

std::string number_in(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}
std::string pickled_text(std::string_view text) {
  return "X" + number_in(text.size(), 4) + std::string(text);
}
std::string pickled_integer(uint64_t value) {
  return value <= 0x7FFFFFFF ? "J" + number_in(value, 4) : "\x8a\x08" + number_in(value, 8);
}
std::string pickled_symbol(std::string_view symbol) {
  const size_t space = symbol.find(' ');
  return fmt::format("c{}\n{}\n", symbol.substr(0, space), symbol.substr(space + 1));
}
std::string pickled_sizes(const std::vector<uint64_t>& sizes) {
  std::string text = "(";
  for (const uint64_t size : sizes) text += pickled_integer(size);
  return text + "t";
}

}  // namespace

std::string write_tensor_pickle(std::span<const TensorToPickle> tensors) {
  std::string text = "\x80\x02}(";
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorToPickle& tensor = tensors[i];
    std::vector<uint64_t> strides(tensor.shape.size(), 1);
    uint64_t elements = 1;
    for (size_t d = tensor.shape.size(); d-- > 0;) strides[d] = elements, elements *= tensor.shape[d];
    text += pickled_text(tensor.name) + pickled_symbol(kTensor) + "((" + pickled_text("storage") +
            pickled_symbol(storage_of_dtype(tensor.dtype)) + pickled_text(std::to_string(i)) +
            pickled_text("cpu") + pickled_integer(elements) + "tQ" + pickled_integer(0) +
            pickled_sizes(tensor.shape) + pickled_sizes(strides) + "\x89" + pickled_symbol(kDict) + ")RtR";
  }
  return text + "u.";
}

}  // namespace bantam

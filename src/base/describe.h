// Config schemas. A config is a plain struct with defaults; beside it stands one function that describes its
// members:
//
//   struct SwigluConfig { int width = 1408; float scale = 1; };
//   inline Schema schema(const SwigluConfig*) {
//     using C = SwigluConfig;
//     return describe<C>("Gated feed-forward.",
//                        field<&C::width>("Hidden width.", range(1, 65536)),
//                        field<&C::scale>("Factor of the output."),
//                        rule<C>([](const C& c) { return c.width % 2 == 0; }, "width must be even"));
//   }
//
// From it come reading from JSON with the path in every error, `--set a.b=value`, JSON out and the
// documentation. Law: a key that nobody reads is an error. All errors of this file are ErrorCode::usage.
//
// Members may be bool, int, int64_t, size_t, float, double, std::string, an enum (with `names(const E*)`
// beside it, the names of 0, 1, …), std::optional, std::vector, std::pair, std::map from
// texts, another described struct, or a
// type with its own `read_value(T&, const Json&, const ConfigPath&)` and `write_value(const T&, Json&)`
// beside it.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace bantam {

class Schema;

// Where a value stands: the file (or flag) it came from, and the keys that lead to it.
struct ConfigPath {
  std::string where;      // "model.json"
  std::string keys = {};  // "layers[0].mixer"

  ConfigPath key(std::string_view name) const;
  ConfigPath item(size_t index) const;
  std::string text() const;  // "model.json: layers[0].mixer"
};

// What a field accepts beyond its type.
struct FieldLimits {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool suffixes = false;                  // "20M", "1.5k" and "1e9" for 20000000, 1500 and 1000000000
  std::vector<std::string> choices = {};  // of a string
};

// How values of one C++ type are read, written and named. `value` points to an object of that type.
class ValueType {
 public:
  virtual ~ValueType() = default;
  virtual void read(void* value, const Json& json, const ConfigPath& path,
                    const FieldLimits& limits) const = 0;
  virtual void write(const void* value, Json& json) const = 0;
  virtual void check(const void*, const ConfigPath&) const {}  // the rules of structs inside
  virtual std::string name() const = 0;  // for the documentation: "integer", "list of numbers"
  virtual bool absent(const void*) const { return false; }  // an optional without a value is not written
  virtual const Schema* schema() const { return nullptr; }  // of a described struct, or of what a list holds
  virtual bool is_struct() const { return false; }
};

struct Field {
  std::string name, doc;
  const ValueType* type = nullptr;
  void* (*member)(void* object) = nullptr;
  bool required = false;
  FieldLimits limits = {};
};

// Empty, or what is wrong with the object as a whole.
using Rule = std::function<std::string(const void* object)>;

class Schema {
 public:
  std::string doc;
  std::vector<Field> fields;
  std::vector<Rule> rules;

  // Reads the keys of `json` into the object; members whose keys are missing keep their values. Keys in
  // `consumed` were read by the caller (such as "kind"). Then the rules are checked.
  void read(void* object, const Json& json, const ConfigPath& path,
            const std::vector<std::string>& consumed = {}) const;
  // The two halves of read, for values that several sources lay one over another.
  void overlay(void* object, const Json& json, const ConfigPath& path,
               const std::vector<std::string>& consumed = {}) const;
  void check(const void* object,
             const ConfigPath& path) const;  // the rules, those of nested structs included
  Json write(const void* object) const;
  const Field* find(std::string_view name) const;

  // The dotted paths of all values that are not described structs: "train.lr".
  std::vector<std::string> paths() const;
};

// A table of the fields, their types, limits, defaults (those of the object `defaults`) and meanings; nested
// structs follow.
std::string config_markdown(const Schema& schema, const std::string& title, const void* defaults);

// Applies "a.b[2].c=value" to a JSON object; objects on the way are made, list items must exist. The value is
// read as YAML (so 3e-4, true, [1, 2] and plain text all work); `where` opens the message of an error.
void set_value(Json& config, std::string_view assignment, std::string_view where);
// The same with the path and the value apart.
void set_value(Json& config, std::string_view path, Json value, std::string_view where);

// Fails with "path: is VALUE, wanted WANTED".
[[noreturn]] void fail_value(const ConfigPath& path, const Json& is, std::string_view wanted);
[[noreturn]] void fail_unknown_key(const ConfigPath& path, std::string_view key,
                                   const std::vector<std::string>& known);

// A count as people write it: 4096, 1e9, "20M", "1.5k" (k, M, G or B, T: powers of 1000). Whole, at least 0.
std::optional<uint64_t> parse_count(std::string_view text);

template <class C>
const Schema& schema_of() {
  static const Schema instance = schema(static_cast<const C*>(nullptr));
  return instance;
}

// A config from JSON; what the JSON does not name keeps its default.
template <class C>
C read_config(const Json& json, const ConfigPath& path, const std::vector<std::string>& consumed = {}) {
  C config;
  schema_of<C>().read(&config, json, path, consumed);
  return config;
}
template <class C, class J = Json>  // J: so that this header need not know the inside of Json
J write_config(const C& config) {
  return schema_of<C>().write(&config);
}

namespace detail {

template <class T>
const ValueType& builtin_type();  // in the .cpp
template <>
const ValueType& builtin_type<bool>();
template <>
const ValueType& builtin_type<int>();
template <>
const ValueType& builtin_type<int64_t>();
template <>
const ValueType& builtin_type<uint64_t>();
template <>
const ValueType& builtin_type<float>();
template <>
const ValueType& builtin_type<double>();
template <>
const ValueType& builtin_type<std::string>();

template <class T>
const ValueType& type_of();

// The untyped halves of the composites, so that their work stays in the .cpp.
class ListType : public ValueType {
 public:
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override;
  void check(const void* value, const ConfigPath& path) const override;
  void write(const void* value, Json& json) const override;
  std::string name() const override;
  const Schema* schema() const override { return element().schema(); }

 protected:
  virtual const ValueType& element() const = 0;
  virtual size_t size(const void* value) const = 0;
  virtual void resize(void* value, size_t size) const = 0;
  virtual void* at(void* value, size_t index) const = 0;
};

template <class T>
class VectorType final : public ListType {
  using Vector = std::vector<T>;
  const ValueType& element() const override { return type_of<T>(); }
  size_t size(const void* value) const override { return static_cast<const Vector*>(value)->size(); }
  void resize(void* value, size_t size) const override {
    static_cast<Vector*>(value)->clear();
    static_cast<Vector*>(value)->resize(size);
  }
  void* at(void* value, size_t index) const override { return &(*static_cast<Vector*>(value))[index]; }
};

class PairType : public ValueType {
 public:
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override;
  void write(const void* value, Json& json) const override;
  std::string name() const override;

 protected:
  struct Half {
    const ValueType& type;
    void* value;
  };
  virtual std::pair<Half, Half> halves(void* value) const = 0;
};

class MapType : public ValueType {
 public:
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override;
  void write(const void* value, Json& json) const override;
  std::string name() const override { return element().name() + " by name"; }

 protected:
  virtual const ValueType& element() const = 0;
  virtual void clear(void* value) const = 0;
  virtual void* at(void* value, const std::string& key) const = 0;
  virtual std::vector<std::string> keys(const void* value) const = 0;
};

template <class T>
class MapTypeOf final : public MapType {
  using Map = std::map<std::string, T>;
  const ValueType& element() const override { return type_of<T>(); }
  void clear(void* value) const override { static_cast<Map*>(value)->clear(); }
  void* at(void* value, const std::string& key) const override { return &(*static_cast<Map*>(value))[key]; }
  std::vector<std::string> keys(const void* value) const override {
    std::vector<std::string> all;
    for (const auto& entry : *static_cast<const Map*>(value)) all.push_back(entry.first);
    return all;
  }
};

template <class A, class B>
class PairTypeOf final : public PairType {
  std::pair<Half, Half> halves(void* value) const override {
    auto* pair = static_cast<std::pair<A, B>*>(value);
    return {{type_of<A>(), pair == nullptr ? nullptr : &pair->first},
            {type_of<B>(), pair == nullptr ? nullptr : &pair->second}};
  }
};

bool json_is_null(const Json& json);

template <class T>
class OptionalType final : public ValueType {
  using Optional = std::optional<T>;
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override {
    if (json_is_null(json)) return static_cast<Optional*>(value)->reset();
    auto& optional = *static_cast<Optional*>(value);
    type_of<T>().read(optional ? &*optional : &optional.emplace(), json, path, limits);
  }
  void check(const void* value, const ConfigPath& path) const override {
    if (!absent(value)) type_of<T>().check(&**static_cast<const Optional*>(value), path);
  }
  void write(const void* value, Json& json) const override {
    if (!absent(value)) type_of<T>().write(&**static_cast<const Optional*>(value), json);
  }
  std::string name() const override { return type_of<T>().name(); }
  bool absent(const void* value) const override { return !static_cast<const Optional*>(value)->has_value(); }
  const Schema* schema() const override { return type_of<T>().schema(); }
  bool is_struct() const override { return type_of<T>().is_struct(); }
};

class StructType : public ValueType {
 public:
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override;
  void check(const void* value, const ConfigPath& path) const override;
  void write(const void* value, Json& json) const override;
  std::string name() const override { return "object"; }
  bool is_struct() const override { return true; }
};

template <class C>
class StructTypeOf final : public StructType {
  const Schema* schema() const override { return &schema_of<C>(); }
};

class EnumType : public ValueType {
 public:
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override;
  void write(const void* value, Json& json) const override;
  std::string name() const override;

 protected:
  virtual std::vector<std::string> all_names() const = 0;
  virtual size_t get(const void* value) const = 0;
  virtual void set(void* value, size_t index) const = 0;
};

template <class E>
class EnumTypeOf final : public EnumType {
  std::vector<std::string> all_names() const override { return names(static_cast<const E*>(nullptr)); }
  size_t get(const void* value) const override { return static_cast<size_t>(*static_cast<const E*>(value)); }
  void set(void* value, size_t index) const override { *static_cast<E*>(value) = static_cast<E>(index); }
};

template <class T>
concept ReadsItself = requires(T& value, const T& from, const Json& in, Json& out, const ConfigPath& path) {
  read_value(value, in, path);
  write_value(from, out);
};

template <ReadsItself T>
class OwnType final : public ValueType {
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits&) const override {
    read_value(*static_cast<T*>(value), json, path);
  }
  void write(const void* value, Json& json) const override {
    write_value(*static_cast<const T*>(value), json);
  }
  std::string name() const override { return "value"; }
};

template <class T>
struct Composite {
  static const ValueType& type() {
    if constexpr (ReadsItself<T>) {
      static const OwnType<T> instance;
      return instance;
    } else if constexpr (std::is_enum_v<T>) {
      static const EnumTypeOf<T> instance;
      return instance;
    } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
      static const StructTypeOf<T> instance;
      return instance;
    } else {
      return builtin_type<T>();
    }
  }
};
template <>
struct Composite<std::string> {
  static const ValueType& type() { return builtin_type<std::string>(); }
};
template <class T>
struct Composite<std::vector<T>> {
  static const ValueType& type() {
    static const VectorType<T> instance;
    return instance;
  }
};
template <class T>
struct Composite<std::map<std::string, T>> {
  static const ValueType& type() {
    static const MapTypeOf<T> instance;
    return instance;
  }
};
template <class A, class B>
struct Composite<std::pair<A, B>> {
  static const ValueType& type() {
    static const PairTypeOf<A, B> instance;
    return instance;
  }
};
template <class T>
struct Composite<std::optional<T>> {
  static const ValueType& type() {
    static const OptionalType<T> instance;
    return instance;
  }
};

template <class T>
const ValueType& type_of() {
  return Composite<T>::type();
}

template <auto Member>
std::string_view pretty_name() {
  return __PRETTY_FUNCTION__;
}
std::string member_name(std::string_view pretty);

template <class C, class T>
T member_type(T C::*);
template <class C, class T>
C owner_type(T C::*);

}  // namespace detail

// Options of a field.
inline auto range(double low, double high) {
  return [=](Field& f) { f.limits.low = low, f.limits.high = high; };
}
inline auto at_least(double low) {
  return [=](Field& f) { f.limits.low = low; };
}
inline auto count() {
  return [](Field& f) { f.limits.suffixes = true; };
}
inline auto named(std::string name) {
  return [name = std::move(name)](Field& f) { f.name = name; };
}
inline auto required() {
  return [](Field& f) { f.required = true; };
}
inline auto one_of(std::vector<std::string> choices) {
  return [choices = std::move(choices)](Field& f) { f.limits.choices = choices; };
}

template <auto Member, class... Options>
Field field(std::string doc, const Options&... options) {
  using C = decltype(detail::owner_type(Member));
  using T = decltype(detail::member_type(Member));
  Field f;
  f.name = detail::member_name(detail::pretty_name<Member>());
  f.doc = std::move(doc);
  f.type = &detail::type_of<T>();
  f.member = [](void* object) -> void* { return &(static_cast<C*>(object)->*Member); };
  (options(f), ...);
  return f;
}

// What must hold between members: a predicate and the complaint, or a function that returns the complaint.
template <class C, class Predicate>
Rule rule(Predicate holds, std::string complaint) {
  return [holds, complaint = std::move(complaint)](const void* object) {
    return holds(*static_cast<const C*>(object)) ? std::string() : complaint;
  };
}
template <class C, class Check>
Rule rule(Check complaint_about) {
  return [complaint_about](const void* object) -> std::string {
    return complaint_about(*static_cast<const C*>(object));
  };
}

namespace detail {
inline void add_to(Schema& s, Field f) { s.fields.push_back(std::move(f)); }
inline void add_to(Schema& s, Rule r) { s.rules.push_back(std::move(r)); }
}  // namespace detail

template <class C, class... Entries>
Schema describe(std::string doc, Entries... entries) {
  Schema s;
  s.doc = std::move(doc);
  (detail::add_to(s, std::move(entries)), ...);
  return s;
}

template <class C>
std::string config_markdown(const std::string& title) {
  const C defaults;
  return config_markdown(schema_of<C>(), title, &defaults);
}

}  // namespace bantam

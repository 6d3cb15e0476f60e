#include "model/family/foreign_config.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {
namespace {

template <class T>
T missing(const ConfigPath& path, const std::optional<T>& absent) {
  require(absent.has_value(), ErrorCode::usage, "{}: is missing", path.text());
  return *absent;
}

}  // namespace

bool ForeignConfig::present(const char* key) const { return json_.contains(key) && !json_[key].is_null(); }
const Json& ForeignConfig::at(const char* key) const { return json_[key]; }

int64_t ForeignConfig::integer(const char* key, std::optional<int64_t> absent) const {
  if (!present(key)) return missing(path(key), absent);
  if (!json_[key].is_number_integer()) fail_value(path(key), json_[key], "an integer");
  return json_[key].get<int64_t>();
}

double ForeignConfig::number(const char* key, std::optional<double> absent) const {
  if (!present(key)) return missing(path(key), absent);
  if (!json_[key].is_number()) fail_value(path(key), json_[key], "a number");
  return json_[key].get<double>();
}

bool ForeignConfig::boolean(const char* key, bool absent) const {
  if (!present(key)) return absent;
  if (!json_[key].is_boolean()) fail_value(path(key), json_[key], "true or false");
  return json_[key].get<bool>();
}

std::string ForeignConfig::text(const char* key, const std::string& absent) const {
  if (!present(key)) return absent;
  if (!json_[key].is_string()) fail_value(path(key), json_[key], "a string");
  return json_[key].get<std::string>();
}

void refuse_unless(bool ok, const ForeignConfig& c, const char* key, const std::string& what) {
  require(ok, ErrorCode::unsupported, "{}: {} is not something this build can compute", c.path(key).text(),
          what);
}

}  // namespace bantam

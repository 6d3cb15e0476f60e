#include "base/format_version.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bantam {

void check_format_version(const Json& json, int newest, const std::string& where) {
  if (!json.is_object() || !json.contains(kFormatVersion)) return;
  const Json& version = json[kFormatVersion];
  require(version.is_number_unsigned() && version.get<uint64_t>() > 0, ErrorCode::corrupt,
          "{}: format_version is {}, wanted a whole number from 1 on", where, version.dump());
  require(
      version.get<uint64_t>() <= static_cast<uint64_t>(newest), ErrorCode::unsupported,
      "{}: format_version is {}, this program reads up to {}; use the program that wrote it, or a later one",
      where, version.dump(), newest);
}

void require_format_version(const Json& json, int newest, const std::string& where) {
  require(json.is_object() && json.contains(kFormatVersion), ErrorCode::corrupt, "{}: has no {}", where,
          kFormatVersion);
  check_format_version(json, newest, where);
}

void take_format_version(Json& json, int newest, const std::string& where) {
  check_format_version(json, newest, where);
  if (json.is_object()) json.erase(kFormatVersion);
}

}  // namespace bantam

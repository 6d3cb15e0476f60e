// A foreign config.json, and what a family's file offers: one file a family.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "model/families.h"

namespace bantam {

// Typed access, with errors that name the key. An absent or null key is `absent`, or an error where there is none.
class ForeignConfig {
 public:
  ForeignConfig(const Json& json, std::string where) : json_(json), path_{std::move(where)} {}
  int64_t integer(const char* key, std::optional<int64_t> absent = {}) const;
  double number(const char* key, std::optional<double> absent = {}) const;
  bool boolean(const char* key, bool absent) const;
  std::string text(const char* key, const std::string& absent) const;
  bool present(const char* key) const;
  const Json& at(const char* key) const;
  ConfigPath path(const char* key) const { return path_.key(key); }
  const Json& json() const { return json_; }
  const std::string& where() const { return path_.where; }

 private:
  const Json& json_;
  ConfigPath path_;
};

// unsupported, naming the key and what it holds.
void refuse_unless(bool ok, const ForeignConfig& c, const char* key, const std::string& what);

// What reads one family's config.json.
struct FamilyReader {
  const Family* (*family)(const ForeignConfig& config);
  std::vector<std::string>
      types;  // values of model_type, or how an error names what it reads: "llama", "a VUAF config"
  bool (*recognises)(const ForeignConfig& config);
  ModelConfig (*read)(const ForeignConfig& config, bool has_output_head);
  // How its training weighs the losses, where the config says so.
  ObjectiveOptions (*objective)(const ForeignConfig& config) = [](const ForeignConfig&) {
    return ObjectiveOptions{};
  };
};
const FamilyReader& escarda_reader();
const FamilyReader& llama_reader();
const FamilyReader& mamba2_reader();
const FamilyReader& rwkv7_reader();
const FamilyReader& vuaf_reader();

}  // namespace bantam

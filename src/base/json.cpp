#include "base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_set>

#include "base/error.h"
#include "base/file.h"

namespace bantam {
namespace {

// Builds the value while refusing what nlohmann accepts: repeated keys and bottomless nesting. Its own
// builder looks through all keys of an ordered object for each new one; here a set knows them, so a
// vocabulary takes linear time.
class StrictHandler final : public nlohmann::json_sax<Json> {
 public:
  StrictHandler(Json& value, std::string_view where, JsonLimits limits)
      : root_(value), where_(where), limits_(limits) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(int64_t value) override { return add(value); }
  bool number_unsigned(uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t& value) override { return add(std::move(value)); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    Level& level = levels_.back();
    auto& members = level.value->get_ref<Json::object_t&>();
    if (level.keys.insert(name).second) {
      members.emplace_back(name, nullptr);
      member_ = &members.back().second;
      return true;
    }
    require(limits_.allow_duplicate_keys, ErrorCode::corrupt, "{}: the key \"{}\" stands twice in one object",
            where_, name);
    member_ = &members.at(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    std::string reason = error.what();
    if (const auto colon = reason.find("parse error"); colon != std::string::npos)
      reason = reason.substr(colon);
    fail(ErrorCode::corrupt, "{}: is not valid JSON at byte {}: {}", where_, position, reason);
  }

 private:
  struct Level {
    Json* value;
    std::unordered_set<std::string> keys;
  };

  Json* place(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *levels_.back().value;
    if (parent.is_array()) return &parent.get_ref<Json::array_t&>().emplace_back(std::move(value));
    *member_ = std::move(value);
    return member_;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    require(levels_.size() < static_cast<size_t>(limits_.depth), ErrorCode::corrupt,
            "{}: JSON is nested deeper than {} levels", where_, limits_.depth);
    levels_.push_back({place(std::move(value)), {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  Json& root_;
  Json* member_ = nullptr;  // where the value of the key just read goes
  std::string where_;
  JsonLimits limits_;
  std::vector<Level> levels_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view where, JsonLimits limits) {
  // nlohmann takes a NUL for the end of its input and would never see what follows.
  const size_t nul = text.find('\0');
  require(nul == std::string_view::npos, ErrorCode::corrupt, "{}: is not valid JSON at byte {}: a NUL", where,
          nul);
  Json value;
  StrictHandler handler(value, where, limits);
  Json::sax_parse(text.begin(), text.end(), &handler, nlohmann::detail::input_format_t::json, true);
  return value;
}

Json read_json(const std::filesystem::path& path, JsonLimits limits) {
  return parse_json(MappedFile(path).text(), path.string(), limits);
}

std::string dump_json(const Json& value) {
  return value.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

void write_json(const std::filesystem::path& path, const Json& value) { write_file(path, dump_json(value)); }

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, word.size() / 2) + 1;
  std::vector<size_t> row;
  for (const std::string& candidate : candidates) {
    row.resize(candidate.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= word.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= candidate.size(); ++j) {
        const size_t substituted = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace bantam

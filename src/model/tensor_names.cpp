#include "model/tensor_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/name_pattern.h"

namespace bantam {
namespace {

using Entry = TensorFiles::Entry;
using Named = std::map<std::string, const Entry*>;

constexpr size_t kMostListed = 12;

std::string listed(const std::vector<std::string>& names) {
  const size_t count = std::min(names.size(), kMostListed);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<ptrdiff_t>(count), ", "));
  return count == names.size() ? text : text + fmt::format(" and {} more", names.size() - count);
}

std::string tensors(const std::vector<std::string>& names) {
  return (names.size() == 1 ? "tensor " : "tensors ") + listed(names);
}

// The module around a name whose inner names are not known for sure.
struct Place {
  std::string pattern, module;
};

std::optional<Place> place_of(const Family& family, std::string_view name) {
  for (const std::string& pattern : family.uncertain_modules)
    for (size_t end = 1; end <= name.size(); ++end) {
      if (end < name.size() && name[end] != '.' && name[end] != '_') continue;
      if (match_name(pattern, name.substr(0, end))) return Place{pattern, std::string(name.substr(0, end))};
    }
  return {};
}

std::vector<uint64_t> without_ones(std::vector<uint64_t> shape) {
  std::erase(shape, uint64_t{1});
  return shape;
}

class Finder {
 public:
  Finder(const TensorFiles& files, const WantedTensors& wanted, const Family& family,
         const Renaming& renaming, const std::string& where)
      : files_(files), wanted_(wanted), family_(family), renaming_(renaming), where_(where) {}

  TensorNames find() {
    const Named given = given_names();
    for (const auto& [name, entry] : given)
      if (known(name)) result_.found.emplace(name, entry);
    for (const auto& [name, entry] : given)
      if (!known(name)) unknown_.emplace(name, entry);
    guess();
    require_all();
    return std::move(result_);
  }

 private:
  bool known(const std::string& name) const { return wanted_.contains(name) || family_.is_derived(name); }

  // What the renaming makes of a name in the file; the index of the pair that says so is added to `used`.
  std::string renamed(const std::string& name, std::vector<bool>& used) const {
    std::optional<std::string> to;
    for (size_t i = 0; i < renaming_.names.size(); ++i) {
      const auto& [from, target] = renaming_.names[i];
      const auto holes = match_name(from, name);
      if (!holes) continue;
      require(!to, ErrorCode::usage, "{}: \"{}\" is renamed twice, the second time by \"{}\"",
              renaming_.where, name, from);
      to = fill_name(target, *holes);
      used[i] = true;
    }
    if (to && !known(*to)) fail_target(name, *to);
    return to.value_or(name);
  }

  [[noreturn]] void fail_target(const std::string& name, const std::string& to) const {
    std::vector<std::string> all;
    for (const auto& [target, shape] : wanted_) all.push_back(target);
    const std::string near = nearest_name(to, all);
    fail(ErrorCode::usage, "{}: \"{}\" is to be \"{}\", which this model does not have{}", renaming_.where,
         name, to, near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near));
  }

  // The files' tensors by the names that the renaming gives them, or their own.
  Named given_names() const {
    Named given;
    std::vector<bool> used(renaming_.names.size());
    for (const Entry& entry : files_.entries()) {
      const std::string& own = entry.tensor.name;
      const std::string name = renamed(own, used);
      const auto [at, is_new] = given.emplace(name, &entry);
      require(is_new, ErrorCode::usage, "{}: \"{}\" and \"{}\" are both to be \"{}\"", renaming_.where,
              at->second->tensor.name, own, name);
      const auto wanted = wanted_.find(name);
      require(
          name == own || wanted == wanted_.end() || fits(family_, name, entry.tensor.shape, wanted->second),
          ErrorCode::usage, "{}: \"{}\" is {} and cannot be \"{}\", which is [{}]", renaming_.where, own,
          describe(entry.tensor), name,
          wanted == wanted_.end() ? "" : fmt::format("{}", fmt::join(wanted->second, ", ")));
    }
    for (size_t i = 0; i < used.size(); ++i)
      require(used[i], ErrorCode::usage, "{}: {} has no tensor \"{}\"", renaming_.where, where_,
              renaming_.names[i].first);
    return given;
  }

  // Tensors of one module and one shape: those that nobody knows, and those that are lacking.
  struct Group {
    std::string pattern, module;
    std::vector<const Entry*> unknown;
    std::vector<std::string> lacking;

    // The same names for all modules of the pattern.
    std::string general(const std::string& name) const { return pattern + name.substr(module.size()); }
  };

  void guess() {
    std::map<std::pair<std::string, std::vector<uint64_t>>, Group> groups;
    const auto group = [&](const std::string& name, const std::vector<uint64_t>& shape) -> Group* {
      const auto place = place_of(family_, name);
      if (!place) return nullptr;
      Group& at = groups[{place->module, without_ones(shape)}];
      at.pattern = place->pattern, at.module = place->module;
      return &at;
    };
    for (const auto& [name, entry] : unknown_)
      if (Group* g = group(name, entry->tensor.shape)) g->unknown.push_back(entry);
    for (const auto& [name, shape] : wanted_)
      if (Group* g = result_.found.contains(name) ? nullptr : group(name, shape)) g->lacking.push_back(name);
    std::vector<Group> unclear;
    for (const auto& [key, g] : groups) {
      if (g.unknown.empty() || g.lacking.empty()) continue;
      if (g.unknown.size() != 1 || g.lacking.size() != 1) {
        unclear.push_back(g);
        continue;
      }
      const StoredTensor& tensor = g.unknown[0]->tensor;
      result_.found.emplace(g.lacking[0], g.unknown[0]);
      result_.guessed.push_back(
          {tensor.name, fmt::format("[{}]", fmt::join(tensor.shape, ", ")), g.lacking[0]});
      unknown_.erase(tensor.name);
    }
    if (!unclear.empty()) fail_unclear(unclear);
  }

  // Modules alike are said once, in patterns that a renaming may hold.
  [[noreturn]] void fail_unclear(const std::vector<Group>& groups) const {
    std::map<std::string, size_t> cases;
    for (const Group& g : groups) {
      std::vector<std::string> unknown, lacking;
      for (const Entry* entry : g.unknown) unknown.push_back(g.general(entry->tensor.name));
      for (const std::string& name : g.lacking) lacking.push_back(g.general(name));
      ++cases[fmt::format("{} ({}) may be {}", listed(unknown), describe(g.unknown[0]->tensor),
                          fmt::join(lacking, " or "))];
    }
    std::vector<std::string> texts;
    for (const auto& [text, count] : cases)
      texts.push_back(count == 1 ? text : fmt::format("{} (in each of {} modules)", text, count));
    fail(ErrorCode::invalid,
         "{}: neither name nor shape tells which tensor is which: {}; say it with --rename FILE, JSON of "
         "{{\"name in the file\": \"name it is read as\"}}",
         where_, fmt::join(texts, "; "));
  }

  void require_all() const {
    std::vector<std::string> lacking, left;
    for (const auto& [name, shape] : wanted_)
      if (!result_.found.contains(name)) lacking.push_back(name);
    for (const auto& [name, entry] : unknown_) left.push_back(name);
    const std::string rest = fmt::format("holds {} that config.json does not describe", tensors(left));
    require(lacking.empty() || left.empty(), ErrorCode::not_found,
            "{}: has no {}, which config.json calls for, and {}; where only a name differs, --rename FILE "
            "says so",
            where_, tensors(lacking), rest);
    require(lacking.empty(), ErrorCode::not_found, "{}: has no {}, which config.json calls for", where_,
            tensors(lacking));
    require(left.empty(), ErrorCode::invalid, "{}: {}", where_, rest);
  }

  const TensorFiles& files_;
  const WantedTensors& wanted_;
  const Family& family_;
  const Renaming& renaming_;
  const std::string& where_;
  Named unknown_;
  TensorNames result_;
};

}  // namespace

Renaming read_renaming(const std::filesystem::path& file) {
  const std::string where = file.string();
  const Json json = read_json(file);
  require(json.is_object(), ErrorCode::usage,
          "{}: wanted an object of {{\"name in the file\": \"name it is read as\"}}", where);
  Renaming renaming{where, {}};
  for (const auto& [from, to] : json.items()) {
    require(to.is_string(), ErrorCode::usage, "{}: \"{}\" is {}, wanted the name it is read as", where, from,
            to.dump());
    const std::string target = to.get<std::string>();
    require(count_holes(from) == count_holes(target), ErrorCode::usage,
            "{}: \"{}\" and \"{}\" differ in how many {{}} they have", where, from, target);
    renaming.names.emplace_back(from, target);
  }
  return renaming;
}

bool fits(const Family& family, std::string_view name, const std::vector<uint64_t>& stored,
          const std::vector<uint64_t>& wanted) {
  return stored == wanted || (place_of(family, name) && without_ones(stored) == without_ones(wanted));
}

TensorNames find_tensors(const TensorFiles& files, const WantedTensors& wanted, const Family& family,
                         const Renaming& renaming, const std::string& where) {
  return Finder(files, wanted, family, renaming, where).find();
}

}  // namespace bantam

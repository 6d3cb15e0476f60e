#include "cli/size_option.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace bantam::cli {
namespace {

constexpr double kLargest = 1e15;  // what doubles hold whole, and more than any machine has

// 0: no unit.
double factor_of(std::string unit) {
  unit = CLI::detail::to_lower(unit);
  if (unit.ends_with('b')) unit.pop_back();
  if (unit.empty()) return 1;
  const bool binary = unit.size() == 2 && unit[1] == 'i';
  const size_t power = std::string_view("kmgt").find(unit[0]);
  if (power == std::string_view::npos || unit.size() > (binary ? 2 : 1)) return 0;
  return std::pow(binary ? 1024 : 1000, power + 1);
}

std::optional<uint64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return {};
  const double size = std::round(number * factor_of({rest, text.data() + text.size()}));
  if (!(size >= 1 && size <= kLargest)) return {};
  return static_cast<uint64_t>(size);
}

}  // namespace

CLI::Option* add_size_option(CLI::App& command, const char* names, uint64_t& value, const char* meaning,
                             const char* standard) {
  const CLI::Validator size(
      [](std::string& text) {
        const std::optional<uint64_t> parsed = parse_size(text);
        if (!parsed)
          return fmt::format("\"{}\" is no size; wanted a number from 1 to 1000T, as 4096, 64Mi or 1.5G",
                             text);
        text = std::to_string(*parsed);
        return std::string();
      },
      "k, M or G may follow (of 1000; ki of 1024)", "size");
  return command.add_option(names, value, meaning)->type_name("SIZE")->transform(size)->default_str(standard);
}

}  // namespace bantam::cli

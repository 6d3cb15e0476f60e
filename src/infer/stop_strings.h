// Ends a text at a stop string while it streams. Law: what is given out depends on the text alone, not on the
// pieces it came in; nothing is given out that might still turn out to begin a stop string.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

class StopStrings {
 public:
  explicit StopStrings(std::vector<std::string> stops);  // empty ones are left out

  // The text that is safe to show now. Once stopped() nothing more comes.
  std::string push(std::string_view piece);
  std::string finish();  // what was held back, when the text ends without a stop string
  bool stopped() const { return found_.has_value(); }
  const std::string& found() const { return *found_; }  // Requires stopped().

 private:
  std::vector<std::string> stops_;
  std::string held_;
  std::optional<std::string> found_;
};

}  // namespace bantam

// SVG, as far as a picture of boxes, lines and text needs it. Colours follow the reader's light or dark setting, in one
// style sheet that names each role; no script, no font and nothing else is fetched.
// Law: whatever text comes in, what goes out is well-formed XML.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

// Text between tags or in an attribute: markup is escaped; what XML 1.0 has no place for (control characters, bytes that
// are not UTF-8) becomes U+FFFD. XML 1.0, section 2.2.
std::string xml_text(std::string_view text);

// Lines of at most `width` characters, broken at spaces. A longer word is cut and ends in "…".
std::vector<std::string> wrapped(std::string_view text, size_t width);

// Lengths are in pixels, from the upper left. `role` is a class of the style sheet in drawing.cpp.
class Drawing {
 public:
  // What lies behind, between and before the rest, in whatever order it is drawn.
  enum Depth { back, middle, front };

  void box(Depth depth, std::string_view role, double x, double y, double width, double height,
           double radius);
  void text(std::string_view role, double x, double y, std::string_view content);
  void upward_text(std::string_view role, double x, double y,
                   std::string_view content);                              // turned, centred there
  void line(Depth depth, std::string_view role, const std::string& path);  // an SVG path
  void arrow_head(double x, double y, bool down);                          // otherwise to the right
  void plus(double x, double y, double width, double height);              // where a branch is added

  // label: what it shows, for those who do not see it.
  std::string svg(double width, double height, std::string_view label) const;

 private:
  std::string content_[3];
};

}  // namespace bantam

// Images in files, PNG (through libpng) and JPEG (through libjpeg-turbo), as 8-bit RGB, and the square that a model sees
// (models/qovaryx.md, "Chart-patch encoder"). Grey becomes three equal channels, alpha is dropped, 16 bits are scaled to 8;
// colour profiles, gamma and EXIF's rotation are not applied.
//
// Law: a file is hostile until decoded. How large it says it is is held against bounds, and against what so many bytes can
// hold, before memory is taken; what a library merely warns of (data that ends early) is an error as well.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace bantam {

inline constexpr size_t kMostImagePixels = size_t{1} << 25;
inline constexpr uint64_t kMostImageBytes = uint64_t{64} << 20;  // of a file

struct Image {
  size_t width = 0, height = 0;
  std::vector<uint8_t> pixels = {};  // [height, width, 3] from the top left
};

// `where` opens messages. corrupt: it breaks its format or ends early; unsupported: neither PNG nor JPEG, CMYK, or beyond
// the bounds.
Image decode_image(std::span<const std::byte> file, const std::string& where);
// not_found, io besides; invalid: no plain file.
Image read_image(const std::filesystem::path& path);

// [size, size, 3]: the image scaled so that its longer side has `size` pixels, centred on black. Scaling is linear
// interpolation that averages where it shrinks: an output pixel i weighs input pixel j by max(0, 1 − |j + ½ − (i + ½) r| /
// max(r, 1)), r the scale, normalised; along rows, then along columns, in f64, rounded once. An image of that size stays as
// it is.
std::vector<uint8_t> letterboxed(const Image& image, size_t size);

}  // namespace bantam

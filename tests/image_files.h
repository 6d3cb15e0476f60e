// Images in memory as PNG and JPEG files, for tests.
#pragma once
#include <png.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

// After <cstdio>, which it wants.
#include <jpeglib.h>

#include "formats/image.h"

namespace bantam {

// Every pixel differs from its neighbours.
inline Image patterned_image(size_t width, size_t height, size_t seed = 0) {
  Image image{width, height, std::vector<uint8_t>(width * height * 3)};
  for (size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<uint8_t>((i * 97 + seed * 31 + i / 7 * 13) % 256);
  return image;
}

// One colour all over.
inline Image plain_image(size_t side, uint8_t red, uint8_t green, uint8_t blue) {
  Image image{side, side, {}};
  for (size_t i = 0; i < side * side; ++i) image.pixels.insert(image.pixels.end(), {red, green, blue});
  return image;
}

struct PngKind {
  int color = PNG_COLOR_TYPE_RGB, bits = 8, interlace = PNG_INTERLACE_NONE;
};

// `samples` are the file's own, packed as `kind` says, [height, bytes a row]. A palette is 0, 1, 2 … in grey, with alpha.
inline std::string png_file(size_t width, size_t height, std::vector<uint8_t> samples, PngKind kind = {}) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep bytes, png_size_t count) {
        static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<char*>(bytes), count);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), kind.bits,
               kind.color, kind.interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (kind.color == PNG_COLOR_TYPE_PALETTE) {
    png_color palette[4];
    png_byte alpha[4] = {0, 50, 100, 255};
    for (png_byte i = 0; i < 4; ++i)
      palette[i] = {i, static_cast<png_byte>(i * 10), static_cast<png_byte>(i * 20)};
    png_set_PLTE(png, info, palette, 4);
    png_set_tRNS(png, info, alpha, 4, nullptr);
  }
  png_write_info(png, info);
  const size_t row_bytes = png_get_rowbytes(png, info);
  if (samples.size() != row_bytes * height) throw std::invalid_argument("png_file: other samples wanted");
  std::vector<png_bytep> rows;
  for (size_t y = 0; y < height; ++y) rows.push_back(&samples[y * row_bytes]);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}
inline std::string png_file(const Image& image) { return png_file(image.width, image.height, image.pixels); }

// components: 3 for RGB as it is, 1 for its red alone, 4 for a file in CMYK that nobody should read.
inline std::string jpeg_file(const Image& image, int components = 3, bool progressive = false) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width),
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = components;
  jpeg.in_color_space = components == 3 ? JCS_RGB : components == 1 ? JCS_GRAYSCALE : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  for (size_t y = 0; y < image.height; ++y) {
    std::vector<unsigned char> row;
    for (size_t x = 0; x < image.width; ++x)
      for (int c = 0; c < components; ++c)
        row.push_back(image.pixels[(y * image.width + x) * 3 + static_cast<size_t>(c % 3)]);
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&jpeg, &pointer, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string file(reinterpret_cast<char*>(memory), size);
  jpeg_destroy_compress(&jpeg);
  std::free(memory);
  return file;
}

}  // namespace bantam

#include "formats/image.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstring>

// After <cstdio>, which it wants.
#include <jpeglib.h>

#include "base/error.h"
#include "base/file.h"

namespace bantam {
namespace {

constexpr size_t kLongestSide = 32767;
constexpr uint64_t kDensest = 4096;  // bytes of pixels that a byte of a file can hold; deflate reaches 1032
constexpr int kMostScans = 100;      // of a progressive JPEG; each costs a visit of all pixels
constexpr size_t kLongestMessage = 200;

void check_size(uint64_t width, uint64_t height, size_t file_bytes, const std::string& where) {
  require(width > 0 && height > 0 && width <= kLongestSide && height <= kLongestSide &&
              width * height <= kMostImagePixels,
          ErrorCode::unsupported, "{}: has {} × {} pixels; at most {} in all and {} a side are read", where,
          width, height, kMostImagePixels, kLongestSide);
  require(width * height / 8 <= kDensest * file_bytes, ErrorCode::corrupt,
          "{}: says it has {} × {} pixels, and is {} bytes long; so few cannot hold them", where, width,
          height, file_bytes);
}

// Both libraries end a failed call by longjmp. Law: between setjmp and their return nothing lives that has a destructor;
// what they fill belongs to the reader.
class PngReader {
 public:
  PngReader(std::span<const std::byte> file, const std::string& where) : rest_(file), where_(where) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, failed, [](png_structp, png_const_charp) {});
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    require(info_ != nullptr, ErrorCode::out_of_memory, "{}: no memory to decode it", where);
    png_set_read_fn(png_, this, give);
    png_set_user_limits(png_, kLongestSide, kLongestSide);
    png_set_chunk_malloc_max(png_, png_alloc_size_t{1} << 20);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  Image read() {
    const size_t bytes = rest_.size();
    run(&PngReader::header);
    check_size(png_get_image_width(png_, info_), png_get_image_height(png_, info_), bytes, where_);
    run(&PngReader::choose_rgb);
    image_.width = png_get_image_width(png_, info_), image_.height = png_get_image_height(png_, info_);
    require(png_get_rowbytes(png_, info_) == 3 * image_.width, ErrorCode::unsupported,
            "{}: its pixels do not become 8-bit RGB", where_);
    image_.pixels.resize(image_.height * image_.width * 3);
    for (size_t y = 0; y < image_.height; ++y) rows_.push_back(&image_.pixels[y * image_.width * 3]);
    run(&PngReader::body);
    return std::move(image_);
  }

 private:
  void run(void (PngReader::*step)()) {
    if (setjmp(jump_) != 0) fail(ErrorCode::corrupt, "{}: is a broken PNG: {}", where_, message_);
    (this->*step)();
  }
  void header() { png_read_info(png_, info_); }
  void choose_rgb() {
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  }
  void body() {
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
  }

  static void failed(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(self->message_, sizeof self->message_, "%s", message);
    std::longjmp(self->jump_, 1);
  }
  static void give(png_structp png, png_bytep to, png_size_t count) {
    auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > self->rest_.size()) png_error(png, "it ends early");
    std::memcpy(to, self->rest_.data(), count);
    self->rest_ = self->rest_.subspan(count);
  }

  std::jmp_buf jump_;
  char message_[kLongestMessage] = "";
  std::span<const std::byte> rest_;
  const std::string& where_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  Image image_;
  std::vector<png_bytep> rows_;
};

class JpegReader {
 public:
  JpegReader(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = failed;
    errors_.emit_message = warned;
    run(&JpegReader::create);
    progress_.progress_monitor = watch;
    jpeg_.progress = &progress_;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Image read() {
    run(&JpegReader::header);
    check_size(jpeg_.image_width, jpeg_.image_height, file_.size(), where_);
    require(jpeg_.jpeg_color_space != JCS_CMYK && jpeg_.jpeg_color_space != JCS_YCCK, ErrorCode::unsupported,
            "{}: is a JPEG in CMYK; save it as RGB", where_);
    image_ = {jpeg_.image_width, jpeg_.image_height, {}};
    image_.pixels.resize(image_.height * image_.width * 3);
    run(&JpegReader::body);
    require(errors_.num_warnings == 0, ErrorCode::corrupt, "{}: is a damaged JPEG: {}", where_, message_);
    return std::move(image_);
  }

 private:
  void run(void (JpegReader::*step)()) {
    if (setjmp(jump_) != 0) fail(ErrorCode::corrupt, "{}: is a broken JPEG: {}", where_, message_);
    (this->*step)();
  }
  void create() { jpeg_create_decompress(&jpeg_); }
  void header() {
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&jpeg_, TRUE);
  }
  void body() {
    jpeg_.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = &image_.pixels[size_t{jpeg_.output_scanline} * image_.width * 3];
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
  }

  static JpegReader& of(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }
  void keep_message(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    std::snprintf(message_, sizeof message_, "%s", text);
  }
  static void failed(j_common_ptr jpeg) {
    of(jpeg).keep_message(jpeg);
    std::longjmp(of(jpeg).jump_, 1);
  }
  static void warned(j_common_ptr jpeg, int level) {
    if (level >= 0) return;  // traces
    if (jpeg->err->num_warnings++ == 0) of(jpeg).keep_message(jpeg);
  }
  static void watch(j_common_ptr jpeg) {
    JpegReader& self = of(jpeg);
    if (self.jpeg_.input_scan_number <= kMostScans) return;
    std::snprintf(self.message_, sizeof self.message_, "it has more than %d scans", kMostScans);
    std::longjmp(self.jump_, 1);
  }

  std::jmp_buf jump_;
  char message_[kLongestMessage] = "";
  std::span<const std::byte> file_;
  const std::string& where_;
  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  Image image_;
};

// The input pixels that one output pixel is made of.
struct Taps {
  size_t first;
  std::vector<double> weights;
};

std::vector<Taps> taps(size_t in, size_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out), support = std::max(scale, 1.0);
  std::vector<Taps> all;
  for (size_t i = 0; i < out; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const size_t first = static_cast<size_t>(std::max(0.0, std::floor(centre - support + 0.5)));
    const size_t end = std::min(in, static_cast<size_t>(std::max(0.0, std::floor(centre + support + 0.5))));
    Taps one{first, {}};
    double sum = 0;
    for (size_t j = first; j < end; ++j) {
      one.weights.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(j) + 0.5 - centre) / support));
      sum += one.weights.back();
    }
    for (double& weight : one.weights) weight /= sum;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

Image decode_image(std::span<const std::byte> file, const std::string& where) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return PngReader(file, where).read();
  if (text.starts_with("\xff\xd8\xff")) return JpegReader(file, where).read();
  fail(ErrorCode::unsupported, "{}: is neither a PNG nor a JPEG file", where);
}

Image read_image(const std::filesystem::path& path) {
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  require(kind == std::filesystem::file_type::regular || kind == std::filesystem::file_type::not_found,
          ErrorCode::invalid, "{}: is no plain file; want a PNG or JPEG file", path.string());
  const std::string file = read_file(path, kMostImageBytes);
  return decode_image(std::as_bytes(std::span(file)), path.string());
}

std::vector<uint8_t> letterboxed(const Image& image, size_t size) {
  BANTAM_ASSERT(image.width > 0 && image.height > 0 && size > 0);
  const size_t longer = std::max(image.width, image.height);
  const auto scaled = [&](size_t side) {
    return std::max<size_t>(1, (2 * side * size + longer) / (2 * longer));
  };
  const size_t width = scaled(image.width), height = scaled(image.height);
  const std::vector<Taps> across = taps(image.width, width), down = taps(image.height, height);
  std::vector<double> narrowed(image.height * width * 3, 0.0);
  for (size_t y = 0; y < image.height; ++y)
    for (size_t x = 0; x < width; ++x)
      for (size_t k = 0; k < across[x].weights.size(); ++k)
        for (size_t c = 0; c < 3; ++c)
          narrowed[(y * width + x) * 3 + c] +=
              across[x].weights[k] * image.pixels[(y * image.width + across[x].first + k) * 3 + c];
  std::vector<uint8_t> square(size * size * 3, 0);
  const size_t left = (size - width) / 2, top = (size - height) / 2;
  for (size_t y = 0; y < height; ++y)
    for (size_t i = 0; i < width * 3; ++i) {
      double sum = 0;
      for (size_t k = 0; k < down[y].weights.size(); ++k)
        sum += down[y].weights[k] * narrowed[(down[y].first + k) * width * 3 + i];
      square[((top + y) * size + left) * 3 + i] =
          static_cast<uint8_t>(std::clamp(std::floor(sum + 0.5), 0.0, 255.0));
    }
  return square;
}

}  // namespace bantam

#include "formats/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>

#include "base/error.h"
#include "formats/safetensors.h"
#include "formats/stored_values.h"
#include "image_files.h"
#include "infer/golden_files.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Image decoded(const std::string& file) { return decode_image(std::as_bytes(std::span(file)), "a.png"); }

std::string error_of(const std::string& file) {
  try {
    decoded(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Png, GivesThePixelsThatWentIn) {
  for (const int interlace : {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7}) {
    const Image image = patterned_image(13, 7);
    const Image back = decoded(png_file(13, 7, image.pixels, {.interlace = interlace}));
    EXPECT_EQ(back.width, 13u);
    EXPECT_EQ(back.height, 7u);
    EXPECT_EQ(back.pixels, image.pixels);
  }
}

TEST(Png, GreyIsRepeatedAlphaIsDroppedAndDepthsBecomeEightBits) {
  EXPECT_THAT(decoded(png_file(2, 1, {7, 200}, {PNG_COLOR_TYPE_GRAY})).pixels,
              ElementsAre(7, 7, 7, 200, 200, 200));
  EXPECT_THAT(decoded(png_file(2, 1, {7, 0, 200, 255}, {PNG_COLOR_TYPE_GRAY_ALPHA})).pixels,
              ElementsAre(7, 7, 7, 200, 200, 200));
  EXPECT_THAT(decoded(png_file(1, 2, {1, 2, 3, 0, 4, 5, 6, 128}, {PNG_COLOR_TYPE_RGBA})).pixels,
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(
      decoded(png_file(8, 1, {0b10100001}, {PNG_COLOR_TYPE_GRAY, 1})).pixels,
      ElementsAre(255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255));
  EXPECT_THAT(decoded(png_file(1, 1, {0x80, 0x80, 0, 0, 0xff, 0xff}, {PNG_COLOR_TYPE_RGB, 16})).pixels,
              ElementsAre(128, 0, 255));
  EXPECT_THAT(decoded(png_file(2, 1, {3, 1}, {PNG_COLOR_TYPE_PALETTE})).pixels,
              ElementsAre(3, 30, 60, 1, 10, 20));
}

TEST(Jpeg, GivesNearlyThePixelsThatWentIn) {
  for (const bool progressive : {false, true}) {
    const Image image = plain_image(17, 200, 60, 20), back = decoded(jpeg_file(image, 3, progressive));
    EXPECT_EQ(back.width, 17u);
    ASSERT_EQ(back.pixels.size(), image.pixels.size());
    for (size_t i = 0; i < back.pixels.size(); ++i)
      ASSERT_LE(std::abs(int{back.pixels[i]} - int{image.pixels[i]}), 2) << i;
  }
  const Image grey = decoded(jpeg_file(plain_image(9, 77, 0, 0), 1));
  EXPECT_EQ(grey.pixels, plain_image(9, 77, 77, 77).pixels);
}

TEST(Images, OfOtherKindsAndBrokenOnesAreNamed) {
  EXPECT_THAT(error_of(""), HasSubstr("a.png: is neither a PNG nor a JPEG file"));
  EXPECT_THAT(error_of("GIF89a"), HasSubstr("is neither a PNG nor a JPEG file"));
  const std::string png = png_file(patterned_image(20, 20)), jpeg = jpeg_file(patterned_image(20, 20));
  EXPECT_EQ(error_of(png), "");
  EXPECT_THAT(error_of(png.substr(0, png.size() - 20)), HasSubstr("a.png: is a broken PNG: it ends early"));
  EXPECT_THAT(error_of(jpeg.substr(0, jpeg.size() - 60)),
              HasSubstr("a.png: is a damaged JPEG: Premature end"));
  EXPECT_THAT(error_of(jpeg.substr(0, 30)), HasSubstr("JPEG"));
  std::string turned = png;
  turned[60] = static_cast<char>(turned[60] ^ 4);
  EXPECT_THAT(error_of(turned), HasSubstr("is a broken PNG: IDAT: "));
  EXPECT_THAT(error_of(jpeg_file(patterned_image(8, 8), 4)), HasSubstr("is a JPEG in CMYK"));
}

// What the header claims is held against the file before memory is taken.
TEST(Images, SizesBeyondBoundsAreRefused) {
  const auto claiming = [](uint32_t width, uint32_t height) {
    std::string jpeg = jpeg_file(plain_image(8, 1, 2, 3));
    const size_t frame = jpeg.find(std::string("\xff\xc0\x00\x11\x08", 5));
    EXPECT_NE(frame, std::string::npos);
    jpeg[frame + 5] = static_cast<char>(height >> 8), jpeg[frame + 6] = static_cast<char>(height & 255);
    jpeg[frame + 7] = static_cast<char>(width >> 8), jpeg[frame + 8] = static_cast<char>(width & 255);
    return error_of(jpeg);
  };
  EXPECT_THAT(claiming(60000, 4), HasSubstr("has 60000 × 4 pixels; at most"));
  EXPECT_THAT(claiming(20000, 20000), HasSubstr("at most 33554432 in all"));
  EXPECT_THAT(claiming(5000, 6000), HasSubstr("so few cannot hold them"));
}

TEST(Images, OnlyPlainFilesAreRead) {
  const TemporaryFolder folder;
  folder.write("a.png", png_file(patterned_image(3, 3)));
  EXPECT_EQ(read_image(folder / "a.png").pixels, patterned_image(3, 3).pixels);
  EXPECT_THROW(read_image(folder.path()), Error);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(read_image(folder / "pipe"), Error) << "and does not wait for a writer";
  EXPECT_THROW(read_image(folder / "none.png"), Error);
}

// Against PyTorch's antialiased bilinear interpolation in f64 (tools/golden/make_images.py).
TEST(Letterboxed, AsPyTorchScales) {
  const GoldenFolder golden("images");
  const SafetensorsFile file(golden / "letterbox.safetensors");
  const auto pixels_of = [&](const StoredTensor& tensor) {
    const auto bytes = file.bytes(tensor);
    const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
    return std::vector<uint8_t>(first, first + bytes.size());
  };
  size_t shapes = 0;
  while (const StoredTensor* image = file.find(fmt::format("image.{}", shapes))) {
    const StoredTensor& square = *file.find(fmt::format("square.{}", shapes));
    const std::vector<uint8_t> got =
        letterboxed({image->shape[1], image->shape[0], pixels_of(*image)}, square.shape[0]);
    const std::vector<float> want = stored_floats(file, square);  // not rounded: a half may go either way
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 0.5 + 2e-5) << shapes << ": " << i;
    ++shapes;
  }
  EXPECT_EQ(shapes, 7u);
}

}  // namespace
}  // namespace bantam

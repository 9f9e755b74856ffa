#include "report/contact_sheet.h"

#include <algorithm>
#include <string>
#include <vector>

#include <png.h>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// A PNG file read back by libpng: RGB, row by row.
struct Decoded {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels;
};

Decoded decode(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  Decoded decoded;
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) return decoded;
  image.format = PNG_FORMAT_RGB;
  decoded.pixels.resize(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, decoded.pixels.data(), 0, nullptr) == 0) return {};
  decoded.width = image.width;
  decoded.height = image.height;
  return decoded;
}

bool operator==(Color a, Color b) {
  return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

// Pixels of the color in a part of the canvas.
int count(const Canvas& canvas, std::uint32_t x, std::uint32_t y, std::uint32_t width,
          std::uint32_t height, Color color) {
  int found = 0;
  for (std::uint32_t row = y; row < y + height; ++row) {
    for (std::uint32_t column = x; column < x + width; ++column) {
      if (canvas.at(column, row) == color) ++found;
    }
  }
  return found;
}

constexpr Color kRed{200, 0, 0};
constexpr Color kGrey{90, 90, 90};

TEST(Canvas, FillsWithinItsBounds) {
  Canvas canvas(10, 6, kGrey);
  canvas.fill(8, 4, 100, 100, kRed);
  canvas.fill(20, 20, 5, 5, kRed);
  EXPECT_EQ(count(canvas, 0, 0, 10, 6, kRed), 4);
  EXPECT_EQ(canvas.at(9, 5).red, 200);
  EXPECT_EQ(canvas.at(7, 5).red, 90);
}

TEST(Canvas, WritesGlyphs) {
  Canvas canvas(40, 20, kGrey);
  canvas.write(0, 0, "1", kRed);
  // Of 5 x 7 dots of 2 x 2 pixels: the foot is three dots wide, the stem seven high.
  EXPECT_EQ(count(canvas, 0, 12, 10, 2, kRed), 3 * 4);
  EXPECT_EQ(count(canvas, 4, 0, 2, 14, kRed), 7 * 4);
  EXPECT_EQ(count(canvas, 0, 14, 40, 6, kRed), 0);
  Canvas other(40, 20, kGrey);
  other.write(0, 0, "A \x01", kRed);
  Canvas small(40, 20, kGrey);
  small.write(0, 0, "a", kRed);
  EXPECT_EQ(other.to_png(), small.to_png());
  EXPECT_EQ(Canvas::text_width("abc"), 36U);
}

TEST(Canvas, EveryCharacterItPromisesIsThereAndAnother) {
  std::vector<std::string> seen;
  for (const char character : std::string("0123456789abcdefghijklmnopqrstuvwxyz#-+.,: ")) {
    Canvas canvas(12, 14, kGrey);
    canvas.write(0, 0, std::string(1, character), kRed);
    seen.push_back(canvas.to_png());
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(Canvas, ThePngIsThePicture) {
  Canvas canvas(7, 3, kGrey);
  canvas.fill(2, 1, 1, 1, {1, 2, 3});
  const Decoded decoded = decode(canvas.to_png());
  ASSERT_EQ(decoded.width, 7U);
  ASSERT_EQ(decoded.height, 3U);
  for (std::uint32_t y = 0; y < 3; ++y) {
    for (std::uint32_t x = 0; x < 7; ++x) {
      const std::uint8_t* pixel = &decoded.pixels[std::size_t{3} * (y * 7 + x)];
      EXPECT_TRUE((canvas.at(x, y) == Color{pixel[0], pixel[1], pixel[2]}));
    }
  }
}

TEST(ContactSheet, SmallImagesAreEnlarged) {
  EXPECT_EQ(enlargement(28, 28), 4U);
  EXPECT_EQ(enlargement(32, 32), 4U);
  EXPECT_EQ(enlargement(3, 4), 28U);
  EXPECT_EQ(enlargement(224, 100), 1U);
  EXPECT_EQ(enlargement(5000, 5000), 1U);
}

TEST(ContactSheet, ShowsEveryImageWhole) {
  ContactSheet sheet;
  sheet.image_width = 3;
  sheet.image_height = 2;
  sheet.columns = {"original", "epoch 1"};
  const ContactSheet::Image reds(6, kRed);
  ContactSheet::Image marked(6, kGrey);
  marked[5] = kRed;
  sheet.rows = {{{"label 3", "#12"}, {reds, marked}}, {{"label 4"}, {marked, marked}}};
  const Canvas canvas = draw(sheet);
  const auto scale = static_cast<int>(enlargement(3, 2));
  const int reds_expected = (6 + 1 + 1 + 1) * scale * scale;
  EXPECT_EQ(count(canvas, 0, 0, canvas.width(), canvas.height(), kRed), reds_expected);
  EXPECT_EQ(count(canvas, 0, 0, canvas.width(), canvas.height(), kGrey), 15 * scale * scale);
  EXPECT_GE(canvas.width(), Canvas::text_width("label 3") + 2 * 3 * enlargement(3, 2));
}

}  // namespace
}  // namespace lockstep

#include "report/canvas.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <png.h>

namespace lockstep {
namespace {

// Glyphs of 5 x 7 dots, a byte for each column, its lowest bit at the top.
struct Glyph {
  char character;
  std::array<std::uint8_t, 5> columns;
};
constexpr std::uint32_t kGlyphRows = 7;
constexpr std::uint32_t kAdvance = 6;  // dots from one glyph to the next
constexpr std::uint32_t kDot = 2;      // pixels

constexpr Glyph kGlyphs[] = {
    {'0', {0x3E, 0x51, 0x49, 0x45, 0x3E}}, {'1', {0x00, 0x42, 0x7F, 0x40, 0x00}},
    {'2', {0x42, 0x61, 0x51, 0x49, 0x46}}, {'3', {0x21, 0x41, 0x45, 0x4B, 0x31}},
    {'4', {0x18, 0x14, 0x12, 0x7F, 0x10}}, {'5', {0x27, 0x45, 0x45, 0x45, 0x39}},
    {'6', {0x3C, 0x4A, 0x49, 0x49, 0x30}}, {'7', {0x01, 0x71, 0x09, 0x05, 0x03}},
    {'8', {0x36, 0x49, 0x49, 0x49, 0x36}}, {'9', {0x06, 0x49, 0x49, 0x29, 0x1E}},
    {'a', {0x20, 0x54, 0x54, 0x54, 0x78}}, {'b', {0x7F, 0x48, 0x44, 0x44, 0x38}},
    {'c', {0x38, 0x44, 0x44, 0x44, 0x20}}, {'d', {0x38, 0x44, 0x44, 0x48, 0x7F}},
    {'e', {0x38, 0x54, 0x54, 0x54, 0x18}}, {'f', {0x08, 0x7E, 0x09, 0x01, 0x02}},
    {'g', {0x0C, 0x52, 0x52, 0x52, 0x3E}}, {'h', {0x7F, 0x08, 0x04, 0x04, 0x78}},
    {'i', {0x00, 0x44, 0x7D, 0x40, 0x00}}, {'j', {0x20, 0x40, 0x44, 0x3D, 0x00}},
    {'k', {0x7F, 0x10, 0x28, 0x44, 0x00}}, {'l', {0x00, 0x41, 0x7F, 0x40, 0x00}},
    {'m', {0x7C, 0x04, 0x18, 0x04, 0x78}}, {'n', {0x7C, 0x08, 0x04, 0x04, 0x78}},
    {'o', {0x38, 0x44, 0x44, 0x44, 0x38}}, {'p', {0x7C, 0x14, 0x14, 0x14, 0x08}},
    {'q', {0x08, 0x14, 0x14, 0x18, 0x7C}}, {'r', {0x7C, 0x08, 0x04, 0x04, 0x08}},
    {'s', {0x48, 0x54, 0x54, 0x54, 0x20}}, {'t', {0x04, 0x3F, 0x44, 0x40, 0x20}},
    {'u', {0x3C, 0x40, 0x40, 0x20, 0x7C}}, {'v', {0x1C, 0x20, 0x40, 0x20, 0x1C}},
    {'w', {0x3C, 0x40, 0x30, 0x40, 0x3C}}, {'x', {0x44, 0x28, 0x10, 0x28, 0x44}},
    {'y', {0x0C, 0x50, 0x50, 0x50, 0x3C}}, {'z', {0x44, 0x64, 0x54, 0x4C, 0x44}},
    {'#', {0x14, 0x7F, 0x14, 0x7F, 0x14}}, {'-', {0x08, 0x08, 0x08, 0x08, 0x08}},
    {'+', {0x08, 0x08, 0x3E, 0x08, 0x08}}, {'.', {0x00, 0x60, 0x60, 0x00, 0x00}},
    {',', {0x00, 0x50, 0x30, 0x00, 0x00}}, {':', {0x00, 0x36, 0x36, 0x00, 0x00}},
};

const Glyph* glyph_of(char character) {
  const bool capital = character >= 'A' && character <= 'Z';
  const char drawn = capital ? static_cast<char>(character - 'A' + 'a') : character;
  const auto* glyph = std::ranges::find(kGlyphs, drawn, &Glyph::character);
  return glyph == std::ranges::end(kGlyphs) ? nullptr : glyph;
}

}  // namespace

Canvas::Canvas(std::uint32_t width, std::uint32_t height, Color background)
    : width_(width), height_(height), pixels_(std::size_t{3} * width * height) {
  fill(0, 0, width, height, background);
}

Color Canvas::at(std::uint32_t x, std::uint32_t y) const {
  const std::size_t pixel = 3 * (std::size_t{y} * width_ + x);
  return {pixels_.at(pixel), pixels_.at(pixel + 1), pixels_.at(pixel + 2)};
}

void Canvas::fill(std::uint32_t x, std::uint32_t y, std::uint32_t width, std::uint32_t height,
                  Color color) {
  for (std::uint64_t row = y; row < std::min<std::uint64_t>(std::uint64_t{y} + height, height_);
       ++row) {
    for (std::uint64_t column = x;
         column < std::min<std::uint64_t>(std::uint64_t{x} + width, width_); ++column) {
      std::uint8_t* pixel = &pixels_[3 * (row * width_ + column)];
      pixel[0] = color.red;
      pixel[1] = color.green;
      pixel[2] = color.blue;
    }
  }
}

void Canvas::write(std::uint32_t x, std::uint32_t y, std::string_view text, Color color) {
  for (const char character : text) {
    if (const Glyph* glyph = glyph_of(character)) {
      for (std::uint32_t column = 0; column < glyph->columns.size(); ++column) {
        for (std::uint32_t row = 0; row < kGlyphRows; ++row) {
          if (((glyph->columns[column] >> row) & 1U) == 0) continue;
          fill(x + column * kDot, y + row * kDot, kDot, kDot, color);
        }
      }
    }
    x += kAdvance * kDot;
  }
}

std::uint32_t Canvas::text_width(std::string_view text) {
  return static_cast<std::uint32_t>(text.size()) * kAdvance * kDot;
}

std::uint32_t Canvas::text_height() { return kGlyphRows * kDot; }

std::string Canvas::to_png() const {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width_;
  image.height = height_;
  image.format = PNG_FORMAT_RGB;
  const auto write_to = [&](void* memory, png_alloc_size_t& bytes) {
    if (png_image_write_to_memory(&image, memory, &bytes, 0, pixels_.data(), 0, nullptr) == 0) {
      throw std::runtime_error(std::string("libpng: ") + image.message);
    }
  };
  png_alloc_size_t bytes = 0;
  write_to(nullptr, bytes);  // determines the number of bytes
  std::string png(bytes, '\0');
  write_to(png.data(), bytes);
  png.resize(bytes);
  return png;
}

}  // namespace lockstep

#pragma once
// A picture on which rectangles, images and words are drawn.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

// Pixels row by row, three bytes each. Anything beyond the edges is not drawn.
class Canvas {
 public:
  Canvas(std::uint32_t width, std::uint32_t height, Color background);

  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }
  [[nodiscard]] Color at(std::uint32_t x, std::uint32_t y) const;

  void fill(std::uint32_t x, std::uint32_t y, std::uint32_t width, std::uint32_t height,
            Color color);

  // Writes digits, letters (all in lower case), and # - + . , : with a fixed width;
  // other characters become blanks. (x, y) is the upper left corner.
  void write(std::uint32_t x, std::uint32_t y, std::string_view text, Color color);

  // Width of a text in pixels.
  static std::uint32_t text_width(std::string_view text);
  static std::uint32_t text_height();

  // The picture as a PNG file (8 bits, RGB).
  [[nodiscard]] std::string to_png() const;

 private:
  std::uint32_t width_;
  std::uint32_t height_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace lockstep

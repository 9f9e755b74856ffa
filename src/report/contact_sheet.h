#pragma once
// Many small images on one page: a row for each example, a column for each
// version of it.

#include <cstdint>
#include <string>
#include <vector>

#include "report/canvas.h"

namespace lockstep {

struct ContactSheet {
  std::uint32_t image_width = 0;
  std::uint32_t image_height = 0;
  std::vector<std::string> columns;  // headings of the columns

  // Pixels of an image, row by row.
  using Image = std::vector<Color>;
  struct Row {
    std::vector<std::string> caption;  // lines
    std::vector<Image> images;         // one for each column
  };
  std::vector<Row> rows;
};

// Draws the sheet, with small images enlarged by a whole factor. A gap separates the
// first column from the others.
Canvas draw(const ContactSheet& sheet);

// The factor by which images are enlarged.
std::uint32_t enlargement(std::uint32_t image_width, std::uint32_t image_height);

}  // namespace lockstep

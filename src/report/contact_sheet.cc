#include "report/contact_sheet.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr Color kPaper{255, 255, 255};
constexpr Color kInk{40, 40, 40};
constexpr std::uint32_t kGap = 8;
constexpr std::uint32_t kLargeSide = 112;  // small images are enlarged to about this

std::uint32_t caption_width(const ContactSheet& sheet) {
  std::uint32_t width = 0;
  for (const auto& row : sheet.rows) {
    for (const std::string& line : row.caption) {
      width = std::max(width, Canvas::text_width(line));
    }
  }
  return width;
}

void draw_image(Canvas& canvas, std::uint32_t left, std::uint32_t top, const ContactSheet& sheet,
                const ContactSheet::Image& image, std::uint32_t scale) {
  for (std::uint32_t y = 0; y < sheet.image_height; ++y) {
    for (std::uint32_t x = 0; x < sheet.image_width; ++x) {
      canvas.fill(left + x * scale, top + y * scale, scale, scale,
                  image.at(std::size_t{y} * sheet.image_width + x));
    }
  }
}

}  // namespace

std::uint32_t enlargement(std::uint32_t image_width, std::uint32_t image_height) {
  const std::uint32_t side = std::max({image_width, image_height, 1U});
  return std::max(1U, (kLargeSide + side / 2) / side);
}

Canvas draw(const ContactSheet& sheet) {
  const std::uint32_t scale = enlargement(sheet.image_width, sheet.image_height);
  const std::uint32_t line = Canvas::text_height() + kGap / 2;
  std::uint32_t cell_width = sheet.image_width * scale;
  std::uint32_t cell_height = sheet.image_height * scale;
  for (const std::string& heading : sheet.columns) {
    cell_width = std::max(cell_width, Canvas::text_width(heading));
  }
  for (const auto& row : sheet.rows) {
    cell_height = std::max(cell_height, static_cast<std::uint32_t>(row.caption.size()) * line);
  }
  const std::uint32_t first_column = kGap + caption_width(sheet) + kGap;
  const std::uint32_t first_row = kGap + line + kGap;
  const auto left_of = [&](std::size_t column) {
    return first_column + static_cast<std::uint32_t>(column) * (cell_width + kGap) +
           (column > 0 ? 2 * kGap : 0);
  };
  const auto top_of = [&](std::size_t row) {
    return first_row + static_cast<std::uint32_t>(row) * (cell_height + kGap);
  };

  Canvas canvas(left_of(sheet.columns.size()), top_of(sheet.rows.size()), kPaper);
  for (std::size_t column = 0; column < sheet.columns.size(); ++column) {
    canvas.write(left_of(column), kGap, sheet.columns[column], kInk);
  }
  for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
    std::uint32_t y = top_of(row);
    for (const std::string& text : sheet.rows[row].caption) {
      canvas.write(kGap, y, text, kInk);
      y += line;
    }
    for (std::size_t column = 0; column < sheet.columns.size(); ++column) {
      draw_image(canvas, left_of(column), top_of(row), sheet, sheet.rows[row].images.at(column),
                 scale);
    }
  }
  return canvas;
}

}  // namespace lockstep

#include "report/aligned_rows.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace lockstep {

std::string aligned_rows(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += fmt::format("{}{:>{}}", i > 0 ? "  " : "", row[i], widths[i]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace lockstep

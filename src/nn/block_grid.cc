#include "nn/block_grid.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "nn/panels.h"

namespace lockstep {
namespace {

// Rows of a block: few enough that each of `threads` has several blocks, and at most `most`.
std::uint64_t rows_of_block(std::uint64_t rows, std::uint64_t panels, std::uint64_t threads,
                            std::uint64_t most) {
  constexpr std::uint64_t kFewest = 32;
  if (threads == 1) return most;
  const std::uint64_t parts = (4 * threads + panels - 1) / panels;
  const std::uint64_t even = (rows / parts + kFewest - 1) / kFewest * kFewest;
  return std::clamp(even, kFewest, most);
}

}  // namespace

std::vector<Range> parts_of(std::uint64_t n, std::uint64_t part) {
  std::vector<Range> parts;
  for_each_part({0, n}, part, [&](Range each) { parts.push_back(each); });
  return parts;
}

void share(std::span<const GridWork> all, const Team& team) {
  std::uint64_t blocks = 0;
  for (const GridWork& each : all) blocks += each.grid.size();
  team.share(blocks, [&](std::uint64_t i) {
    const GridWork* each = all.data();
    for (; i >= each->grid.size(); ++each) i -= each->grid.size();
    each->work(each->grid[i]);
  });
}

template <typename T>
BlockGrid output_grid(std::span<const Range> segments, std::uint64_t columns, bool divides_columns,
                      std::uint64_t threads, std::uint64_t most_rows) {
  std::vector<Range> panels = parts_of(columns, divides_columns ? kPanel : columns);
  if constexpr (std::is_same_v<T, double>) {
    return {{segments.begin(), segments.end()}, {{0, columns}}};
  } else {
    const std::uint64_t rows = segments.empty() ? 0 : segments.back().end;
    const std::uint64_t of_block = rows_of_block(rows, panels.size(), threads, most_rows);
    return {parts_of(rows, of_block), std::move(panels)};
  }
}

template <typename T>
BlockGrid tensor_grid(std::uint64_t rows, std::uint64_t columns, bool divides) {
  if (!divides || std::is_same_v<T, double>) return {{{0, rows}}, {{0, columns}}};
  const std::uint64_t width = std::min(columns, kPanel);
  return {parts_of(rows, kTileValues / width), parts_of(columns, width)};
}

template BlockGrid output_grid<float>(std::span<const Range>, std::uint64_t, bool, std::uint64_t,
                                      std::uint64_t);
template BlockGrid output_grid<double>(std::span<const Range>, std::uint64_t, bool, std::uint64_t,
                                       std::uint64_t);
template BlockGrid tensor_grid<float>(std::uint64_t, std::uint64_t, bool);
template BlockGrid tensor_grid<double>(std::uint64_t, std::uint64_t, bool);

}  // namespace lockstep

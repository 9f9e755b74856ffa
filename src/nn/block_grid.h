#pragma once
// How the values of a matrix are divided into blocks, for the threads of a team. Pure; the choice
// never changes a value.

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/team.h"
#include "linalg/matrix.h"

namespace lockstep {

// Every part of the rows by every part of the columns, all rows of a part of the columns first.
class BlockGrid {
 public:
  BlockGrid(std::vector<Range> rows, std::vector<Range> columns)
      : rows_(std::move(rows)), columns_(std::move(columns)) {}

  [[nodiscard]] std::uint64_t size() const { return rows_.size() * columns_.size(); }
  [[nodiscard]] Block operator[](std::uint64_t i) const {
    return {rows_[i % rows_.size()], columns_[i / rows_.size()]};
  }

 private:
  std::vector<Range> rows_;
  std::vector<Range> columns_;
};

// The parts of [0, n), each of `part` values but the last.
std::vector<Range> parts_of(std::uint64_t n, std::uint64_t part);

// Something to do for every block of a grid.
struct GridWork {
  BlockGrid grid;
  std::function<void(const Block&)> work;
};

// Called by all threads of a team: does all of it, shared by the threads, in any order.
void share(std::span<const GridWork> all, const Team& team);

// Divides a layer's output, or the gradient of it, with the rows of a pass: `segments` follow each
// other from row 0 on. In float a block has the columns of a panel, if columns may be divided, and
// at most `most_rows` rows, fewer where threads would have nothing to do. In double, where the bits
// of a product depend on its shape, a block has the rows of a segment and all columns.
template <typename T>
BlockGrid output_grid(std::span<const Range> segments, std::uint64_t columns, bool divides_columns,
                      std::uint64_t threads, std::uint64_t most_rows);

// The most rows of a block of a forward pass, so that no thread waits long for the last block; and
// of a gradient of an input, which copies a part of the weights for each block, and is followed by
// many small tiles.
constexpr std::uint64_t kForwardRows = 64;
constexpr std::uint64_t kBackwardRows = 256;

// Divides a tensor that is a matrix: in float into tiles that fit the first cache, if the kind of
// layer allows it.
template <typename T>
BlockGrid tensor_grid(std::uint64_t rows, std::uint64_t columns, bool divides);

// The most values of a tile, if there are several.
constexpr std::uint64_t kTileValues = 2048;

}  // namespace lockstep

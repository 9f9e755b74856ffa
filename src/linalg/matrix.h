#pragma once
// Row-major matrix views. A view never owns.

#include <cstdint>
#include <span>

#include "base/check.h"
#include "base/range.h"

namespace lockstep {

// A part of a matrix.
struct Block {
  Range rows;
  Range columns;
};

// rows x columns values, row by row; a row begins `stride` values after the one before it.
template <typename T>
struct Matrix {
  T* data = nullptr;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t stride = 0;

  Matrix() = default;
  // Contiguous rows.
  Matrix(T* values, std::uint64_t row_count, std::uint64_t column_count)
      : Matrix(values, row_count, column_count, column_count) {}
  Matrix(T* values, std::uint64_t row_count, std::uint64_t column_count, std::uint64_t row_stride)
      : data(values), rows(row_count), columns(column_count), stride(row_stride) {}

  [[nodiscard]] std::span<T> row(std::uint64_t i) const { return {data + i * stride, columns}; }
  // All values, of contiguous rows.
  [[nodiscard]] std::span<T> values() const {
    check(stride == columns || rows <= 1, "the rows of the matrix are contiguous");
    return {data, rows * columns};
  }
  [[nodiscard]] Matrix top(std::uint64_t n) const { return {data, n, columns, stride}; }
  [[nodiscard]] Matrix some_rows(Range range) const {
    return {data + range.begin * stride, range.size(), columns, stride};
  }
  [[nodiscard]] Matrix some_columns(Range range) const {
    return {data + range.begin, rows, range.size(), stride};
  }
  [[nodiscard]] Matrix block(const Block& block) const {
    return some_rows(block.rows).some_columns(block.columns);
  }
  operator Matrix<const T>() const {
    return {data, rows, columns, stride};
  }  // NOLINT: views convert
};

}  // namespace lockstep

#pragma once
// Row-major matrix views. A view never owns.

#include <cstdint>
#include <span>

namespace lockstep {

// rows x columns values, contiguous, row-major.
template <typename T>
struct Matrix {
  T* data = nullptr;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;

  [[nodiscard]] std::span<T> row(std::uint64_t i) const { return {data + i * columns, columns}; }
  [[nodiscard]] std::span<T> values() const { return {data, rows * columns}; }
  [[nodiscard]] Matrix top(std::uint64_t n) const { return {data, n, columns}; }
  operator Matrix<const T>() const { return {data, rows, columns}; }  // NOLINT: views convert
};

}  // namespace lockstep

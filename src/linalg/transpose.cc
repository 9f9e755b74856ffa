#include "linalg/transpose.h"

#include <cstddef>
#include <cstring>
#include <initializer_list>

#include "linalg/pairs.h"

namespace lockstep {
namespace {

constexpr std::size_t kSide = 8;
using FloatRow = float __attribute__((vector_size(kSide * sizeof(float))));
using PairRow = Pair __attribute__((vector_size(kSide * sizeof(Pair))));

FloatRow load(const float* from) {
  FloatRow row;
  std::memcpy(&row, from, sizeof(row));
  return row;
}

PairRow load(const Pair* from) {
  PairRow row;
  std::memcpy(&row, from, sizeof(row));
  return row;
}

template <typename Row, typename T>
void store(Row row, T* to) {
  std::memcpy(to, &row, sizeof(row));
}

// Exchanges ever larger squares: pairs of values, of pairs, of fours.
template <typename T>
void transpose_square(const T* from, std::size_t from_stride, T* to, std::size_t to_stride) {
  using Row = decltype(load(from));
  Row rows[kSide];
  Row pairs[kSide];
  Row fours[kSide];
  for (std::size_t i = 0; i < kSide; ++i) rows[i] = load(from + i * from_stride);
  for (std::size_t i = 0; i < kSide; i += 2) {
    pairs[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    pairs[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (const std::size_t i : {0U, 1U, 4U, 5U}) {
    fours[i] = __builtin_shufflevector(pairs[i], pairs[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    fours[i + 2] = __builtin_shufflevector(pairs[i], pairs[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (std::size_t i = 0; i < kSide / 2; ++i) {
    store(__builtin_shufflevector(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11),
          to + i * to_stride);
    store(__builtin_shufflevector(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15),
          to + (i + 4) * to_stride);
  }
}

}  // namespace

template <typename T>
void transpose(const T* from, std::uint64_t from_stride, std::uint64_t rows, std::uint64_t columns,
               T* to, std::uint64_t to_stride) {
  const std::uint64_t whole_rows = rows / kSide * kSide;
  const std::uint64_t whole_columns = columns / kSide * kSide;
  for (std::uint64_t c = 0; c < whole_columns; c += kSide) {
    for (std::uint64_t r = 0; r < whole_rows; r += kSide) {
      transpose_square(from + r * from_stride + c, from_stride, to + c * to_stride + r, to_stride);
    }
  }
  for (std::uint64_t r = 0; r < rows; ++r) {
    const std::uint64_t first = r < whole_rows ? whole_columns : 0;
    for (std::uint64_t c = first; c < columns; ++c)
      to[c * to_stride + r] = from[r * from_stride + c];
  }
}

template void transpose(const float*, std::uint64_t, std::uint64_t, std::uint64_t, float*,
                        std::uint64_t);
template void transpose(const Pair*, std::uint64_t, std::uint64_t, std::uint64_t, Pair*,
                        std::uint64_t);

}  // namespace lockstep

#pragma once
// The kernels of linalg/kernels.h. Each file that includes this is compiled for other instructions,
// so that all of it is local to that file. It defines LOCKSTEP_AVX2 or LOCKSTEP_AVX512 for fused
// multiply-adds by these instructions, and neither for those of the C++ library; LOCKSTEP_BFLOAT16
// beside LOCKSTEP_AVX512 for instructions that multiply pairs of bfloat16 numbers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#if defined(LOCKSTEP_AVX2) || defined(LOCKSTEP_AVX512)
#include <immintrin.h>
#endif

#include "linalg/block_product.h"
#include "linalg/kernels.h"
#include "linalg/pairs.h"
#include "linalg/tree_product.h"

namespace lockstep {
namespace {

#ifdef LOCKSTEP_AVX512
constexpr std::size_t kLanes = 16;
constexpr std::size_t kTileRows = 8;  // 16 of 32 registers are sums
#else
constexpr std::size_t kLanes = 8;
constexpr std::size_t kTileRows = 4;  // 8 of 16 registers are sums
#endif
constexpr std::size_t kTileVectors = 2;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using PairLanes = Pair __attribute__((vector_size(kLanes * sizeof(Pair))));

inline Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

inline PairLanes load(const Pair* from) {
  PairLanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

template <typename Vector, typename Value>
inline void store(Vector lanes, Value* to) {
  std::memcpy(to, &lanes, sizeof(lanes));
}

// a b + c with one rounding.
inline Lanes fused(float a, Lanes b, Lanes c) {
#if defined(LOCKSTEP_AVX512)
  return _mm512_fmadd_ps(_mm512_set1_ps(a), b, c);
#elif defined(LOCKSTEP_AVX2)
  return _mm256_fmadd_ps(_mm256_set1_ps(a), b, c);
#else
  for (std::size_t i = 0; i < kLanes; ++i) c[i] = std::fma(a, b[i], c[i]);
  return c;
#endif
}

#ifndef LOCKSTEP_BFLOAT16
constexpr Pair kSecond = 0xffff0000;

inline float as_float(Pair bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline Lanes as_floats(PairLanes bits) {
  Lanes values;
  std::memcpy(&values, &bits, sizeof(values));
  return values;
}
#endif

// The second numbers of the pairs are multiplied first, with a rounding for each product.
inline Lanes fused(Pair a, PairLanes b, Lanes c) {
#ifdef LOCKSTEP_BFLOAT16
  return _mm512_dpbf16_ps(c, (__m512bh)_mm512_set1_epi32(static_cast<int>(a)), (__m512bh)b);
#else
  const Lanes second = fused(as_float(a & kSecond), as_floats(b & kSecond), c);
  return fused(as_float(a << 16), as_floats(b << 16), second);
#endif
}

// ---- rounding to bfloat16 ----

using Halves = std::uint16_t __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));

#ifndef LOCKSTEP_BFLOAT16
// The bits of the nearest bfloat16 number in the upper half of each lane, and others below them.
// Ties to even; subnormal numbers become zero, NaNs stay NaNs.
inline PairLanes rounded_bits(Lanes values) {
  PairLanes bits;
  std::memcpy(&bits, &values, sizeof(bits));
  const PairLanes magnitude = bits & 0x7fffffffU;
  const PairLanes nearest = bits + 0x7fffU + ((bits >> 16) & 1U);
  const PairLanes finite = magnitude < 0x00800000U ? bits & 0x80000000U : nearest;
  return magnitude > 0x7f800000U ? bits | 0x00400000U : finite;
}
#endif

inline Halves rounded(Lanes values) {
#ifdef LOCKSTEP_BFLOAT16
  return (Halves)_mm512_cvtneps_pbh(values);
#else
  return __builtin_convertvector(rounded_bits(values) >> 16, Halves);
#endif
}

// The same numbers as floats.
inline Lanes rounded_floats(Lanes values) {
#ifdef LOCKSTEP_BFLOAT16
  constexpr __mmask16 kAll = 0xffff;
  const auto halves = (__m256i)_mm512_cvtneps_pbh(values);
  return (Lanes)((PairLanes)_mm512_maskz_cvtepu16_epi32(kAll, halves) << 16);
#else
  return as_floats(rounded_bits(values) & kSecond);
#endif
}

// Operands of one tile of C. Strides count values.
template <typename Operand>
struct Tile {
  const Operand* a;
  std::size_t a_row;
  std::size_t a_depth;
  const Operand* b;
  std::size_t b_stride;
  float* c;
  std::size_t c_stride;
  std::size_t depth;
  bool continues;
};

// A tile of rows x (vectors * kLanes) values of C, which stays in registers.
template <std::size_t rows, std::size_t vectors, typename Operand>
inline void multiply_tile(const Tile<Operand>& tile) {
  Lanes sums[rows][vectors] = {};
  if (tile.continues) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t v = 0; v < vectors; ++v) {
        sums[r][v] = load(tile.c + r * tile.c_stride + v * kLanes);
      }
    }
  }
  for (std::size_t k = 0; k < tile.depth; ++k) {
    decltype(load(tile.b)) right[vectors];
    for (std::size_t v = 0; v < vectors; ++v)
      right[v] = load(tile.b + k * tile.b_stride + v * kLanes);
    for (std::size_t r = 0; r < rows; ++r) {
      const Operand left = tile.a[r * tile.a_row + k * tile.a_depth];
      for (std::size_t v = 0; v < vectors; ++v) sums[r][v] = fused(left, right[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t v = 0; v < vectors; ++v) {
      store(sums[r][v], tile.c + r * tile.c_stride + v * kLanes);
    }
  }
}

// Rows in tiles of `rows_of_tile`, and the rest in smaller ones.
template <std::size_t rows_of_tile, std::size_t vectors, typename Operand>
inline void multiply_rows(Tile<Operand> tile, std::size_t rows) {
  for (; rows >= rows_of_tile; rows -= rows_of_tile) {
    multiply_tile<rows_of_tile, vectors>(tile);
    tile.a += rows_of_tile * tile.a_row;
    tile.c += rows_of_tile * tile.c_stride;
  }
  if constexpr (rows_of_tile > 1) {
    if (rows > 0) multiply_rows<rows_of_tile / 2, vectors>(tile, rows);
  }
}

// The tree of a tile of rows x (vectors * kLanes) values, whose partial sums stay in the first
// cache. `sums` receive the tile at `offset`.
template <std::size_t rows, std::size_t vectors, typename Operand>
inline void add_up_tile(const TreeProduct& tree, const Operand* a, const Operand* b,
                        std::span<float* const> sums, std::size_t offset) {
  constexpr std::size_t kValues = rows * vectors * kLanes;
  alignas(64) float stack[kMostTreeSums][kValues];
  const auto exchange = [&](std::size_t count, const auto& copy) {
    for (std::size_t s = 0; s < count; ++s) {
      for (std::size_t r = 0; r < rows; ++r) {
        copy(sums[s] + offset + r * tree.c_stride, stack[s] + r * vectors * kLanes);
      }
    }
  };
  constexpr std::size_t kBytes = vectors * kLanes * sizeof(float);
  exchange(tree.standing, [](const float* sum, float* part) { std::memcpy(part, sum, kBytes); });
  std::size_t top = tree.standing;
  for (const TreeLeaf& leaf : tree.leaves) {
    Lanes tile[rows][vectors] = {};
    if (leaf.continues) {
      --top;
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t v = 0; v < vectors; ++v) {
          tile[r][v] = load(stack[top] + (r * vectors + v) * kLanes);
        }
      }
    }
    for (std::size_t k = 0; k < leaf.depth; ++k) {
      decltype(load(b)) right[vectors];
      for (std::size_t v = 0; v < vectors; ++v) right[v] = load(b + v * kLanes);
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t v = 0; v < vectors; ++v) tile[r][v] = fused(a[r], right[v], tile[r][v]);
      }
      a += tree.a_stride;
      b += tree.b_stride;
    }
    const auto round_if_asked = [&] {
      if (!tree.rounds || !leaf.ends) return;
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t v = 0; v < vectors; ++v) tile[r][v] = rounded_floats(tile[r][v]);
      }
    };
    round_if_asked();
    for (std::uint32_t n = 0; n < leaf.additions; ++n) {
      const float* left = stack[--top];
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t v = 0; v < vectors; ++v) {
          tile[r][v] = load(left + (r * vectors + v) * kLanes) + tile[r][v];
        }
      }
      round_if_asked();
    }
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t v = 0; v < vectors; ++v) {
        store(tile[r][v], stack[top] + (r * vectors + v) * kLanes);
      }
    }
    ++top;
  }
  exchange(top, [](float* sum, const float* part) { std::memcpy(sum, part, kBytes); });
}

template <std::size_t rows_of_tile, std::size_t vectors, typename Operand>
inline void add_up_rows(const TreeProduct& tree, const Operand* a, const Operand* b,
                        std::span<float* const> sums, std::size_t offset, std::size_t rows) {
  for (; rows >= rows_of_tile; rows -= rows_of_tile) {
    add_up_tile<rows_of_tile, vectors>(tree, a, b, sums, offset);
    a += rows_of_tile;
    offset += rows_of_tile * tree.c_stride;
  }
  if constexpr (rows_of_tile > 1) {
    if (rows > 0) add_up_rows<rows_of_tile / 2, vectors>(tree, a, b, sums, offset, rows);
  }
}

// Fewer columns than a vector has, in vectors that are filled up with zeros.
template <typename Operand>
inline void add_up_narrow(const TreeProduct& tree, const Operand* a, const Operand* b,
                          std::span<float* const> sums, std::size_t offset, std::size_t columns) {
  std::size_t depth = 0;
  for (const TreeLeaf& leaf : tree.leaves) depth += leaf.depth;
  std::vector<Operand> wide_b(depth * kLanes);
  for (std::size_t k = 0; k < depth; ++k) {
    std::copy_n(b + k * tree.b_stride, columns, wide_b.data() + k * kLanes);
  }
  std::vector<float> wide(sums.size() * tree.rows * kLanes);
  std::vector<float*> wide_sums;
  for (std::size_t s = 0; s < sums.size(); ++s) {
    wide_sums.push_back(wide.data() + s * tree.rows * kLanes);
    for (std::size_t r = 0; r < tree.rows; ++r) {
      std::copy_n(sums[s] + offset + r * tree.c_stride, columns, wide_sums[s] + r * kLanes);
    }
  }
  TreeProduct padded = tree;
  padded.b_stride = kLanes;
  padded.c_stride = kLanes;
  add_up_rows<kTileRows, 1>(padded, a, wide_b.data(), wide_sums, 0, tree.rows);
  for (std::size_t s = 0; s < sums.size(); ++s) {
    for (std::size_t r = 0; r < tree.rows; ++r) {
      std::copy_n(wide_sums[s] + r * kLanes, columns, sums[s] + offset + r * tree.c_stride);
    }
  }
}

template <typename Operand>
inline void add_up(const TreeProduct& tree, const Operand* a, const Operand* b,
                   std::span<float* const> sums) {
  constexpr std::size_t kWide = kTileVectors * kLanes;
  std::size_t column = 0;
  for (; column + kWide <= tree.columns; column += kWide) {
    add_up_rows<kTileRows, kTileVectors>(tree, a, b + column, sums, column, tree.rows);
  }
  for (; column + kLanes <= tree.columns; column += kLanes) {
    add_up_rows<kTileRows, 1>(tree, a, b + column, sums, column, tree.rows);
  }
  const std::size_t left = tree.columns - column;
  if (left > 0) add_up_narrow(tree, a, b + column, sums, column, left);
}

// Fewer columns than a vector has, in vectors that are filled up with zeros.
template <typename Operand>
inline void multiply_narrow(const Tile<Operand>& tile, std::size_t rows, std::size_t columns) {
  constexpr std::size_t kDepth = 128;
  constexpr std::size_t kRows = 32;
  Operand b[kDepth * kLanes] = {};
  float c[kRows * kLanes] = {};
  const auto copy = [&](const auto* from, std::size_t from_stride, auto* to, std::size_t to_stride,
                        std::size_t lines) {
    for (std::size_t i = 0; i < lines; ++i) {
      std::copy_n(from + i * from_stride, columns, to + i * to_stride);
    }
  };
  for (std::size_t k = 0; k < tile.depth; k += kDepth) {
    const std::size_t depth = std::min(kDepth, tile.depth - k);
    const bool continues = tile.continues || k > 0;
    copy(tile.b + k * tile.b_stride, tile.b_stride, b, kLanes, depth);
    for (std::size_t r = 0; r < rows; r += kRows) {
      const std::size_t of_rows = std::min(kRows, rows - r);
      float* of_c = tile.c + r * tile.c_stride;
      if (continues) copy(of_c, tile.c_stride, c, kLanes, of_rows);
      const Tile<Operand> part{tile.a + r * tile.a_row + k * tile.a_depth,
                               tile.a_row,
                               tile.a_depth,
                               b,
                               kLanes,
                               c,
                               kLanes,
                               depth,
                               continues};
      multiply_rows<kTileRows, 1>(part, of_rows);
      copy(c, kLanes, of_c, tile.c_stride, of_rows);
    }
  }
}

template <typename Operand>
inline void multiply(const BlockProduct& product, const Operand* a, const Operand* b, float* c) {
  const std::size_t a_row = product.a_is_transposed ? 1 : product.a_stride;
  const std::size_t a_depth = product.a_is_transposed ? product.a_stride : 1;
  const auto at = [&](std::size_t column) {
    return Tile<Operand>{a,
                         a_row,
                         a_depth,
                         b + column,
                         product.b_stride,
                         c + column,
                         product.c_stride,
                         product.depth,
                         product.continues};
  };
  constexpr std::size_t kWide = kTileVectors * kLanes;
  std::size_t column = 0;
  for (; column + kWide <= product.columns; column += kWide) {
    multiply_rows<kTileRows, kTileVectors>(at(column), product.rows);
  }
  for (; column + kLanes <= product.columns; column += kLanes) {
    multiply_rows<kTileRows, 1>(at(column), product.rows);
  }
  const std::size_t left = product.columns - column;
  if (left > 0) multiply_narrow(at(column), product.rows, left);
}

// ---- pairs of bfloat16 ----

// The first `count` values, and zeros in the other lanes.
inline Lanes load_some(const float* from, std::size_t count) {
  Lanes lanes = {};
  std::memcpy(&lanes, from, count * sizeof(float));
  return lanes;
}

inline void pair_columns(const PairedBlock& block, const float* from, Pair* to) {
  const std::size_t pairs = pairs_in(block.columns);
  for (std::size_t r = 0; r < block.rows; ++r) {
    const float* row = from + r * block.stride;
    // Halves that follow each other are pairs, because the lower one comes first in memory.
    for (std::size_t c = 0; c < block.columns; c += kLanes) {
      const std::size_t count = std::min(kLanes, block.columns - c);
      const Lanes values = count == kLanes ? load(row + c) : load_some(row + c, count);
      const Halves halves = rounded(values);
      std::memcpy(to + r * pairs + c / 2, &halves, pairs_in(count) * sizeof(Pair));
    }
  }
}

inline void pair_rows(const PairedBlock& block, const float* from, Pair* to) {
  for (std::size_t r = 0; r < block.rows; r += 2) {
    const float* first = from + r * block.stride;
    const bool has_second = r + 1 < block.rows;
    Pair* pairs = to + r / 2 * block.columns;
    for (std::size_t c = 0; c < block.columns; c += kLanes) {
      const std::size_t count = std::min(kLanes, block.columns - c);
      const auto half = [&](const float* row) {
        const Lanes values = count == kLanes ? load(row + c) : load_some(row + c, count);
        return __builtin_convertvector(rounded(values), PairLanes);
      };
      PairLanes both = half(first);
      if (has_second) both |= half(first + block.stride) << 16;
      std::memcpy(pairs + c, &both, count * sizeof(Pair));
    }
  }
}

constexpr Kernels kernels_of_this_file(Instructions instructions) {
  return {instructions, multiply<float>, add_up<float>, multiply<Pair>,
          add_up<Pair>, pair_columns,    pair_rows};
}

}  // namespace
}  // namespace lockstep

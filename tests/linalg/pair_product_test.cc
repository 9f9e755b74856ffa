#include "linalg/pair_product.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/float_mode.h"
#include "linalg/bfloat16.h"
#include "linalg/kernels.h"
#include "linalg/keyed_values.h"

namespace lockstep {
namespace {

constexpr std::array kAll = {Instructions::plain, Instructions::avx2, Instructions::avx512,
                             Instructions::avx512bf16};

std::vector<Instructions> instructions_here() {
  std::vector<Instructions> here;
  std::ranges::copy_if(kAll, std::back_inserter(here),
                       [](Instructions each) { return each <= instructions_of_cpu(); });
  return here;
}

// The nearest number with 8 significant bits, by arithmetic in double. Not for NaNs.
float rounded_by_definition(float value) {
  if (value == 0 || std::isinf(value)) return value;
  if (std::abs(value) < std::numeric_limits<float>::min()) return std::copysign(0.0F, value);
  const double unit = std::ldexp(1.0, std::ilogb(value) - 7);
  return static_cast<float>(std::nearbyint(static_cast<double>(value) / unit) * unit);
}

float number_of(std::uint32_t half) { return std::bit_cast<float>(half << 16); }

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

// A [rows, depth], B [depth, columns], both row by row: docs/numerics.md, value by value.
float pair_chain(const std::vector<float>& a, const std::vector<float>& b, float sum) {
  const auto at = [](const std::vector<float>& values, std::size_t k) {
    return k < values.size() ? rounded_by_definition(values[k]) : 0.0F;
  };
  for (std::size_t k = 0; k < a.size(); k += 2) {
    sum = std::fma(at(a, k + 1), at(b, k + 1), sum);
    sum = std::fma(at(a, k), at(b, k), sum);
  }
  return sum;
}

std::vector<float> product_by_definition(Matrix<const float> a, Matrix<const float> b,
                                         Matrix<const float> c, bool continues) {
  std::vector<float> result;
  for (std::uint64_t r = 0; r < a.rows; ++r) {
    for (std::uint64_t j = 0; j < b.columns; ++j) {
      const auto row = a.row(r);
      std::vector<float> column;
      for (std::uint64_t k = 0; k < b.rows; ++k) column.push_back(b.row(k)[j]);
      result.push_back(pair_chain({row.begin(), row.end()}, column, continues ? c.row(r)[j] : 0));
    }
  }
  return result;
}

void expect_equal_bits(const std::vector<float>& values, const std::vector<float>& expected,
                       const std::string& what) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(bits(values[i]), bits(expected[i])) << what << ", value " << i;
  }
}

// Ties, neighbours of ties, the ends of the range, and numbers of all magnitudes.
std::vector<float> numbers_to_round() {
  std::vector<float> numbers = keyed_values<float>(301, 1);
  for (const std::uint32_t half : {0x3f80U, 0x3f81U, 0x0080U, 0x7f7fU, 0x4049U}) {
    for (const std::uint32_t low : {0x0000U, 0x0001U, 0x7fffU, 0x8000U, 0x8001U, 0xffffU}) {
      numbers.push_back(std::bit_cast<float>(half << 16 | low));
      numbers.push_back(-numbers.back());
    }
  }
  for (const std::uint32_t small : {0U, 1U, 0x8000U, 0x7fffffU, 0x807fffffU, 0x80000000U}) {
    numbers.push_back(std::bit_cast<float>(small));
  }
  numbers.push_back(std::numeric_limits<float>::infinity());
  return numbers;
}

TEST(Pairs, AreRoundedToNearestByAllInstructions) {
  const std::vector<float> numbers = numbers_to_round();
  const std::uint64_t n = numbers.size();
  for (const Instructions each : instructions_here()) {
    std::vector<Pair> in_row(pairs_in(n) + 1, 7);
    kernels_with(each).pair_columns({1, n, n}, numbers.data(), in_row.data());
    std::vector<Pair> in_column(n + 1, 7);
    kernels_with(each).pair_rows({1, n, n}, numbers.data(), in_column.data());
    for (std::uint64_t i = 0; i < n; ++i) {
      const float expected = rounded_by_definition(numbers[i]);
      const std::uint32_t half = in_row[i / 2] >> (i % 2 == 0 ? 0 : 16) & 0xffff;
      ASSERT_EQ(bits(number_of(half)), bits(expected)) << numbers[i] << ", " << enum_name(each);
      ASSERT_EQ(in_column[i], bits(expected) >> 16) << numbers[i] << ", " << enum_name(each);
    }
    EXPECT_EQ(in_row.back(), 7U);
    EXPECT_EQ(in_column.back(), 7U);
  }
}

TEST(Bfloat16, HasTheSameRounding) {
  const std::vector<float> numbers = numbers_to_round();
  std::vector<float> rounded = numbers;
  round_to_bfloat16(rounded);
  std::vector<Bfloat16> halves(numbers.size());
  to_bfloat16(numbers, halves);
  std::vector<float> widened(numbers.size());
  from_bfloat16(halves, widened);
  std::vector<float> sums(numbers.size(), 2);
  add_bfloat16(sums, halves);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float expected = rounded_by_definition(numbers[i]);
    ASSERT_EQ(bits(rounded[i]), bits(expected)) << numbers[i];
    ASSERT_EQ(bits(widened[i]), bits(expected)) << numbers[i];
    ASSERT_EQ(halves[i], bits(expected) >> 16) << numbers[i];
    ASSERT_EQ(sums[i], 2 + expected) << numbers[i];
  }
  std::vector<float> nan = {std::bit_cast<float>(0x7f800001U), std::bit_cast<float>(0xffffffffU)};
  round_to_bfloat16(nan);
  EXPECT_TRUE(std::isnan(nan[0]) && std::isnan(nan[1]));
}

TEST(Pairs, OfNaNsAreNaNs) {
  for (const Instructions each : instructions_here()) {
    for (const std::uint32_t nan : {0x7f800001U, 0x7fffffffU, 0xffffffffU, 0x7fc00000U}) {
      const auto value = std::bit_cast<float>(nan);
      Pair pair = 0;
      kernels_with(each).pair_columns({1, 1, 1}, &value, &pair);
      EXPECT_TRUE(std::isnan(number_of(pair & 0xffff))) << nan << ", " << enum_name(each);
      EXPECT_EQ(pair >> 16, 0U);
    }
  }
}

TEST(Pairs, OfRowsStandBesideEachOther) {
  constexpr std::uint64_t kStride = 50;
  const std::vector<float> values = keyed_values<float>(5 * kStride, 3);
  for (const Instructions each : instructions_here()) {
    for (const std::uint64_t columns : {1U, 15U, 16U, 45U}) {
      std::vector<Pair> pairs(3 * columns);
      kernels_with(each).pair_rows({5, columns, kStride}, values.data(), pairs.data());
      for (std::uint64_t k = 0; k < 6; ++k) {
        for (std::uint64_t c = 0; c < columns; ++c) {
          const std::uint32_t half = pairs[k / 2 * columns + c] >> (k % 2 == 0 ? 0 : 16) & 0xffff;
          ASSERT_EQ(number_of(half), k < 5 ? rounded_by_definition(values[k * kStride + c]) : 0);
        }
      }
    }
  }
}

TEST(PairKernels, OfAllInstructionsGivePairChains) {
  for (const Instructions each : instructions_here()) {
    const Kernels& kernels = kernels_with(each);
    for (const std::uint64_t rows : {1U, 7U, 32U}) {
      for (const std::uint64_t columns : {1U, 7U, 16U, 40U, 64U}) {
        for (const std::uint64_t depth : {1U, 2U, 9U, 64U}) {
          for (const bool continues : {false, true}) {
            const std::vector<float> a = keyed_values<float>(rows * depth, 1);
            const std::vector<float> b = keyed_values<float>(depth * columns, 2);
            std::vector<float> c = keyed_values<float>(rows * columns, 3);
            const std::vector<float> expected =
                product_by_definition({a.data(), rows, depth}, {b.data(), depth, columns},
                                      {c.data(), rows, columns}, continues);
            std::vector<Pair> left(rows * pairs_in(depth));
            std::vector<Pair> right(pairs_in(depth) * columns);
            kernels.pair_columns({rows, depth, depth}, a.data(), left.data());
            kernels.pair_rows({depth, columns, columns}, b.data(), right.data());
            kernels.multiply_pairs({.rows = rows,
                                    .columns = columns,
                                    .depth = pairs_in(depth),
                                    .a_stride = pairs_in(depth),
                                    .b_stride = columns,
                                    .c_stride = columns,
                                    .continues = continues},
                                   left.data(), right.data(), c.data());
            expect_equal_bits(c, expected, std::string(enum_name(each)));
          }
        }
      }
    }
  }
}

// start + factor 2^exponent as one product of pairs.
float small_sum(const Kernels& kernels, float start, float factor, int exponent) {
  const std::array<float, 2> a = {factor * 0x1p-64F, 0.5F};
  const std::array<float, 2> b = {std::ldexp(1.0F, exponent + 64), 0};
  Pair left = 0;
  Pair right = 0;
  kernels.pair_columns({1, 2, 2}, a.data(), &left);
  kernels.pair_columns({1, 2, 2}, b.data(), &right);
  const std::vector<Pair> rights(16, right);
  std::vector<float> c(16, start);
  kernels.multiply_pairs({.rows = 1,
                          .columns = 16,
                          .depth = 1,
                          .a_stride = 1,
                          .b_stride = 16,
                          .c_stride = 16,
                          .continues = true},
                         &left, rights.data(), c.data());
  return c[3];
}

// In threads that train, which flush them: at the lower end of the range.
void expect_that_subnormal_numbers_are_zero() {
  flush_denormals_to_zero();
  constexpr float kLeast = std::numeric_limits<float>::min();
  for (const float start : {0.0F, -0.0F, kLeast / 4, kLeast, -kLeast, 1.5F * kLeast, -3 * kLeast}) {
    for (const float factor : {1.0F, 1.0078125F, 0.99609375F, -1.0F, -0.99609375F}) {
      for (const int exponent : {-125, -126, -127, -128, -142, -149, -150, -151}) {
        const double exact = static_cast<double>(start) + std::ldexp(factor, exponent);
        const float plain = small_sum(kernels_with(Instructions::plain), start, factor, exponent);
        EXPECT_TRUE(plain == 0 || std::abs(exact) > 0.9 * kLeast) << plain;
        for (const Instructions each : instructions_here()) {
          ASSERT_EQ(bits(small_sum(kernels_with(each), start, factor, exponent)), bits(plain))
              << start << " + " << factor << " 2^" << exponent << ", " << enum_name(each);
        }
      }
    }
  }
}

TEST(PairKernels, OfAllInstructionsTakeSubnormalNumbersForZero) {
  std::thread(expect_that_subnormal_numbers_are_zero).join();
}

// The rows of a matrix in pairs of columns.
std::vector<Pair> in_pairs_of_columns(Matrix<const float> values) {
  std::vector<Pair> pairs(values.rows * pairs_in(values.columns));
  kernels().pair_columns({values.rows, values.columns, values.stride}, values.data, pairs.data());
  return pairs;
}

TEST(PairProduct, IsOnePairChainAtEveryShape) {
  for (const std::uint64_t rows : {1U, 33U}) {
    for (const std::uint64_t columns : {3U, 64U, 130U}) {
      for (const std::uint64_t depth : {1U, 127U, 128U, 259U, 600U}) {
        for (const bool continues : {false, true}) {
          const std::vector<float> a = keyed_values<float>(rows * (depth + 3), 1);
          const std::vector<float> b = keyed_values<float>(depth * columns, 2);
          std::vector<float> turned(b.size());
          for (std::uint64_t k = 0; k < depth; ++k) {
            for (std::uint64_t j = 0; j < columns; ++j) turned[j * depth + k] = b[k * columns + j];
          }
          const std::vector<float> before = keyed_values<float>(rows * columns, 3);
          const Matrix<const float> left(a.data(), rows, depth, depth + 3);
          const std::vector<float> expected = product_by_definition(
              left, {b.data(), depth, columns}, {before.data(), rows, columns}, continues);
          const std::vector<Pair> of_left = in_pairs_of_columns(left);
          const Matrix<const Pair> pairs(of_left.data(), rows, pairs_in(depth));
          std::vector<float> c = before;
          pair_product(Transpose::no, pairs, {b.data(), depth, columns}, continues,
                       {c.data(), rows, columns});
          expect_equal_bits(c, expected, "as it is");
          c = before;
          pair_product(Transpose::yes, pairs, {turned.data(), columns, depth}, continues,
                       {c.data(), rows, columns});
          expect_equal_bits(c, expected, "transposed");
          std::vector<Pair> of_right(pairs_in(depth) * columns);
          pair_transposed({turned.data(), columns, depth}, of_right.data(), columns);
          c = before;
          pair_product(pairs, {of_right.data(), pairs_in(depth), columns}, continues,
                       {c.data(), rows, columns});
          expect_equal_bits(c, expected, "in pairs");
        }
      }
    }
  }
}

TEST(PairKernels, OfAllInstructionsAddUpPairChainsOfLeaves) {
  constexpr std::uint64_t kRows = 11;
  constexpr std::uint64_t kColumns = 37;
  constexpr std::array<std::uint64_t, 4> kLeafRows = {4, 3, 5, 0};
  // One sum stands, and the first leaf continues from it; the second is added to it.
  const std::vector<TreeLeaf> leaves = {{2, 0, true}, {2, 1}, {3, 0}, {0, 0}};
  const std::vector<float> a = keyed_values<float>(12 * kRows, 1);
  const std::vector<float> b = keyed_values<float>(12 * kColumns, 2);
  const std::vector<float> standing = keyed_values<float>(kRows * kColumns, 3);
  for (const Instructions each : instructions_here()) {
    const Kernels& kernels = kernels_with(each);
    std::vector<std::vector<float>> chains;
    std::vector<Pair> left(7 * kRows);
    std::vector<Pair> right(7 * kColumns);
    std::uint64_t row = 0;
    std::uint64_t pair = 0;
    for (std::size_t l = 0; l < leaves.size(); ++l) {
      std::vector<float> turned(kRows * kLeafRows[l]);
      for (std::uint64_t k = 0; k < kLeafRows[l]; ++k) {
        for (std::uint64_t r = 0; r < kRows; ++r) {
          turned[r * kLeafRows[l] + k] = a[(row + k) * kRows + r];
        }
      }
      chains.push_back(product_by_definition(
          {turned.data(), kRows, kLeafRows[l]}, {b.data() + row * kColumns, kLeafRows[l], kColumns},
          {standing.data(), kRows, kColumns}, leaves[l].continues));
      kernels.pair_rows({kLeafRows[l], kRows, kRows}, a.data() + row * kRows,
                        left.data() + pair * kRows);
      kernels.pair_rows({kLeafRows[l], kColumns, kColumns}, b.data() + row * kColumns,
                        right.data() + pair * kColumns);
      row += kLeafRows[l];
      pair += leaves[l].depth;
    }
    std::ranges::transform(chains[0], chains[1], chains[0].begin(), std::plus<>());
    std::vector<std::vector<float>> sums(3, standing);
    std::vector<float*> places;
    for (auto& sum : sums) places.push_back(sum.data());
    kernels.add_up_pairs({kRows, kColumns, kRows, kColumns, kColumns, leaves, 1}, left.data(),
                         right.data(), places);
    expect_equal_bits(sums[0], chains[0], "first sum");
    expect_equal_bits(sums[1], chains[2], "second sum");
    expect_equal_bits(sums[2], chains[3], "empty leaf");
  }
}

}  // namespace
}  // namespace lockstep

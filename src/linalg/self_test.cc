#include "linalg/self_test.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace lockstep {
namespace {

// Numbers of both signs and of several magnitudes, from a linear congruential generator.
std::vector<float> mixed_numbers(std::uint64_t count, std::uint32_t state) {
  std::vector<float> numbers;
  for (std::uint64_t i = 0; i < count; ++i) {
    state = state * 1664525U + 1013904223U;
    const auto fraction = static_cast<float>(state >> 8) * 0x1p-23F - 1;
    numbers.push_back(fraction * static_cast<float>(1U << (state >> 4) % 8));
  }
  return numbers;
}

std::vector<float> product_by(const Kernels& kernels, const BlockProduct& product) {
  const std::vector<float> a = mixed_numbers(product.rows * product.depth, 1);
  const std::vector<float> b = mixed_numbers(product.depth * product.columns, 2);
  std::vector<float> c = mixed_numbers(product.rows * product.columns, 3);
  kernels.multiply(product, a.data(), b.data(), c.data());
  return c;
}

// Four leaves, one of them empty, of which three sums remain.
std::vector<float> tree_by(const Kernels& kernels, std::uint64_t rows, std::uint64_t columns,
                           bool rounds) {
  constexpr std::array<TreeLeaf, 4> kLeaves = {{{3, 0}, {5, 1}, {0, 0}, {4, 0}}};
  constexpr std::uint64_t kDepth = 12;
  const std::vector<float> a = mixed_numbers(kDepth * rows, 4);
  const std::vector<float> b = mixed_numbers(kDepth * columns, 5);
  std::vector<float> sums(3 * rows * columns);
  const std::array<float*, 3> places = {sums.data(), sums.data() + rows * columns,
                                        sums.data() + 2 * rows * columns};
  kernels.add_up({.rows = rows,
                  .columns = columns,
                  .a_stride = rows,
                  .b_stride = columns,
                  .c_stride = columns,
                  .leaves = kLeaves,
                  .rounds = rounds},
                 a.data(), b.data(), places);
  return sums;
}

// A product in bfloat16 whose operands have an odd number of rows, an odd depth and one tiny value.
std::vector<float> pair_product_by(const Kernels& kernels, std::uint64_t columns) {
  constexpr std::uint64_t kRows = 15;
  constexpr std::uint64_t kDepth = 37;
  std::vector<float> a = mixed_numbers(kRows * kDepth, 6);
  a[kDepth] = 1e-42F;
  const std::vector<float> b = mixed_numbers(kDepth * columns, 7);
  std::vector<Pair> left(kRows * pairs_in(kDepth));
  std::vector<Pair> right(pairs_in(kDepth) * columns);
  kernels.pair_columns({kRows, kDepth, kDepth}, a.data(), left.data());
  kernels.pair_rows({kDepth, columns, columns}, b.data(), right.data());
  std::vector<float> c = mixed_numbers(kRows * columns, 8);
  kernels.multiply_pairs({.rows = kRows,
                          .columns = columns,
                          .depth = pairs_in(kDepth),
                          .a_stride = pairs_in(kDepth),
                          .b_stride = columns,
                          .c_stride = columns,
                          .continues = true},
                         left.data(), right.data(), c.data());
  return c;
}

// Two leaves of pairs that are added up.
std::vector<float> pair_tree_by(const Kernels& kernels, std::uint64_t rows, std::uint64_t columns) {
  constexpr std::array<TreeLeaf, 2> kLeaves = {{{2, 0}, {3, 1}}};
  constexpr std::uint64_t kDepth = 10;
  const std::vector<float> a = mixed_numbers(kDepth * rows, 9);
  const std::vector<float> b = mixed_numbers(kDepth * columns, 10);
  std::vector<Pair> left(kDepth / 2 * rows);
  std::vector<Pair> right(kDepth / 2 * columns);
  kernels.pair_rows({kDepth, rows, rows}, a.data(), left.data());
  kernels.pair_rows({kDepth, columns, columns}, b.data(), right.data());
  std::vector<float> sum(rows * columns);
  const std::array<float*, 1> place = {sum.data()};
  kernels.add_up_pairs({rows, columns, rows, columns, columns, kLeaves}, left.data(), right.data(),
                       place);
  return sum;
}

bool have_equal_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::ranges::equal(
      a, b, {}, [](float x) { return std::bit_cast<std::uint32_t>(x); },
      [](float x) { return std::bit_cast<std::uint32_t>(x); });
}

}  // namespace

std::optional<std::string> products_differ(const Kernels& tested) {
  const Kernels& plain = kernels_with(Instructions::plain);
  for (const std::uint64_t columns : {5U, 8U, 64U}) {
    for (const bool a_is_transposed : {false, true}) {
      for (const bool continues : {false, true}) {
        constexpr std::uint64_t kRows = 15;  // tiles of 8, 4, 2 and 1 rows
        constexpr std::uint64_t kDepth = 37;
        const BlockProduct product{.rows = kRows,
                                   .columns = columns,
                                   .depth = kDepth,
                                   .a_stride = a_is_transposed ? kRows : kDepth,
                                   .b_stride = columns,
                                   .c_stride = columns,
                                   .a_is_transposed = a_is_transposed,
                                   .continues = continues};
        if (have_equal_bits(product_by(tested, product), product_by(plain, product))) continue;
        return fmt::format(
            "a product of {} rows, {} columns and depth {} gives different bits with {} than with "
            "plain instructions",
            kRows, columns, kDepth, enum_name(tested.instructions));
      }
    }
    constexpr std::uint64_t kRows = 15;
    const auto differs = [&](const char* what) {
      return fmt::format(
          "a {} of {} rows and {} columns gives different bits with {} than with plain "
          "instructions",
          what, kRows, columns, enum_name(tested.instructions));
    };
    for (const bool rounds : {false, true}) {
      if (!have_equal_bits(tree_by(tested, kRows, columns, rounds),
                           tree_by(plain, kRows, columns, rounds))) {
        return differs(rounds ? "rounded sum of products" : "sum of products");
      }
    }
    if (!have_equal_bits(pair_product_by(tested, columns), pair_product_by(plain, columns))) {
      return differs("product in bfloat16");
    }
    if (!have_equal_bits(pair_tree_by(tested, kRows, columns),
                         pair_tree_by(plain, kRows, columns))) {
      return differs("sum of products in bfloat16");
    }
  }
  return std::nullopt;
}

}  // namespace lockstep

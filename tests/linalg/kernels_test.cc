#include "linalg/kernels.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "linalg/bfloat16.h"
#include "linalg/block_product.h"
#include "linalg/gemm.h"
#include "linalg/keyed_values.h"
#include "linalg/self_test.h"

namespace lockstep {
namespace {

// The definition of docs/numerics.md, value by value.
std::vector<float> by_definition(const BlockProduct& product, const std::vector<float>& a,
                                 const std::vector<float>& b, std::vector<float> c) {
  for (std::uint64_t r = 0; r < product.rows; ++r) {
    for (std::uint64_t j = 0; j < product.columns; ++j) {
      float& value = c[r * product.c_stride + j];
      float sum = product.continues ? value : 0;
      for (std::uint64_t k = 0; k < product.depth; ++k) {
        const float left =
            product.a_is_transposed ? a[k * product.a_stride + r] : a[r * product.a_stride + k];
        sum = std::fma(left, b[k * product.b_stride + j], sum);
      }
      value = sum;
    }
  }
  return c;
}

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> all;
  all.reserve(values.size());
  for (const float value : values) all.push_back(std::bit_cast<std::uint32_t>(value));
  return all;
}

std::string describe(const BlockProduct& product) {
  return std::to_string(product.rows) + " x " + std::to_string(product.columns) + ", depth " +
         std::to_string(product.depth) + (product.a_is_transposed ? ", transposed" : "") +
         (product.continues ? ", going on" : "");
}

// Every shape that blocks are cut into, and the odd ones at the edges of matrices.
std::vector<BlockProduct> products() {
  std::vector<BlockProduct> all;
  for (const std::uint64_t rows : {1U, 2U, 6U, 32U}) {
    for (const std::uint64_t columns : {1U, 7U, 16U, 17U, 40U, 64U, 70U}) {
      for (const std::uint64_t depth : {1U, 2U, 4U, 17U, 256U}) {
        for (const bool transposed : {false, true}) {
          for (const bool continues : {false, true}) {
            all.push_back({.rows = rows,
                           .columns = columns,
                           .depth = depth,
                           .a_stride = (transposed ? rows : depth) + 5,
                           .b_stride = columns + 3,
                           .c_stride = columns + 2,
                           .a_is_transposed = transposed,
                           .continues = continues});
          }
        }
      }
    }
  }
  return all;
}

struct Operands {
  explicit Operands(const BlockProduct& product)
      : a(keyed_values<float>(
            (product.a_is_transposed ? product.depth : product.rows) * product.a_stride, 1)),
        b(keyed_values<float>(product.depth * product.b_stride, 2)),
        c(keyed_values<float>(product.rows * product.c_stride, 3)) {}
  std::vector<float> a;
  std::vector<float> b;
  std::vector<float> c;
};

TEST(Kernels, OfAllInstructionsGiveChainsOfFusedMultiplyAddsAndWriteNothingElse) {
  for (const Instructions instructions :
       {Instructions::plain, Instructions::avx2, Instructions::avx512, Instructions::avx512bf16}) {
    if (instructions > instructions_of_cpu()) continue;
    for (const BlockProduct& product : products()) {
      Operands operands(product);
      const std::vector<float> expected =
          by_definition(product, operands.a, operands.b, operands.c);
      kernels_with(instructions)
          .multiply(product, operands.a.data(), operands.b.data(), operands.c.data());
      ASSERT_EQ(bits(operands.c), bits(expected))
          << describe(product) << ", " << enum_name(instructions);
    }
  }
}

using Sums = std::vector<std::vector<float>>;

void round_if(bool rounds, std::vector<float>& values) {
  if (rounds) round_to_bfloat16(values);
}

// A tree by its definition: chains, and additions of neighbours. `sums` stand from earlier leaves.
Sums tree_by_definition(const TreeProduct& tree, const std::vector<float>& a,
                        const std::vector<float>& b, Sums sums) {
  std::uint64_t k = 0;
  for (const TreeLeaf& leaf : tree.leaves) {
    if (!leaf.continues) sums.emplace_back(tree.rows * tree.c_stride);
    std::vector<float>& sum = sums.back();
    for (std::uint64_t r = 0; r < tree.rows; ++r) {
      for (std::uint64_t j = 0; j < tree.columns; ++j) {
        for (std::uint64_t d = k; d < k + leaf.depth; ++d) {
          float& value = sum[r * tree.c_stride + j];
          value = std::fma(a[d * tree.a_stride + r], b[d * tree.b_stride + j], value);
        }
      }
    }
    k += leaf.depth;
    round_if(tree.rounds && leaf.ends, sum);
    for (std::uint32_t n = 0; n < leaf.additions; ++n) {
      const std::vector<float> right = sums.back();
      sums.pop_back();
      for (std::size_t i = 0; i < right.size(); ++i) sums.back()[i] += right[i];
      round_if(tree.rounds, sums.back());
    }
  }
  return sums;
}

// Leaves, and how many sums stand before them.
struct Tree {
  std::vector<TreeLeaf> leaves;
  std::uint32_t standing = 0;
};

void expect_sums(const Kernels& kernels, const TreeProduct& tree) {
  const std::vector<float> a = keyed_values<float>(40 * tree.a_stride, 1);
  const std::vector<float> b = keyed_values<float>(40 * tree.b_stride, 2);
  Sums sums;
  for (std::uint32_t s = 0; s < tree.standing; ++s) {
    sums.push_back(keyed_values<float>(tree.rows * tree.c_stride, 10 + s));
  }
  const Sums expected = tree_by_definition(tree, a, b, sums);
  sums.resize(std::max(sums.size(), expected.size()),
              std::vector<float>(tree.rows * tree.c_stride, 7));
  const Sums before = sums;
  std::vector<float*> places;
  for (auto& sum : sums) places.push_back(sum.data());
  kernels.add_up(tree, a.data(), b.data(), places);
  for (std::size_t s = 0; s < expected.size(); ++s) {
    for (std::size_t i = 0; i < sums[s].size(); ++i) {
      const bool is_inside = i % tree.c_stride < tree.columns;
      ASSERT_EQ(sums[s][i], is_inside ? expected[s][i] : before[s][i])
          << enum_name(kernels.instructions) << ", " << tree.rows << " x " << tree.columns
          << ", sum " << s << " at " << i;
    }
  }
}

TEST(Kernels, OfAllInstructionsAddUpTreesOfChains) {
  const std::vector<Tree> trees = {
      {{{5, 0}}},
      {{{5, 0}, {4, 1}, {3, 0}, {0, 2}}},          // one sum of four leaves
      {{{1, 0}, {7, 0}, {2, 1}, {9, 0}, {0, 0}}},  // four sums remain
      {{{6, 0, true}}, 1},                         // a leaf continues
      {{{6, 1, true}, {2, 1}, {3, 0}}, 3},         // it completes two sums, another one starts
      {{{2, 0}, {3, 2, true}, {1, 0}}, 2},
      {{{2, 0}, {3, 1}, {1, 0, false, false}}}};  // the last leaf is not whole yet
  for (const Instructions instructions :
       {Instructions::plain, Instructions::avx2, Instructions::avx512, Instructions::avx512bf16}) {
    if (instructions > instructions_of_cpu()) continue;
    for (const Tree& tree : trees) {
      for (const std::uint64_t rows : {1U, 7U, 8U, 35U}) {
        for (const std::uint64_t columns : {1U, 10U, 16U, 39U, 64U}) {
          for (const bool rounds : {false, true}) {
            expect_sums(kernels_with(instructions), {.rows = rows,
                                                     .columns = columns,
                                                     .a_stride = rows + 2,
                                                     .b_stride = columns + 3,
                                                     .c_stride = columns + 1,
                                                     .leaves = tree.leaves,
                                                     .standing = tree.standing,
                                                     .rounds = rounds});
          }
        }
      }
    }
  }
}

// The bits of a row depend neither on its neighbours nor on how the matrices are cut.
TEST(Gemm, IsOneChainAtEveryShape) {
  for (const std::uint64_t m : {1U, 31U, 70U}) {
    for (const std::uint64_t n : {1U, 10U, 130U}) {
      const std::uint64_t k = 600;
      const std::vector<float> a = keyed_values<float>(m * k, 1);
      const std::vector<float> b = keyed_values<float>(n * k, 2);
      std::vector<float> c(m * n);
      gemm<float>(Transpose::no, Transpose::yes, {a.data(), m, k}, {b.data(), n, k}, false,
                  {c.data(), m, n});
      for (std::uint64_t i = 0; i < m; ++i) {
        for (std::uint64_t j = 0; j < n; ++j) {
          float sum = 0;
          for (std::uint64_t l = 0; l < k; ++l) sum = std::fma(a[i * k + l], b[j * k + l], sum);
          ASSERT_EQ(c[i * n + j], sum) << m << " x " << n << " at " << i << ", " << j;
        }
      }
    }
  }
}

TEST(Instructions, AreFoundByTheirNamesAlone) {
  for (const Instructions each :
       {Instructions::plain, Instructions::avx2, Instructions::avx512, Instructions::avx512bf16}) {
    EXPECT_EQ(enum_named<Instructions>(enum_name(each)), each);
  }
  EXPECT_FALSE(enum_named<Instructions>("AVX2"));
  EXPECT_FALSE(enum_named<Instructions>(""));
}

void multiply_in_another_order(const BlockProduct& product, const float* a, const float* b,
                               float* c) {
  for (std::uint64_t r = 0; r < product.rows; ++r) {
    for (std::uint64_t j = 0; j < product.columns; ++j) {
      float sum = product.continues ? c[r * product.c_stride + j] : 0;
      for (std::uint64_t k = product.depth; k-- > 0;) {
        const std::uint64_t at =
            product.a_is_transposed ? k * product.a_stride + r : r * product.a_stride + k;
        sum = std::fma(a[at], b[k * product.b_stride + j], sum);
      }
      c[r * product.c_stride + j] = sum;
    }
  }
}

TEST(SelfTest, FindsNothingInTheKernelsAndAnotherOrderOfAdditions) {
  EXPECT_EQ(products_differ(kernels()), std::nullopt);
  Kernels wrong = kernels();
  wrong.instructions = Instructions::avx2;
  wrong.multiply = multiply_in_another_order;
  const auto found = products_differ(wrong);
  EXPECT_THAT(found.value_or(""), testing::HasSubstr("15 rows, 5 columns and depth 37"));
  EXPECT_THAT(found.value_or(""), testing::HasSubstr("avx2"));
}

}  // namespace
}  // namespace lockstep

#include "linalg/gemm.h"

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"

namespace lockstep {
namespace {

constexpr Transpose kTransposes[] = {Transpose::no, Transpose::yes};

template <typename T>
struct Product {
  Transpose transpose_a;
  Transpose transpose_b;
  std::uint64_t m;
  std::uint64_t n;
  std::uint64_t k;
  bool continues;
  std::vector<T> a = keyed_values<T>(m * k, 1);
  std::vector<T> b = keyed_values<T>(k * n, 2);
  std::vector<T> c = keyed_values<T>(m * n, 3);

  [[nodiscard]] std::vector<T> run() const {
    const bool a_is_turned = transpose_a == Transpose::yes;
    const bool b_is_turned = transpose_b == Transpose::yes;
    std::vector<T> result = c;
    gemm<T>(transpose_a, transpose_b, {a.data(), a_is_turned ? k : m, a_is_turned ? m : k},
            {b.data(), b_is_turned ? n : k, b_is_turned ? k : n}, continues, {result.data(), m, n});
    return result;
  }

  // Each value against the definition, within the rounding bound of a sum of
  // k products in any order.
  void check() const {
    const std::vector<T> result = run();
    for (std::uint64_t i = 0; i < m; ++i) {
      for (std::uint64_t j = 0; j < n; ++j) {
        const std::uint64_t at = i * n + j;
        long double expected = continues ? static_cast<long double>(c[at]) : 0.0L;
        long double size = std::abs(expected);
        for (std::uint64_t l = 0; l < k; ++l) {
          const T left = transpose_a == Transpose::yes ? a[l * m + i] : a[i * k + l];
          const T right = transpose_b == Transpose::yes ? b[j * k + l] : b[l * n + j];
          expected += static_cast<long double>(left) * right;
          size += std::abs(static_cast<long double>(left) * right);
        }
        const long double bound =
            static_cast<long double>(k + 2) * std::numeric_limits<T>::epsilon() * size;
        ASSERT_LE(std::abs(result[at] - expected), bound)
            << "row " << i << " column " << j << " of a product of m " << m << ", n " << n << ", k "
            << k << (continues ? ", going on" : "");
      }
    }
  }
};

template <typename T>
class Gemm : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Gemm, Scalars);

TYPED_TEST(Gemm, IsTheTripleLoopForEveryTransposeAndShape) {
  for (const Transpose a : kTransposes) {
    for (const Transpose b : kTransposes) {
      for (const std::uint64_t m : {1U, 3U, 8U, 17U, 33U}) {
        for (const std::uint64_t n : {1U, 2U, 5U, 16U, 31U}) {
          for (const std::uint64_t k : {1U, 2U, 7U, 19U, 64U}) {
            ASSERT_NO_FATAL_FAILURE((Product<TypeParam>{a, b, m, n, k, false}).check());
            ASSERT_NO_FATAL_FAILURE((Product<TypeParam>{a, b, m, n, k, true}).check());
          }
        }
      }
      ASSERT_NO_FATAL_FAILURE((Product<TypeParam>{a, b, 129, 65, 257, true}).check());
    }
  }
}

TYPED_TEST(Gemm, AProductThatStartsAtZeroNeverReadsTheOldValues) {
  for (const std::uint64_t k : {0U, 1U, 9U}) {
    for (const Transpose a : kTransposes) {
      for (const Transpose b : kTransposes) {
        Product<TypeParam> product{a, b, 13, 11, k, false};
        product.c.assign(product.c.size(), std::numeric_limits<TypeParam>::quiet_NaN());
        ASSERT_NO_FATAL_FAILURE(product.check());
      }
    }
  }
}

TYPED_TEST(Gemm, WithoutDepthAddsNothingAndWithoutRowsOrColumnsDoesNothing) {
  for (const Transpose a : kTransposes) {
    for (const Transpose b : kTransposes) {
      const Product<TypeParam> kept{a, b, 5, 3, 0, true};
      EXPECT_EQ(kept.run(), kept.c);
      ASSERT_NO_FATAL_FAILURE((Product<TypeParam>{a, b, 5, 3, 0, false}).check());
      EXPECT_TRUE((Product<TypeParam>{a, b, 0, 3, 4, true}).run().empty());
      EXPECT_TRUE((Product<TypeParam>{a, b, 3, 0, 4, true}).run().empty());
      EXPECT_TRUE((Product<TypeParam>{a, b, 0, 0, 0, false}).run().empty());
    }
  }
}

TYPED_TEST(Gemm, GivesTheSameBitsAgainAndAtAnotherAddress) {
  const Product<TypeParam> product{Transpose::no, Transpose::yes, 37, 41, 301, true};
  const std::vector<TypeParam> first = product.run();
  EXPECT_EQ(product.run(), first);
  std::vector<TypeParam> shifted = product.a;
  shifted.insert(shifted.begin(), TypeParam(0));
  std::vector<TypeParam> result = product.c;
  gemm<TypeParam>(Transpose::no, Transpose::yes, {shifted.data() + 1, 37, 301},
                  {product.b.data(), 41, 301}, true, {result.data(), 37, 41});
  EXPECT_EQ(result, first);
}

TYPED_TEST(Gemm, GivesTheSameBitsOnEveryThreadAtOnce) {
  const Product<TypeParam> product{Transpose::yes, Transpose::no, 129, 65, 127, false};
  const std::vector<TypeParam> expected = product.run();
  std::vector<std::vector<TypeParam>> results(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(results.size());
    for (auto& result : results) threads.emplace_back([&] { result = product.run(); });
  }
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST(Matrix, RowsAndTopAreViewsOfTheSameValues) {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const Matrix<float> matrix{values.data(), 3, 2};
  matrix.row(1)[0] = 30;
  EXPECT_EQ(values[2], 30);
  EXPECT_EQ(matrix.top(2).rows, 2U);
  EXPECT_EQ(matrix.top(2).values().size(), 4U);
  EXPECT_EQ(matrix.values().data(), values.data());
}

}  // namespace
}  // namespace lockstep

#include "nn/softmax.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

template <typename T>
class Softmax : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Softmax, Scalars);

// Wider than eight values, with a rest; every bit is that of the plain loop.
TYPED_TEST(Softmax, GivesTheBitsOfAPlainLoop) {
  using T = TypeParam;
  const std::vector<T> z = keyed_values<T>(37, 1, -20, 3);
  const T top = *std::ranges::max_element(z);
  T total = 0;
  for (const T value : z) total += numerics::exp(value - top);
  std::vector<T> probabilities(z.size());
  const SoftmaxRow<T> row = softmax<T>(z, probabilities);
  EXPECT_EQ(row.top, top);
  EXPECT_EQ(z[row.best], top);
  EXPECT_EQ(row.total, total);
  for (std::size_t i = 0; i < z.size(); ++i) {
    EXPECT_EQ(probabilities[i], numerics::exp(z[i] - top) / total) << i;
  }
}

TYPED_TEST(Softmax, MayOverwriteItsRowOrWriteNothing) {
  using T = TypeParam;
  std::vector<T> z = keyed_values<T>(21, 2, -5, 5);
  std::vector<T> probabilities(z.size());
  const SoftmaxRow<T> row = softmax<T>(z, probabilities);
  EXPECT_EQ(softmax<T>(z, {}).total, row.total);
  EXPECT_EQ(softmax<T>(z, z).total, row.total);
  EXPECT_EQ(z, probabilities);
}

TYPED_TEST(Softmax, BestIsTheFirstOfTheLargest) {
  const std::vector<TypeParam> z = {1, 7, 3, 7};
  EXPECT_EQ(softmax<TypeParam>(z, {}).best, 1U);
}

TYPED_TEST(Softmax, NotANumberReachesTheTotal) {
  std::vector<TypeParam> z(12, 1);
  z[9] = std::numeric_limits<TypeParam>::quiet_NaN();
  const TypeParam total = softmax<TypeParam>(z, {}).total;
  EXPECT_NE(total, total);
}

}  // namespace
}  // namespace lockstep

#include "linalg/vector_ops.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"

namespace lockstep {
namespace {

// More than four vectors of the widest kind, so that every lane and every
// length of tail occurs.
constexpr std::size_t kLongest = 70;

template <typename T>
class VectorOps : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(VectorOps, Scalars);

TYPED_TEST(VectorOps, AllFiniteFindsOneBadValueAtEveryPosition) {
  using Limits = std::numeric_limits<TypeParam>;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    std::vector<TypeParam> values = keyed_values<TypeParam>(size, 1);
    EXPECT_TRUE(all_finite<TypeParam>(values)) << size;
    for (std::size_t position = 0; position < size; ++position) {
      const TypeParam good = values[position];
      for (const TypeParam bad : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
        values[position] = bad;
        EXPECT_FALSE(all_finite<TypeParam>(values)) << bad << " at " << position << " of " << size;
      }
      values[position] = good;
    }
  }
}

TYPED_TEST(VectorOps, AllFiniteAcceptsEveryFiniteExtreme) {
  using Limits = std::numeric_limits<TypeParam>;
  for (const TypeParam extreme : {Limits::max(), Limits::lowest(), Limits::min(),
                                  Limits::denorm_min(), TypeParam(0), TypeParam(-0.0)}) {
    EXPECT_TRUE(all_finite<TypeParam>(std::vector<TypeParam>(kLongest, extreme))) << extreme;
  }
}

TYPED_TEST(VectorOps, SumOfSquaresIsExactWhereDoubleIs) {
  double expected = 0;
  std::vector<TypeParam> values;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    EXPECT_EQ(sum_of_squares<TypeParam>(values), expected) << size;
    const auto next = static_cast<TypeParam>(size) - TypeParam(20);
    values.push_back(next);
    expected += static_cast<double>(next * next);
  }
}

TYPED_TEST(VectorOps, SumOfSquaresAddsInDoubleInAnOrderOfSizeAlone) {
  const std::vector<TypeParam> values = keyed_values<TypeParam>(100'003, 2, 0.5, 1.5);
  long double expected = 0;
  for (const TypeParam value : values) expected += static_cast<long double>(value) * value;
  const double sum = sum_of_squares<TypeParam>(values);
  EXPECT_NEAR(sum / static_cast<double>(expected), 1, 1e-13);

  // Neither the address nor the scalar type is part of the order.
  std::vector<TypeParam> shifted = values;
  shifted.insert(shifted.begin(), TypeParam(9));
  EXPECT_EQ(sum_of_squares(std::span<const TypeParam>(shifted).subspan(1)), sum);
  EXPECT_EQ(sum_of_squares<double>(std::vector<double>(values.begin(), values.end())), sum);
}

TYPED_TEST(VectorOps, MagnitudesByHandAtEveryLength) {
  double sum = 0;
  TypeParam largest = 0;
  std::vector<TypeParam> values;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    EXPECT_EQ(sum_of_magnitudes<TypeParam>(values), sum) << size;
    EXPECT_EQ(largest_magnitude<TypeParam>(values), largest) << size;
    const auto next = static_cast<TypeParam>(size) - TypeParam(40);
    values.push_back(next);
    sum += std::abs(static_cast<double>(next));
    largest = std::max(largest, std::abs(next));
  }
}

TYPED_TEST(VectorOps, AllWithinSeesEveryPlaceAtEveryLength) {
  for (std::size_t size = 0; size <= kLongest; ++size) {
    std::vector<TypeParam> values(size, TypeParam(-2));
    EXPECT_TRUE(all_within<TypeParam>(values, 2)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      const TypeParam before = values[at];
      for (const TypeParam beyond :
           {TypeParam(2.001), TypeParam(-2.001), std::numeric_limits<TypeParam>::infinity(),
            std::numeric_limits<TypeParam>::quiet_NaN()}) {
        values[at] = beyond;
        EXPECT_FALSE(all_within<TypeParam>(values, 2)) << beyond << " at " << at << " of " << size;
      }
      values[at] = before;
    }
  }
}

TYPED_TEST(VectorOps, AddToIsElementwiseHoweverTheVectorIsCut) {
  const std::vector<TypeParam> start = keyed_values<TypeParam>(kLongest, 3);
  const std::vector<TypeParam> from = keyed_values<TypeParam>(kLongest, 4);
  std::vector<TypeParam> expected(kLongest);
  for (std::size_t i = 0; i < kLongest; ++i) expected[i] = start[i] + from[i];
  for (std::size_t cut = 0; cut <= kLongest; ++cut) {
    std::vector<TypeParam> into = start;
    add_to<TypeParam>(std::span(into).first(cut), std::span(from).first(cut));
    add_to<TypeParam>(std::span(into).subspan(cut), std::span(from).subspan(cut));
    EXPECT_EQ(into, expected) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace lockstep

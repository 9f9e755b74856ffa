#include "numerics/lanes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/float_mode.h"
#include "numerics/float_samples.h"
#include "numerics/function_table.h"

namespace lockstep::numerics {
namespace {

using Values = std::array<float, Lanes::kCount>;

// The bits of a value; one pattern for every NaN.
std::uint32_t bits_of(float value) {
  return std::isnan(value) ? 0x7fc00000U : std::bit_cast<std::uint32_t>(value);
}

// Of `arguments`, filled up with zeros: those at which a lane has other bits than the scalar.
std::vector<float> differing(const UnaryFunction& function, std::vector<float> arguments) {
  std::vector<float> found;
  arguments.resize((arguments.size() + Lanes::kCount - 1) / Lanes::kCount * Lanes::kCount);
  for (std::size_t i = 0; i < arguments.size(); i += Lanes::kCount) {
    const Values lanes = function.of_lanes(load<Lanes>(arguments.data() + i)).values();
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const float x = arguments[i + lane];
      if (bits_of(lanes[lane]) != bits_of(function.of_float(x))) found.push_back(x);
    }
  }
  return found;
}

void expect_lanes_like_scalars() {
  const std::vector<float> sweep = float_sweep(2039);
  for (const UnaryFunction& function : kUnaryFunctions) {
    if (function.of_lanes == nullptr) continue;
    EXPECT_THAT(differing(function, special_values<float>()), testing::IsEmpty()) << function.name;
    EXPECT_THAT(differing(function, sweep), testing::SizeIs(0)) << function.name;
  }
}

TEST(Lanes, FunctionsGiveTheBitsOfTheirScalarForm) { expect_lanes_like_scalars(); }

// Training threads run like this.
TEST(Lanes, FunctionsGiveThemWhereDenormalsAreZero) {
  std::thread([] {
    flush_denormals_to_zero();
    expect_lanes_like_scalars();
  }).join();
}

TEST(Lanes, AnotherFunctionIsNoticed) {
  const UnaryFunction wrong{"exp of expm1", exp, exp, expm1};
  EXPECT_THAT(differing(wrong, {1.0F, 2.0F}), testing::ElementsAre(1, 2, 0, 0, 0, 0, 0, 0));
}

// The results of `operation` on Lanes and on each lane's floats.
template <typename Operation>
void expect_same(const Operation& operation) {
  const std::vector<float> special = special_values<float>();
  for (const float b : special) {
    for (std::size_t i = 0; i + Lanes::kCount <= special.size(); ++i) {
      const Values lanes = operation(load<Lanes>(special.data() + i), Lanes(b)).values();
      for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        const float a = special[i + lane];
        EXPECT_EQ(bits_of(lanes[lane]), bits_of(operation(a, b))) << a << " and " << b;
      }
    }
  }
}

TEST(Lanes, OperationsGiveTheBitsOfTheirScalarForm) {
  expect_same([](auto a, auto b) { return a + b; });
  expect_same([](auto a, auto b) { return a - b; });
  expect_same([](auto a, auto b) { return a * b; });
  expect_same([](auto a, auto b) { return a / b; });
  expect_same([](auto a, auto b) { return max(a, b); });
  expect_same([](auto a, auto b) { return max(b, a); });
  expect_same([](auto a, auto) { return -a; });
  expect_same([](auto a, auto) { return abs(a); });
  expect_same([](auto a, auto b) { return select(a < b, a, b); });
  expect_same([](auto a, auto b) { return select(a > b, a, b); });
  expect_same([](auto a, auto b) { return select(a >= b, a, b); });
}

TEST(Lanes, MaximumKeepsNotANumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(max(nan, 0.0F)));
  for (const float value : max(Lanes(nan), Lanes(0)).values()) EXPECT_TRUE(std::isnan(value));
}

// 1, and then values that only another order would notice.
TEST(Lanes, AreAddedInAscendingOrder) {
  const Values values = {1e8F, 1, 1, 1, -1e8F, 3, 0.5F, 1};
  float expected = 2;
  for (const float value : values) expected += value;
  EXPECT_EQ(plus(2.0F, Lanes(values)), expected);
  EXPECT_EQ(plus(2.0, Lanes(values)), 9.5);
  EXPECT_EQ(plus(2.0, 0.5F), 2.5);
}

TEST(Lanes, PacksCoverEveryValueOnce) {
  for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 16U, 37U}) {
    std::vector<float> floats(count, 1);
    std::vector<double> doubles(count, 1);
    std::vector<std::size_t> starts;
    for_each_pack<float>(count, [&]<typename Pack>(std::size_t i) {
      store(load<Pack>(floats.data() + i) + Pack(1), floats.data() + i);
      starts.push_back(i);
    });
    for_each_pack<double>(count, [&]<typename Pack>(std::size_t i) {
      store(load<Pack>(doubles.data() + i) + Pack(1), doubles.data() + i);
    });
    EXPECT_THAT(floats, testing::Each(2.0F)) << count;
    EXPECT_THAT(doubles, testing::Each(2.0)) << count;
    EXPECT_EQ(starts.size(), count / 8 + count % 8);
    EXPECT_TRUE(std::is_sorted(starts.begin(), starts.end()));
  }
}

}  // namespace
}  // namespace lockstep::numerics

#include "numerics/self_test.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/float_mode.h"
#include "numerics/function_table.h"

namespace lockstep::numerics {
namespace {

TEST(SelfTest, FunctionsGiveTheirGoldenValues) { EXPECT_EQ(functions_differ(), std::nullopt); }

// Training threads run like this.
TEST(SelfTest, FunctionsGiveThemWhereDenormalsAreZero) {
  std::optional<std::string> difference = "not run";
  std::thread([&] {
    flush_denormals_to_zero();
    difference = functions_differ();
  }).join();
  EXPECT_EQ(difference, std::nullopt);
}

TEST(SelfTest, TableHasTenValuesOfEveryFunction) {
  const auto count = [](const auto& values, std::string_view name) {
    return std::ranges::count_if(values, [&](const auto& v) { return v.function == name; });
  };
  const auto expect_enough = [&](std::string_view name) {
    EXPECT_GE(count(golden_values().floats, name), 10) << name;
    EXPECT_GE(count(golden_values().doubles, name), 10) << name;
  };
  for (const UnaryFunction& function : kUnaryFunctions) expect_enough(function.name);
  for (const BinaryFunction& function : kBinaryFunctions) expect_enough(function.name);
}

// Each value in turn is changed by one unit in the last place.
template <typename T>
void expect_noticed(std::span<const GoldenValue<T>> golden,
                    GoldenValues (*only)(std::span<const GoldenValue<T>>)) {
  for (GoldenValue<T> value : golden) {
    value.expected = std::nextafter(value.expected, T(0));
    const auto difference = functions_differ(only({&value, 1}));
    ASSERT_TRUE(difference.has_value()) << value.function << " of " << value.x;
    EXPECT_THAT(*difference, testing::StartsWith(std::string(value.function) + "("));
  }
}

TEST(SelfTest, EveryChangedBitIsNoticed) {
  expect_noticed<float>(golden_values().floats, [](std::span<const GoldenValue<float>> floats) {
    return GoldenValues{floats, {}};
  });
  expect_noticed<double>(golden_values().doubles, [](std::span<const GoldenValue<double>> doubles) {
    return GoldenValues{{}, doubles};
  });
}

TEST(SelfTest, SentenceNamesFunctionArgumentAndBothValues) {
  const std::vector<GoldenValue<float>> wrong = {{"exp", 0, 0, 2}};
  EXPECT_THAT(*functions_differ({wrong, {}}),
              testing::HasSubstr("exp(0x0p+0) of a float is 0x1p+0, but 0x1p+1 is specified"));
  const std::vector<GoldenValue<double>> power = {{"pow", 2, 3, 9}};
  EXPECT_THAT(*functions_differ({{}, power}), testing::HasSubstr("pow(0x1p+1, 0x1.8p+1)"));
}

TEST(SelfTest, UnknownFunctionIsNoticed) {
  const std::vector<GoldenValue<float>> unknown = {{"gamma", 1, 0, 1}};
  EXPECT_THAT(*functions_differ({unknown, {}}), testing::HasSubstr("gamma"));
}

}  // namespace
}  // namespace lockstep::numerics

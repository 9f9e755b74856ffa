#include "sweep/search.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

SweepParameter parameter(const std::string& name, decltype(SweepParameter::values) values) {
  return {name, {name}, std::move(values), {}};
}

SweepConfig sweep_of(std::vector<SweepParameter> parameters,
                     std::variant<GridSearch, RandomSearch> search = GridSearch{}) {
  SweepConfig sweep{};
  sweep.seed = 5;
  sweep.search = search;
  sweep.parameters = std::move(parameters);
  return sweep;
}

std::vector<std::string> texts_of(const SearchPoint& point) {
  std::vector<std::string> texts;
  for (const ParameterValue& value : point) texts.push_back(value.text);
  return texts;
}

TEST(GridNumbers, AreEquallySpacedAndEndExactly) {
  EXPECT_THAT(grid_numbers({0, 1, false, 5, false}), ElementsAre(0, 0.25, 0.5, 0.75, 1));
  EXPECT_THAT(grid_numbers({-3, 3, false, 2, false}), ElementsAre(-3, 3));
  // As they would be written: not 0.30000000000000004.
  EXPECT_THAT(grid_numbers({0.1, 0.5, false, 5, false}), ElementsAre(0.1, 0.2, 0.3, 0.4, 0.5));
}

TEST(GridNumbers, OfPowersOfTenAreExact) {
  EXPECT_THAT(grid_numbers({0.1, 100, true, 4, false}), ElementsAre(0.1, 1, 10, 100));
  EXPECT_THAT(grid_numbers({1e-5, 1e-1, true, 5, false}), ElementsAre(1e-5, 1e-4, 1e-3, 1e-2, 0.1));
}

TEST(GridNumbers, OnALogScaleHaveEqualRatios) {
  const auto numbers = grid_numbers({0.03, 7, true, 6, false});
  ASSERT_EQ(numbers.size(), 6U);
  EXPECT_EQ(numbers.front(), 0.03);
  EXPECT_EQ(numbers.back(), 7.0);
  const double ratio = std::pow(7 / 0.03, 1.0 / 5);
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    EXPECT_NEAR(numbers[i] / numbers[i - 1], ratio, 1e-13 * ratio) << i;
  }
}

TEST(GridNumbers, AreRoundedWhenWhole) {
  EXPECT_THAT(grid_numbers({16, 1024, true, 4, true}), ElementsAre(16, 64, 256, 1024));
  EXPECT_THAT(grid_numbers({1, 4, false, 3, true}), ElementsAre(1, 3, 4));  // 2.5 away from zero
}

TEST(RandomNumbers, AreWithinTheRangeAndReachItsEnds) {
  constexpr double kAlmostOne = 1 - 0x1p-53;
  for (const bool log : {false, true}) {
    for (const bool integer : {false, true}) {
      const NumberRange range{2, 50, log, 0, integer};
      EXPECT_EQ(number_at(range, 0), 2.0) << log << integer;
      EXPECT_LE(number_at(range, kAlmostOne), 50.0);
      EXPECT_NEAR(number_at(range, kAlmostOne), 50.0, 1e-9) << log << integer;
    }
  }
  EXPECT_EQ(number_at({0.01, 100, true, 0, false}, 0.5), 1.0);
  EXPECT_EQ(number_at({10, 20, false, 0, false}, 0.5), 15.0);
}

TEST(RandomNumbers, GiveEveryWholeNumberOfALinearRangeTheSameShare) {
  const NumberRange range{3, 6, false, 0, true};
  std::vector<int> counts(4, 0);
  for (int i = 0; i < 4000; ++i) {
    ++counts[static_cast<std::size_t>(number_at(range, (i + 0.5) / 4000)) - 3];
  }
  EXPECT_THAT(counts, ElementsAre(1000, 1000, 1000, 1000));
}

TEST(Grid, IsEveryCombinationTheLastParameterFirst) {
  const SweepConfig sweep =
      sweep_of({parameter("a", NumberList{{1, 0.5}}), parameter("b", TextList{{"RELU", "TANH"}}),
                parameter("c", AlternativeList{{{"x", {"p=1", "q=2"}}}})});
  const auto points = search_points(sweep);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_THAT(texts_of(points[0]), ElementsAre("1", "RELU", "x"));
  EXPECT_THAT(texts_of(points[1]), ElementsAre("1", "TANH", "x"));
  EXPECT_THAT(texts_of(points[2]), ElementsAre("0.5", "RELU", "x"));
  EXPECT_THAT(texts_of(points[3]), ElementsAre("0.5", "TANH", "x"));
  EXPECT_THAT(points[3][0].assignments, ElementsAre("a=0.5"));
  EXPECT_THAT(points[3][2].assignments, ElementsAre("p=1", "q=2"));
  std::uint64_t size = 1;
  for (const SweepParameter& of : sweep.parameters) size *= grid_size(of);
  EXPECT_EQ(size, 4U);
}

TEST(Grid, OneParameterMaySetManyPaths) {
  SweepParameter both = parameter("k", NumberList{{0.5}});
  both.paths = {"one", "two"};
  EXPECT_THAT(search_points(sweep_of({both}))[0][0].assignments, ElementsAre("one=0.5", "two=0.5"));
}

TEST(RandomSearch, IsKeyed) {
  const SweepParameter a = parameter("a", NumberRange{0.001, 1, true, 0, false});
  const SweepParameter b = parameter("b", NumberRange{0, 1, false, 0, false});
  const auto points = search_points(sweep_of({a, b}, RandomSearch{30}));
  ASSERT_EQ(points.size(), 30U);
  // More trials add to those there were; a parameter more changes none before it.
  const auto fewer = search_points(sweep_of({a}, RandomSearch{10}));
  for (std::size_t i = 0; i < fewer.size(); ++i) EXPECT_EQ(fewer[i][0].text, points[i][0].text);
  std::set<std::string> distinct;
  for (const SearchPoint& point : points) {
    for (const ParameterValue& value : point) distinct.insert(value.text);
  }
  EXPECT_EQ(distinct.size(), 60U);
  SweepConfig other = sweep_of({a, b}, RandomSearch{30});
  other.seed = 6;
  EXPECT_NE(search_points(other)[0][0].text, points[0][0].text);
}

TEST(RandomSearch, IsUniformInTheLogarithm) {
  const SweepParameter rate = parameter("rate", NumberRange{1e-4, 1, true, 0, false});
  std::vector<int> decades(4, 0);
  for (const SearchPoint& point : search_points(sweep_of({rate}, RandomSearch{4000}))) {
    const double value = std::stod(point[0].text);
    ASSERT_GE(value, 1e-4);
    ASSERT_LE(value, 1.0);
    ++decades[std::min<std::size_t>(3, static_cast<std::size_t>(std::log10(value) + 4))];
  }
  for (const int count : decades) EXPECT_NEAR(count, 1000, 5 * std::sqrt(750.0));
}

TEST(RandomSearch, ChoosesEveryListedValue) {
  const SweepParameter act = parameter("act", TextList{{"RELU", "TANH", "SIGMOID"}});
  const SweepParameter rate = parameter("rate", NumberRange{0, 1, false, 0, false});
  std::vector<std::string> seen;
  for (const SearchPoint& point : search_points(sweep_of({act, rate}, RandomSearch{3000}))) {
    seen.push_back(point[0].text);
  }
  for (const char* text : {"RELU", "TANH", "SIGMOID"}) {
    EXPECT_NEAR(static_cast<double>(std::ranges::count(seen, text)), 1000, 130) << text;
  }
}

TEST(RandomSearch, HasNoPointTwiceAndEndsWhenAllAreTaken) {
  const SweepParameter act = parameter("act", TextList{{"RELU", "TANH", "SIGMOID"}});
  const SweepParameter units = parameter("units", NumberRange{1, 4, false, 0, true});
  const auto some = search_points(sweep_of({act, units}, RandomSearch{7}));
  const auto all = search_points(sweep_of({act, units}, RandomSearch{100}));
  ASSERT_EQ(some.size(), 7U);
  ASSERT_EQ(all.size(), 12U);
  std::set<std::vector<std::string>> distinct;
  for (const SearchPoint& point : all) distinct.insert(texts_of(point));
  EXPECT_EQ(distinct.size(), 12U);
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(texts_of(some[i]), texts_of(all[i]));
}

}  // namespace
}  // namespace lockstep

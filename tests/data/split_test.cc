#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "idx_files.h"

namespace lockstep {
namespace {

constexpr SplitKey kKey = {7, 0};

// Every one of n examples in exactly one part; parts ascending and of these sizes.
void expect_partition(const Split& split, std::uint64_t n) {
  std::vector<int> seen(n, 0);
  for (const auto* part : {&split.rest, &split.dev, &split.test, &split.train_dev}) {
    EXPECT_TRUE(std::ranges::is_sorted(*part));
    for (const std::uint32_t id : *part) ++seen.at(id);
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](int count) { return count == 1; }));
}
void expect_partition(const Split& split, std::uint64_t n, const PartSizes& sizes) {
  EXPECT_EQ(split.dev.size(), sizes.dev);
  EXPECT_EQ(split.test.size(), sizes.test);
  EXPECT_EQ(split.train_dev.size(), sizes.train_dev);
  expect_partition(split, n);
}

TEST(Split, IsAPartitionOfTheSizesAskedFor) {
  for (const PartSizes& sizes : {PartSizes{0, 0, 0},
                                 {10, 0, 0},
                                 {0, 7, 0},
                                 {33, 33, 0},
                                 {50, 50, 0},
                                 {0, 0, 9},
                                 {20, 20, 20},
                                 {50, 51, 0},
                                 {1, 0, 100}}) {
    expect_partition(split_examples(101, sizes, kKey), 101, sizes);
  }
}

TEST(Split, IsKeyedByTheSeedAndTheSource) {
  const PartSizes sizes = {20, 10, 15};
  const Split split = split_examples(100, sizes, {1, 0});
  EXPECT_EQ(split.dev, split_examples(100, sizes, {1, 0}).dev);
  EXPECT_EQ(split.train_dev, split_examples(100, sizes, {1, 0}).train_dev);
  EXPECT_NE(split.dev, split_examples(100, sizes, {2, 0}).dev);
  EXPECT_NE(split.dev, split_examples(100, sizes, {1, 1}).dev);
}

// Which examples are dev or test does not depend on whether train-dev is held out.
TEST(Split, TrainDevIsTakenFromWhatTheOthersLeave) {
  const Split without = split_examples(100, {20, 10, 0}, kKey);
  const Split with = split_examples(100, {20, 10, 15}, kKey);
  EXPECT_EQ(with.dev, without.dev);
  EXPECT_EQ(with.test, without.test);
}

TEST(Split, PicksFromTheWholeSource) {
  // The mean id of a sample of 2000 out of 0..9999: 4999.5, deviation 58.
  const Split split = split_examples(10000, {2000, 0, 0}, {3, 0});
  double sum = 0;
  for (const std::uint32_t id : split.dev) sum += id;
  EXPECT_NEAR(sum / 2000, 4999.5, 300);
}

TEST(Split, StratifiedKeepsExactSizesAndProportions) {
  // Classes of 600, 300, 90 and 11 examples, mixed.
  std::vector<float> labels;
  for (int i = 0; i < 1001; ++i) {
    const int k = (i * 379) % 1001;
    labels.push_back(k < 600 ? 0.0F : k < 900 ? 1.0F : k < 990 ? 2.0F : 7.0F);
  }
  for (const PartSizes& sizes : {PartSizes{100, 57, 0},
                                 {1, 1, 1},
                                 {0, 333, 0},
                                 {500, 500, 0},
                                 {3, 0, 500},
                                 {333, 333, 335},
                                 {250, 250, 250}}) {
    const Split split = split_stratified(labels, sizes, {5, 0});
    expect_partition(split, 1001, sizes);
    for (const auto& [label, size] : {std::pair{0.0F, 600}, {1.0F, 300}, {2.0F, 90}, {7.0F, 11}}) {
      for (const auto* part : {&split.rest, &split.dev, &split.test, &split.train_dev}) {
        const auto of_class = std::ranges::count_if(
            *part, [&, wanted = label](auto id) { return labels[id] == wanted; });
        const double exact = static_cast<double>(part->size()) * size / 1001;
        EXPECT_LT(std::abs(static_cast<double>(of_class) - exact), 1);
      }
    }
  }
}

TEST(Split, StratifiedIsKeyedAndNeedsClasses) {
  const std::vector<float> labels = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  const auto dev = [&](std::uint32_t seed) {
    return split_stratified(labels, {6, 4, 0}, {seed, 0}).dev;
  };
  EXPECT_EQ(dev(1), dev(1));
  EXPECT_NE(dev(1), dev(2));
  const std::vector<float> values = {0, 1, 0.5F, 1};
  const Thrown thrown = error_of([&] { split_stratified(values, {1, 0, 0}, kKey); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "found 0.5 in row 2")) << thrown.message;
}

// 300 examples in groups of 1 to 12, mixed; the largest has 12.
std::vector<std::uint64_t> uneven_groups() {
  std::vector<std::uint64_t> groups;
  for (std::uint64_t group = 0; groups.size() < 300; ++group) {
    const std::uint64_t size = std::min<std::uint64_t>(1 + group * 5 % 12, 300 - groups.size());
    groups.insert(groups.end(), size, 1000 - group * 3);
  }
  std::vector<std::uint64_t> mixed;
  for (std::size_t i = 0; i < 300; ++i) mixed.push_back(groups[i * 7 % 300]);
  return mixed;
}

TEST(SplitByGroup, NoGroupStraddlesAndSizesAreWithinHalfAGroup) {
  const std::vector<std::uint64_t> groups = uneven_groups();
  for (const PartSizes& sizes :
       {PartSizes{30, 0, 0}, {60, 60, 0}, {90, 0, 0}, {1, 1, 1}, {20, 30, 40}, {100, 100, 50}}) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      const Split split = split_by_group(groups, sizes, {seed, 0});
      expect_partition(split, 300);
      std::map<std::uint64_t, const std::vector<std::uint32_t>*> home;
      for (const auto* part : {&split.rest, &split.dev, &split.test, &split.train_dev}) {
        for (const std::uint32_t id : *part) {
          EXPECT_EQ(home.try_emplace(groups[id], part).first->second, part);
        }
      }
      const auto miss = [](std::size_t size, std::uint64_t wanted) {
        return std::abs(static_cast<double>(size) - static_cast<double>(wanted));
      };
      EXPECT_LE(miss(split.dev.size(), sizes.dev), 6);
      EXPECT_LE(miss(split.test.size(), sizes.test), 6);
      EXPECT_LE(miss(split.train_dev.size(), sizes.train_dev), 6);
    }
  }
}

// Groups of 60, 43 and 57: 100 is 43 + 57, in whatever order they come.
TEST(SplitByGroup, TakesTheExactSizeWhereGroupsAddUpToIt) {
  std::vector<std::uint64_t> groups(60, 1);
  groups.insert(groups.end(), 43, 2);
  groups.insert(groups.end(), 57, 3);
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(split_by_group(groups, {100, 0, 0}, {seed, 0}).dev.size(), 100U);
    EXPECT_EQ(split_by_group(groups, {57, 43, 0}, {seed, 0}).test.size(), 43U);
  }
}

TEST(SplitByGroup, GroupsOfOneGiveTheExactSizes) {
  std::vector<std::uint64_t> groups(50);
  std::iota(groups.begin(), groups.end(), 5U);
  expect_partition(split_by_group(groups, {10, 5, 3}, kKey), 50, {10, 5, 3});
}

TEST(SplitByGroup, IsKeyedAndKnowsOnlyWhichGroupsAreEqual) {
  const std::vector<std::uint64_t> groups = uneven_groups();
  const PartSizes sizes = {60, 60, 0};
  EXPECT_EQ(split_by_group(groups, sizes, {1, 0}).dev, split_by_group(groups, sizes, {1, 0}).dev);
  EXPECT_NE(split_by_group(groups, sizes, {1, 0}).dev, split_by_group(groups, sizes, {2, 0}).dev);
  std::vector<std::uint64_t> renumbered = groups;
  for (std::uint64_t& group : renumbered) group = 1'000'003 - group;
  EXPECT_EQ(split_by_group(renumbered, sizes, {1, 0}).dev,
            split_by_group(groups, sizes, {1, 0}).dev);
}

TEST(SplitByGroup, PartsThatAreEverythingLeaveNothing) {
  const std::vector<std::uint64_t> groups = uneven_groups();
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Split split = split_by_group(groups, {150, 150, 0}, {seed, 0});
    EXPECT_TRUE(split.rest.empty());
    expect_partition(split, 300);
  }
}

TEST(SplitByGroup, APartThatWouldBeEmptyIsRefused) {
  const std::vector<std::uint64_t> groups = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
  const Thrown thrown = error_of([&] { split_by_group(groups, {2, 0, 0}, kKey); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message,
                       "data.split.dev: no whole group comes near its 2 examples: "
                       "the smallest group left has 6"))
      << thrown.message;
}

}  // namespace
}  // namespace lockstep

#include "data/nearest_subset.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace lockstep {
namespace {

using Sizes = std::vector<std::uint64_t>;

std::uint64_t sum_of(const Sizes& sizes, const std::vector<std::size_t>& groups) {
  return std::accumulate(groups.begin(), groups.end(), std::uint64_t{0},
                         [&](auto sum, auto group) { return sum + sizes[group]; });
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

TEST(NearestSubset, FindsAnExactSumWhereThereIsOne) {
  // Greedily 60 + 43 = 103, where 57 + 43 = 100 is possible.
  const Sizes sizes = {60, 43, 57};
  EXPECT_THAT(nearest_subset(sizes, 100), testing::ElementsAre(1, 2));
  EXPECT_THAT(nearest_subset(sizes, 103), testing::ElementsAre(0, 1));
  EXPECT_THAT(nearest_subset(sizes, 160), testing::ElementsAre(0, 1, 2));
}

TEST(NearestSubset, TakesTheFirstGroupsOfEqualOnes) {
  const Sizes ones(1000, 1);
  const auto groups = nearest_subset(ones, 300);
  ASSERT_EQ(groups.size(), 300U);
  for (std::size_t i = 0; i < groups.size(); ++i) EXPECT_EQ(groups[i], i);
}

TEST(NearestSubset, MayBeEmptyOrAll) {
  EXPECT_THAT(nearest_subset(Sizes{10}, 4), testing::IsEmpty());
  EXPECT_THAT(nearest_subset(Sizes{10}, 5), testing::IsEmpty()) << "the smaller of two as near";
  EXPECT_THAT(nearest_subset(Sizes{10}, 6), testing::ElementsAre(0));
  EXPECT_THAT(nearest_subset(Sizes{3, 4}, 100), testing::ElementsAre(0, 1));
  EXPECT_THAT(nearest_subset(Sizes{}, 100), testing::IsEmpty());
  EXPECT_THAT(nearest_subset(Sizes{1}, 0), testing::IsEmpty());
}

// Against all subsets of up to ten groups.
TEST(NearestSubset, NoSubsetIsNearer) {
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const auto words = random_words({1, Purpose::gradient_check}, {i, 0, 0, 0});
    Sizes sizes(1 + words[0] % 10);
    for (std::size_t g = 0; g < sizes.size(); ++g) {
      const auto group = static_cast<std::uint32_t>(g);
      sizes[g] = 1 + random_words({2, Purpose::gradient_check}, {i, group, 0, 0})[0] % 150;
    }
    const std::uint64_t wanted = 1 + words[1] % 500;
    std::uint64_t best = wanted;  // of none
    for (std::uint32_t subset = 0; subset < 1U << sizes.size(); ++subset) {
      std::uint64_t sum = 0;
      for (std::size_t g = 0; g < sizes.size(); ++g) {
        if ((subset >> g & 1U) != 0) sum += sizes[g];
      }
      best = std::min(best, distance(sum, wanted));
    }
    const auto groups = nearest_subset(sizes, wanted);
    EXPECT_EQ(std::ranges::adjacent_find(groups, std::greater_equal<>()), groups.end())
        << "each once, ascending";
    EXPECT_EQ(distance(sum_of(sizes, groups), wanted), best) << i;
  }
}

}  // namespace
}  // namespace lockstep

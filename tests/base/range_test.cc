#include "base/range.h"

#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Range, EvenPartsCoverEverythingOnceAndDifferByAtMostOne) {
  for (std::uint64_t n = 0; n <= 40; ++n) {
    for (std::uint64_t parts = 1; parts <= 17; ++parts) {
      std::uint64_t next = 0;
      for (std::uint64_t i = 0; i < parts; ++i) {
        const Range part = even_part(n, parts, i);
        EXPECT_EQ(part.begin, next);
        EXPECT_GE(part.size(), n / parts);
        EXPECT_LE(part.size(), n / parts + 1);
        next = part.end;
      }
      EXPECT_EQ(next, n);
    }
  }
}

TEST(Range, EvenPartsOfLargeNumbers) {
  const std::uint64_t n = (1ULL << 60) + 5;
  EXPECT_EQ(even_part(n, 7, 0).begin, 0U);
  EXPECT_EQ(even_part(n, 7, 6).end, n);
  EXPECT_EQ(even_part(n, 7, 2).end, even_part(n, 7, 3).begin);
}

TEST(Range, KnowsWhatItHolds) {
  const Range range = {3, 5};
  EXPECT_EQ(range.size(), 2U);
  EXPECT_FALSE(range.empty());
  EXPECT_TRUE((Range{4, 4}).empty());
  EXPECT_FALSE(range.contains(2));
  EXPECT_TRUE(range.contains(3));
  EXPECT_TRUE(range.contains(4));
  EXPECT_FALSE(range.contains(5));
}

TEST(CommonParts, AreThePartsOfRangesInsideOfAnother) {
  const std::vector<Range> ranges = {{2, 5}, {7, 9}, {12, 20}};
  EXPECT_EQ(common_parts({4, 14}, ranges), (std::vector<Range>{{4, 5}, {7, 9}, {12, 14}}));
  EXPECT_TRUE(common_parts({5, 7}, ranges).empty());
  EXPECT_TRUE(common_parts({0, 30}, {}).empty());
}

TEST(Without, LeavesWhatIsInNoRange) {
  const std::vector<Range> ranges = {{2, 5}, {7, 9}, {12, 20}};
  EXPECT_EQ(without({4, 14}, ranges), (std::vector<Range>{{5, 7}, {9, 12}}));
  EXPECT_EQ(without({0, 30}, ranges), (std::vector<Range>{{0, 2}, {5, 7}, {9, 12}, {20, 30}}));
  EXPECT_TRUE(without({13, 19}, ranges).empty());
  EXPECT_EQ(without({13, 19}, {}), (std::vector<Range>{{13, 19}}));
}

}  // namespace
}  // namespace lockstep

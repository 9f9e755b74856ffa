#include "data/contents.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

template <typename V>
Examples examples_of(ElementType type, const std::vector<std::vector<V>>& rows) {
  Examples examples;
  examples.type = type;
  examples.features = rows.at(0).size();
  examples.label_width = 1;
  for (const std::vector<V>& row : rows) {
    const auto bytes = std::as_bytes(std::span(row));
    examples.values.insert(examples.values.end(), bytes.begin(), bytes.end());
    examples.ids.push_back(static_cast<std::uint32_t>(examples.ids.size()));
    examples.labels.push_back(static_cast<float>(examples.ids.size()));
  }
  return examples;
}

Examples floats(const std::vector<std::vector<float>>& rows) {
  return examples_of(ElementType::f32, rows);
}

TEST(Contents, AreEqualWhereTheInputsAreWhateverTheLabel) {
  const auto contents = contents_of(floats({{1, 2}, {2, 1}, {1, 2}, {1, 3}}));
  EXPECT_EQ(contents[0], contents[2]);
  EXPECT_NE(contents[0], contents[1]) << "the order of the features counts";
  EXPECT_NE(contents[0], contents[3]);
}

TEST(Contents, ZeroHasNoSignAndAMissingValueEqualsAMissingValue) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto contents = contents_of(floats({{0, nan}, {-0.0F, -nan}, {0, 0}, {nan, 0}}));
  EXPECT_EQ(contents[0], contents[1]);
  EXPECT_NE(contents[0], contents[2]);
  EXPECT_NE(contents[0], contents[3]);
}

// The training set may have bytes and the dev set floats.
TEST(Contents, DoNotDependOnTheTypeInTheFile) {
  const auto of_floats = contents_of(floats({{0, 255}}));
  EXPECT_EQ(contents_of(examples_of<std::uint8_t>(ElementType::u8, {{0, 255}})), of_floats);
  EXPECT_EQ(contents_of(examples_of<std::int32_t>(ElementType::i32, {{0, 255}})), of_floats);
  EXPECT_EQ(contents_of(examples_of<double>(ElementType::f64, {{0, 255 + 1e-9}})), of_floats)
      << "the network gets floats";
}

TEST(Contents, OfLabelsCompareLabels) {
  Examples examples = floats({{1}, {1}, {1}});
  examples.labels = {3, 4, 3};
  const auto contents = label_contents_of(examples);
  EXPECT_EQ(contents[0], contents[2]);
  EXPECT_NE(contents[0], contents[1]);
}

TEST(Contents, ThatAreEqualAreTheGroupOfTheirFirstExample) {
  const auto contents = contents_of(floats({{5}, {1}, {5}, {9}, {1}, {5}}));
  EXPECT_EQ(groups_of_copies(contents), (std::vector<std::uint64_t>{0, 1, 0, 3, 1, 0}));
  EXPECT_TRUE(groups_of_copies({}).empty());
}

}  // namespace
}  // namespace lockstep

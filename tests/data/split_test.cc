#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "idx_files.h"

namespace lockstep {
namespace {

// Every one of n examples in exactly one part; parts ascending and of these sizes.
void expect_partition(const Split& split, std::uint64_t n, HeldOut held_out) {
  EXPECT_EQ(split.dev.size(), held_out.dev);
  EXPECT_EQ(split.test.size(), held_out.test);
  std::vector<int> seen(n, 0);
  for (const auto* part : {&split.train, &split.dev, &split.test}) {
    EXPECT_TRUE(std::ranges::is_sorted(*part));
    for (const std::uint32_t id : *part) ++seen.at(id);
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](int count) { return count == 1; }));
}

TEST(Split, IsAPartitionOfTheSizesAskedFor) {
  for (const HeldOut held_out :
       {HeldOut{0, 0}, HeldOut{10, 0}, HeldOut{0, 7}, HeldOut{33, 33}, HeldOut{50, 50}}) {
    expect_partition(split_examples(101, held_out, 7), 101, held_out);
  }
}

TEST(Split, IsKeyedByTheSeed) {
  const HeldOut held_out = {20, 10};
  EXPECT_EQ(split_examples(100, held_out, 1).dev, split_examples(100, held_out, 1).dev);
  EXPECT_NE(split_examples(100, held_out, 1).dev, split_examples(100, held_out, 2).dev);
}

TEST(Split, PicksFromTheWholeSource) {
  // The mean id of a sample of 2000 out of 0..9999: 4999.5, deviation 58.
  const Split split = split_examples(10000, {2000, 0}, 3);
  double sum = 0;
  for (const std::uint32_t id : split.dev) sum += id;
  EXPECT_NEAR(sum / 2000, 4999.5, 300);
}

TEST(Split, MustLeaveSomethingToTrainOn) {
  EXPECT_EQ(split_examples(10, {5, 4}, 1).train.size(), 1U);
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  for (const HeldOut held_out : {HeldOut{5, 5}, HeldOut{10, 0}, HeldOut{0, 11}, HeldOut{huge, huge},
                                 HeldOut{1, huge}, HeldOut{huge, 1}}) {
    const Thrown thrown = error_of([&] { split_examples(10, held_out, 1); });
    EXPECT_EQ(thrown.code, ExitCode::usage);
    EXPECT_TRUE(contains(thrown.message, "leave none of 10 examples")) << thrown.message;
  }
}

TEST(Split, FractionsBecomeCounts) {
  EXPECT_EQ(examples_in(0.1, 60000), 6000U);
  EXPECT_EQ(examples_in(0.29, 100), 29U);  // 0.29 * 100 is below 29 in binary
  EXPECT_EQ(examples_in(0.5, 101), 51U);
  for (const double bad : {0.0, -0.1, 1.0, 1.5, std::nan("")}) {
    EXPECT_EQ(error_of([&] { examples_in(bad, 100); }).code, ExitCode::usage);
  }
  const Thrown none = error_of([&] { examples_in(0.001, 100); });
  EXPECT_TRUE(contains(none.message, "fraction 0.001 of 100 examples holds none")) << none.message;
}

TEST(Split, StratifiedKeepsExactSizesAndProportions) {
  // Classes of 600, 300, 90 and 11 examples, mixed.
  std::vector<float> labels;
  for (int i = 0; i < 1001; ++i) {
    const int k = (i * 379) % 1001;
    labels.push_back(k < 600 ? 0.0F : k < 900 ? 1.0F : k < 990 ? 2.0F : 7.0F);
  }
  for (const HeldOut held_out :
       {HeldOut{100, 57}, HeldOut{1, 1}, HeldOut{0, 333}, HeldOut{500, 500}, HeldOut{3, 0}}) {
    const Split split = split_stratified(labels, held_out, 5);
    expect_partition(split, 1001, held_out);
    for (const auto& [label, size] : {std::pair{0.0F, 600}, {1.0F, 300}, {2.0F, 90}, {7.0F, 11}}) {
      const auto in = [&, wanted = label](const std::vector<std::uint32_t>& part) {
        return static_cast<double>(
            std::ranges::count_if(part, [&](auto id) { return labels[id] == wanted; }));
      };
      EXPECT_LT(std::abs(in(split.dev) - static_cast<double>(held_out.dev) * size / 1001), 1);
      EXPECT_LT(std::abs(in(split.test) - static_cast<double>(held_out.test) * size / 1001), 2);
    }
  }
}

TEST(Split, StratifiedIsKeyedAndNeedsClasses) {
  const std::vector<float> labels = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  EXPECT_EQ(split_stratified(labels, {6, 4}, 1).dev, split_stratified(labels, {6, 4}, 1).dev);
  EXPECT_NE(split_stratified(labels, {6, 4}, 1).dev, split_stratified(labels, {6, 4}, 2).dev);
  const std::vector<float> values = {0, 1, 0.5F, 1};
  const Thrown thrown = error_of([&] { split_stratified(values, {1, 0}, 1); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "found 0.5 in row 2")) << thrown.message;
}

}  // namespace
}  // namespace lockstep

#include "data/folds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

std::vector<std::uint64_t> sizes_of(const FoldNumbers& fold_of, std::uint32_t folds) {
  std::vector<std::uint64_t> sizes(folds, 0);
  for (const std::uint32_t fold : fold_of) ++sizes.at(fold);
  return sizes;
}

std::string error_of(const std::function<void()>& divide) {
  try {
    divide();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// Computed by a Python program from docs/numerics.md alone.
TEST(Folds, HaveTheExamplesOfTheKeyedOrder) {
  EXPECT_EQ(divide_examples(11, 3, {7, 0}), (FoldNumbers{1, 1, 0, 1, 0, 2, 2, 2, 1, 0, 0}));
  EXPECT_EQ(divide_examples(11, 3, {7, 1}), (FoldNumbers{2, 1, 0, 1, 1, 2, 0, 0, 2, 1, 0}));
  const std::vector<std::uint64_t> groups = {5, 5, 5, 9, 9, 1, 1, 1, 1, 2, 3, 3, 8};
  EXPECT_EQ(divide_by_group(groups, 3, {7, 2}),
            (FoldNumbers{1, 1, 1, 2, 2, 0, 0, 0, 0, 0, 2, 2, 1}));
}

TEST(Folds, DifferByAtMostOneExample) {
  for (const std::uint64_t n : {2U, 7U, 100U, 101U, 109U}) {
    for (const std::uint32_t folds : {2U, 3U, 7U, 10U}) {
      if (folds > n) continue;
      const auto sizes = sizes_of(divide_examples(n, folds, {1, 0}), folds);
      EXPECT_EQ(sizes, fold_sizes(n, folds));
      EXPECT_EQ(*std::ranges::min_element(sizes), n / folds);
      EXPECT_EQ(*std::ranges::max_element(sizes), (n + folds - 1) / folds);
    }
  }
  EXPECT_EQ(sizes_of(divide_examples(5, 5, {1, 0}), 5), std::vector<std::uint64_t>(5, 1));
}

TEST(Folds, AreKeyedBySeedAndRepeat) {
  const FoldNumbers folds = divide_examples(100, 5, {1, 0});
  EXPECT_EQ(folds, divide_examples(100, 5, {1, 0}));
  EXPECT_NE(folds, divide_examples(100, 5, {2, 0}));
  EXPECT_NE(folds, divide_examples(100, 5, {1, 1}));
}

TEST(Folds, HaveTheExactShareOfEachClassRoundedUpOrDown) {
  std::vector<float> labels;
  for (int i = 0; i < 103; ++i) labels.push_back(i % 10 == 0 ? 4.0F : i % 3 == 0 ? 1.0F : 0.0F);
  for (const std::uint32_t folds : {2U, 4U, 5U, 10U}) {
    const FoldNumbers fold_of = divide_stratified(labels, folds, {3, 0});
    EXPECT_EQ(sizes_of(fold_of, folds), fold_sizes(labels.size(), folds));
    std::map<float, std::vector<std::uint64_t>> of_class;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      auto& counts = of_class.try_emplace(labels[i], folds, 0).first->second;
      ++counts[fold_of[i]];
    }
    for (const auto& [label, counts] : of_class) {
      const auto [least, most] = std::ranges::minmax_element(counts);
      EXPECT_LE(*most - *least, label == 0.0F ? 2U : 1U) << label << " in " << folds;
      const auto all = static_cast<double>(std::ranges::count(labels, label));
      for (std::size_t f = 0; f < folds; ++f) {
        const double share = all * static_cast<double>(fold_sizes(labels.size(), folds)[f]) /
                             static_cast<double>(labels.size());
        EXPECT_LT(std::abs(static_cast<double>(counts[f]) - share), 1.0);
      }
    }
  }
}

TEST(Folds, KeepGroupsTogetherAndAreBalanced) {
  std::vector<std::uint64_t> groups;
  for (std::uint64_t group = 0; group < 30; ++group)
    groups.insert(groups.end(), 1 + group % 4, group);
  const FoldNumbers fold_of = divide_by_group(groups, 4, {1, 0});
  std::map<std::uint64_t, std::uint32_t> fold_of_group;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    EXPECT_EQ(fold_of_group.try_emplace(groups[i], fold_of[i]).first->second, fold_of[i]);
  }
  // There are enough groups of one example to even the folds out.
  const auto sizes = sizes_of(fold_of, 4);
  EXPECT_LE(*std::ranges::max_element(sizes) - *std::ranges::min_element(sizes), 1U);
  EXPECT_NE(fold_of, divide_by_group(groups, 4, {1, 1}));
}

TEST(Folds, NeedAnExampleOrAGroupEach) {
  EXPECT_EQ(error_of([] {
              divide_examples(4, 5, {1, 0});
            }),
            "5 folds need at least as many examples, and there are 4; ask for fewer folds");
  EXPECT_EQ(error_of([] {
              divide_by_group(std::array<std::uint64_t, 4>{1, 1, 2, 2}, 3, {1, 0});
            }),
            "3 folds need at least as many groups, and there are 2; ask for fewer folds");
  EXPECT_EQ(error_of([] {
              divide_stratified(std::array{0.5F, 1.0F}, 2, {1, 0});
            }),
            "a stratified split needs class numbers as labels, found 0.5 in row 0 (rows count from "
            "0); use data.split.stratified: false");
}

}  // namespace
}  // namespace lockstep

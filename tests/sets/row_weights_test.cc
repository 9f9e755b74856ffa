#include "sets/row_weights.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using Counts = std::vector<std::uint64_t>;
using Factors = std::vector<float>;
using Names = std::vector<std::string>;
using Weights = std::vector<double>;

const ClassWeights kBalanced{.balanced = true, .given = {}};

std::string error_of(const ClassWeights& weights, const Counts& counts, const Names& names = {}) {
  try {
    weights_of_classes(weights, counts, names);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

// Two shards of a rank: rows 0, 2, 3 and rows 1, 4.
class RowWeights : public testing::Test {
 protected:
  [[nodiscard]] Factors weights(const Weights& of_classes, const GivenWeights& of_rows) const {
    return row_weights(Communicator::self(), {examples_, rows_}, of_classes, of_rows, 5);
  }
  void SetUp() override {
    examples_.label_width = 1;
    examples_.labels = {1, 0, 0, 0, 0};
    examples_.ids = {0, 1, 2, 3, 4};
  }
  Examples examples_;
  std::vector<std::vector<std::uint32_t>> rows_ = {{0, 2, 3}, {1, 4}};
};

TEST(WeightsOfClasses, BalancedClassesCountTheSameTogether) {
  const Weights weights = weights_of_classes(kBalanced, Counts{8, 2, 0}, {});
  EXPECT_EQ(weights, (Weights{0.125, 0.5, 0})) << "there is no example of the third";
}

TEST(WeightsOfClasses, GivenOnesBelongToNamesOrNumbers) {
  const ClassWeights of_yes{.balanced = false, .given = {{"yes", 5}}};
  EXPECT_EQ(weights_of_classes(of_yes, Counts{6, 2}, Names{"no", "yes"}), (Weights{1, 5}));
  const ClassWeights of_1{.balanced = false, .given = {{"1", 5}}};
  EXPECT_EQ(weights_of_classes(of_1, Counts{6, 2}, {}), (Weights{1, 5}));
}

TEST(WeightsOfClasses, OfClassesThatDoNotExistAreRefused) {
  const ClassWeights of_yes{.balanced = false, .given = {{"yes", 5}}};
  EXPECT_THAT(error_of(of_yes, {6, 2}),
              testing::HasSubstr("names the class \"yes\"; expected a number from 0 to 1"));
  EXPECT_THAT(error_of(of_yes, {6, 2}, {"no", "perhaps"}),
              testing::AllOf(testing::HasSubstr("names the class \"yes\"; expected one of "),
                             testing::HasSubstr("perhaps")));
  EXPECT_THAT(error_of(kBalanced, {}), testing::HasSubstr("needs one class label for each"));
}

TEST_F(RowWeights, HaveTheMeanOne) {
  // Balanced: 1/4 for class 0 and 1 for class 1, whose mean is 2/5.
  EXPECT_EQ(weights({0.25, 1}, std::nullopt), (Factors{2.5F, 0.625F, 0.625F, 0.625F, 0.625F}));
  EXPECT_EQ(weights({}, Factors{5, 0, 3, 1, 1}), (Factors{2.5F, 0, 1.5F, 0.5F, 0.5F}));
  EXPECT_EQ(weights({1, 2}, Factors{4, 4, 4, 4, 0}), (Factors{2, 1, 1, 1, 0})) << "products";
}

TEST_F(RowWeights, EqualOnesChangeNothing) {
  EXPECT_EQ(weights({}, Factors{3, 3, 3, 3, 3}), Factors(5, 1));
  EXPECT_TRUE(weights({}, std::nullopt).empty());
}

TEST_F(RowWeights, OfZeroForEveryExampleAreRefused) {
  EXPECT_THROW(static_cast<void>(weights({0, 0}, std::nullopt)), Error);
  EXPECT_THROW(static_cast<void>(weights({1, 0}, Factors{3, 0, 0, 0, 0})), Error);
}

TEST_F(RowWeights, OfSomeRows) {
  EXPECT_EQ(weights_of(Factors{2, 0.5F, 3}, std::vector<std::uint32_t>{2, 1}), (Factors{3, 0.5F}));
  EXPECT_TRUE(weights_of({}, std::vector<std::uint32_t>{3, 1}).empty());
}

}  // namespace
}  // namespace lockstep

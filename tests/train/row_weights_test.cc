#include "train/row_weights.h"

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

std::string error_of(const ClassWeights& weights, const Counts& counts, const Names& names = {}) {
  try {
    class_factors(weights, counts, names);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

TEST(ClassFactors, BalancedClassesCountTheSameTogether) {
  const Factors factors = class_factors({.balanced = true, .given = {}}, Counts{6, 2, 0}, {});
  // 8 / (2 * 6) and 8 / (2 * 2); there is no example of the third.
  EXPECT_EQ(factors, (Factors{2.0F / 3.0F, 2, 0}));
}

TEST(ClassFactors, GivenWeightsHaveTheMeanOne) {
  const ClassWeights weights{.balanced = false, .given = {{"yes", 5}}};
  const Factors factors = class_factors(weights, Counts{6, 2}, Names{"no", "yes"});
  EXPECT_EQ(factors, (Factors{0.5F, 2.5F})) << "the mean weight is 16 / 8";
  EXPECT_EQ(class_factors({.balanced = false, .given = {{"1", 5}}}, Counts{6, 2}, {}), factors);
}

TEST(ClassFactors, OfClassesThatDoNotExistAreRefused) {
  const ClassWeights of_yes{.balanced = false, .given = {{"yes", 5}}};
  EXPECT_THAT(error_of(of_yes, {6, 2}),
              testing::HasSubstr("names the class \"yes\"; expected a number from 0 to 1"));
  EXPECT_THAT(error_of(of_yes, {6, 2}, {"no", "perhaps"}),
              testing::AllOf(testing::HasSubstr("names the class \"yes\"; expected one of "),
                             testing::HasSubstr("perhaps")));
  EXPECT_THAT(error_of({.balanced = true, .given = {}}, {}),
              testing::HasSubstr("needs one class label for each example"));
}

TEST(ClassFactors, SomethingMustCount) {
  const ClassWeights nothing{.balanced = false, .given = {{"0", 0}, {"1", 0}}};
  EXPECT_THAT(error_of(nothing, {6, 2}), testing::HasSubstr("there is nothing to learn"));
  const ClassWeights only_absent{.balanced = false, .given = {{"0", 0}}};
  EXPECT_THAT(error_of(only_absent, {6, 0}), testing::HasSubstr("there is nothing to learn"));
}

TEST(RowWeights, AreThoseOfTheLabels) {
  const Factors weights = row_weights(Factors{0.5F, 2}, std::vector<float>{1, 0, 0, 1});
  EXPECT_EQ(weights, (Factors{2, 0.5F, 0.5F, 2}));
  EXPECT_EQ(weights_of(weights, std::vector<std::uint32_t>{3, 1}), (Factors{2, 0.5F}));
  EXPECT_TRUE(weights_of({}, std::vector<std::uint32_t>{3, 1}).empty());
}

}  // namespace
}  // namespace lockstep

#include "base/nearest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

const std::vector<std::string> kFields = {"learning_rate", "beta1", "beta2", "epsilon"};

TEST(NearestWord, FindsTypingMistakes) {
  EXPECT_EQ(nearest_word("lerning_rate", kFields), "learning_rate");
  EXPECT_EQ(nearest_word("learning_ratee", kFields), "learning_rate");
  EXPECT_EQ(nearest_word("learnnig_rate", kFields), "learning_rate");  // a swap is one edit
  EXPECT_EQ(nearest_word("learningRate", kFields), "learning_rate");
  EXPECT_EQ(nearest_word("EPSILON", kFields), "epsilon");
  EXPECT_EQ(nearest_word("adma", std::vector<std::string>{"adam"}), "adam");
}

TEST(NearestWord, PrefersTheFewestEditsThenTheFirst) {
  EXPECT_EQ(nearest_word("beta2", kFields), "beta2");
  EXPECT_EQ(nearest_word("beta", kFields), "beta1");
}

TEST(NearestWord, DoesNotGuessWildly) {
  EXPECT_EQ(nearest_word("momentum", kFields), std::nullopt);
  EXPECT_EQ(nearest_word("", kFields), std::nullopt);
  EXPECT_EQ(nearest_word("x", {}), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000'000, 'b'), kFields), std::nullopt);
}

}  // namespace
}  // namespace lockstep

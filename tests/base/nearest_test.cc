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

TEST(NearestWord, AThirdOfTheLettersAndALittleMoreMayBeWrong) {
  const std::vector<std::string> adam = {"adam"};
  EXPECT_EQ(nearest_word("adxy", adam), "adam");
  EXPECT_EQ(nearest_word("axyz", adam), std::nullopt);
  const std::vector<std::string> seed = {"seed", "speed_"};
  EXPECT_EQ(nearest_word("seedxxx", seed), "seed");  // three edits of seven letters
  EXPECT_EQ(nearest_word("seedxxxx", seed), std::nullopt);
}

TEST(NearestWord, DoesNotGuessWildly) {
  EXPECT_EQ(nearest_word("momentum", kFields), std::nullopt);
  EXPECT_EQ(nearest_word("", kFields), std::nullopt);
  EXPECT_EQ(nearest_word("x", {}), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000'000, 'b'), kFields), std::nullopt);
}

}  // namespace
}  // namespace lockstep

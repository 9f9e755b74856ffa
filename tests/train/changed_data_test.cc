#include "train/changed_data.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(ChangedData, TheSameDataLeavesNoMark) {
  EXPECT_EQ(changed_data({}, {"aa", "bb"}, {"aa", "bb"}, 5), "");
  EXPECT_EQ(changed_data({}, {"aa", ""}, {"aa", ""}, 5), "");
}

TEST(ChangedData, EveryChangeIsMarkedWithItsStep) {
  EXPECT_EQ(changed_data({}, {"aa", "bb"}, {"cc", "bb"}, 5),
            "from step 5: the training data was aa and is cc");
  EXPECT_EQ(changed_data({}, {"aa", "bb"}, {"cc", ""}, 5),
            "from step 5: the training data was aa and is cc, the dev data was bb and is none");
}

TEST(ChangedData, TheMarkStays) {
  const EnvironmentFacts marked = {{kChangedData, "from step 5: the dev data was aa and is bb"}};
  EXPECT_EQ(changed_data(marked, {"t", "bb"}, {"t", "bb"}, 9), marked.at(kChangedData));
  EXPECT_EQ(changed_data(marked, {"t", "bb"}, {"u", "bb"}, 9),
            marked.at(kChangedData) + "; from step 9: the training data was t and is u");
}

}  // namespace
}  // namespace lockstep

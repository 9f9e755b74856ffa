#include "train/weight_copies.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<int> odd(const std::vector<CopyDigests>& copies) { return odd_copies(copies); }

TEST(WeightCopies, AlikeCopiesAreNotOdd) {
  EXPECT_THAT(odd({{5, 5}}), IsEmpty());
  EXPECT_THAT(odd({{5, 5}, {5, 5}, {5, 5}}), IsEmpty());
}

TEST(WeightCopies, ACopyThatChangedIsOdd) {
  EXPECT_THAT(odd({{5, 6}}), ElementsAre(0));
  EXPECT_THAT(odd({{5, 5}, {5, 6}}), ElementsAre(1));
  EXPECT_THAT(odd({{5, 6}, {5, 6}, {5, 5}}), ElementsAre(0, 1)) << "more than half changed alike";
}

TEST(WeightCopies, ACopyThatDiffersFromMostIsOdd) {
  EXPECT_THAT(odd({{5, 5}, {6, 6}, {5, 5}}), ElementsAre(1));
  EXPECT_THAT(odd({{6, 5}, {5, 5}, {5, 5}}), ElementsAre(0)) << "it changed to the right one";
}

TEST(WeightCopies, WithoutAMajorityAChangeDecides) {
  EXPECT_THAT(odd({{5, 5}, {6, 7}}), ElementsAre(1));
  EXPECT_THAT(odd({{5, 5}, {6, 6}}), ElementsAre(0, 1));
  EXPECT_THAT(odd({{5, 5}, {5, 5}, {6, 6}, {6, 6}}), ElementsAre(0, 1, 2, 3));
}

std::string message(const std::vector<CopyDigests>& copies) {
  const std::vector<std::string> hosts = {"north", "south", "west"};
  const Error error = damaged_copies(8, copies, odd_copies(copies), hosts);
  EXPECT_EQ(error.code(), ExitCode::internal);
  return error.what();
}

TEST(WeightCopies, TheMessageNamesRankHostStepAndRemedy) {
  const std::string text = message({{5, 5}, {5, 6}, {5, 5}});
  EXPECT_THAT(text, HasSubstr("before the update of step 8"));
  EXPECT_THAT(text, HasSubstr("rank 1 on south: digest 0000000000000006, was 0000000000000005"));
  EXPECT_THAT(text, HasSubstr("--resume must"));
  EXPECT_THAT(text, Not(HasSubstr("north")));
  EXPECT_THAT(text, HasSubstr("these are damaged"));
}

TEST(WeightCopies, TheMessageSaysWhenTheRightCopyIsUnknown) {
  const std::string text = message({{5, 5}, {6, 6}});
  EXPECT_THAT(text, HasSubstr("which of them are right is unknown"));
  EXPECT_THAT(text, HasSubstr("rank 0 on north: digest 0000000000000005\n"));
  EXPECT_THAT(text, HasSubstr("rank 1 on south: digest 0000000000000006\n"));
}

}  // namespace
}  // namespace lockstep

// The builds that can train a recorded run again.

#include "verify/verified_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const EnvironmentFacts kNow = {{"lockstep", "0.1.0"}, {"numerics", "3"}, {"sources", "b"}};

EnvironmentFacts with(EnvironmentFacts facts, const std::string& name, const std::string& value) {
  facts[name] = value;
  return facts;
}

std::string refusal(const EnvironmentFacts& run, const EnvironmentFacts& start) {
  try {
    compare_builds(run, start, kNow);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "";
}

TEST(VerifiedBuild, TheSameNeedsNoNotice) {
  EXPECT_THAT(compare_builds(kNow, {}, kNow), IsEmpty());
}

TEST(VerifiedBuild, OtherSourcesOfTheSameArithmeticAreSaid) {
  EXPECT_THAT(compare_builds(with(kNow, "sources", "a"), {}, kNow),
              ElementsAre(HasSubstr("sources a, here b")));
}

TEST(VerifiedBuild, AnotherArithmeticIsRefusedWithTheBuildThatIsNeeded) {
  EXPECT_THAT(refusal(with(kNow, "numerics", "2"), {}),
              AllOf(HasSubstr("this build computes version 3"), HasSubstr("shows numerics 2"),
                    HasSubstr("Lockstep 0.1.0 with sources b")));
}

TEST(VerifiedBuild, ARunThatChangedItsArithmeticIsRefusedUpToTheChange) {
  const std::string mark = "from step 5: numerics was 2 and is 3";
  const EnvironmentFacts run = with(kNow, "changed_environment", mark);
  EXPECT_THAT(refusal(run, {}), HasSubstr("numerics was 2 and is 3"));
  const EnvironmentFacts after = with(kNow, "changed_environment", mark);
  EXPECT_THAT(compare_builds(run, after, kNow), IsEmpty());
}

TEST(VerifiedBuild, ARunThatChangedItsSourcesIsSaid) {
  const EnvironmentFacts run =
      with(kNow, "changed_environment", "from step 5: sources was a and is b");
  EXPECT_THAT(compare_builds(run, {}, kNow), ElementsAre(HasSubstr("sources was a and is b")));
}

TEST(VerifiedBuild, ARunThatChangedItsDataIsSaidUnlessTheStartHasItAlready) {
  const EnvironmentFacts run =
      with(kNow, "changed_data", "from step 5: the training data was 1 and is 2");
  EXPECT_THAT(compare_builds(run, {}, kNow),
              ElementsAre(AllOf(HasSubstr("resumed with other data (from step 5: the training data "
                                          "was 1 and is 2)"),
                                HasSubstr("verified apart"))));
  EXPECT_THAT(compare_builds(run, run, kNow), IsEmpty());
}

}  // namespace
}  // namespace lockstep

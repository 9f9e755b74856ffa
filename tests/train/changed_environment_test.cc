#include "train/changed_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

const EnvironmentFacts kThen = {{"numerics", "1"}, {"sources", "aa"}, {"kernels", "avx2"}};

EnvironmentFacts with(EnvironmentFacts facts, const std::string& name, const std::string& value) {
  facts[name] = value;
  return facts;
}

TEST(ChangedEnvironment, TheSameBuildWithOtherKernelsIsNoChange) {
  const EnvironmentFacts now = with(with(kThen, "kernels", "avx512"), "cpu", "another");
  EXPECT_EQ(environment_changes(kThen, now), "");
  EXPECT_EQ(changed_environment(kThen, now, "file", 5, false), "");
}

TEST(ChangedEnvironment, AnotherBuildIsRefusedWithBothValuesAndTheRemedy) {
  for (const char* name : {"numerics", "sources"}) {
    try {
      changed_environment(kThen, with(kThen, name, "7"), "step-5.ckpt", 5, false);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      EXPECT_THAT(error.what(),
                  HasSubstr("step-5.ckpt was written by another build of Lockstep (" +
                            std::string(name) + " was " + kThen.at(name) + " and is 7)"));
      EXPECT_THAT(error.what(), HasSubstr("--allow-changed-environment"));
    }
  }
}

TEST(ChangedEnvironment, AFileThatDoesNotSayItsBuildIsAnotherOne) {
  EXPECT_EQ(environment_changes({}, kThen),
            "numerics was none and is 1, sources was none and is aa");
}

TEST(ChangedEnvironment, TheMarkStaysAndGrows) {
  const EnvironmentFacts second = with(kThen, "numerics", "2");
  const std::string mark = changed_environment(kThen, second, "file", 5, true);
  EXPECT_EQ(mark, "from step 5: numerics was 1 and is 2");
  const EnvironmentFacts marked = with(second, kChangedEnvironment, mark);
  EXPECT_EQ(changed_environment(marked, second, "file", 7, false), mark);
  EXPECT_EQ(changed_environment(marked, with(second, "sources", "bb"), "file", 9, true),
            mark + "; from step 9: sources was aa and is bb");
}

}  // namespace
}  // namespace lockstep

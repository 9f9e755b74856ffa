#include "sets/dev_size.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/binomial.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DevSize, WarnsWithTheSizeThatWouldDo) {
  const Job job = tiny_job("/").job;  // decides on one percentage point
  EXPECT_THAT(
      warnings_of_dev_size(job, 0.1, 1000),
      ElementsAre(
          "the dev set is small for the decisions made on it (1.1): at a dev error of "
          "10.00%, 1000 examples leave an uncertainty of +-1.9 percentage points (95%), but "
          "improvements of 1 are to be detected; 3461 examples would be enough"));
  EXPECT_THAT(warnings_of_dev_size(job, 0.1, 3460).size(), 1);
  EXPECT_THAT(warnings_of_dev_size(job, 0.1, 3461), IsEmpty());
}

TEST(DevSize, AsFineAsWhatIsLookedForIsEnough) {
  const double half_width = wilson_half_width(0.1, 1000);
  const auto warnings = [](double improvement) {
    return warnings_of_dev_size(
        tiny_job("/", {fmt::format("evaluation.smallest_improvement={}", improvement)}).job, 0.1,
        1000);
  };
  EXPECT_THAT(warnings(half_width), IsEmpty());
  EXPECT_EQ(warnings(half_width * 0.9999).size(), 1U);
}

TEST(DevSize, TheImprovementIsWhatTheJobDecidesOn) {
  const auto improvement = [](const std::vector<std::string>& overrides) {
    return decided_improvement(tiny_job("/", overrides).job);
  };
  EXPECT_EQ(improvement({}), 0.01);
  EXPECT_EQ(improvement({"evaluation.smallest_improvement=0.005"}), 0.005);
  EXPECT_EQ(improvement({"early_stopping.min_improvement=0.002"}), 0.002);
  // That is one of cost, not of error.
  EXPECT_EQ(improvement({"early_stopping.min_improvement=0.002", "early_stopping.metric=DEV_COST"}),
            0.01);
}

TEST(DevSize, NothingIsSaidWithoutADevSetOrErrors) {
  EXPECT_THAT(warnings_of_dev_size(tiny_job("/").job, 0.1, 0), IsEmpty());
  const Job values =
      tiny_job("/", {"network.output.loss=SQUARED_ERROR", "early_stopping.metric=DEV_COST"}).job;
  EXPECT_THAT(warnings_of_dev_size(values, 0.1, 5), IsEmpty());
}

}  // namespace
}  // namespace lockstep

#include "train/run_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SkippedStepNotice, OnlyTheFirstTenOfASessionAreTold) {
  EXPECT_EQ(skipped_step_notice(7, 1, "the gradient is not finite"),
            "warning: step 7 is skipped, and changes no weight: the gradient is not finite");
  EXPECT_THAT(skipped_step_notice(70, 10, "why").value(),
              HasSubstr("why; further skipped steps are only counted"));
  EXPECT_FALSE(skipped_step_notice(71, 11, "why"));
}

SetScore score(std::uint64_t wrong, std::uint64_t examples) {
  SetScore score;
  score.sums.wrong = wrong;
  score.sums.decisions = examples;
  score.examples = examples;
  return score;
}

// The tiny job has dropout. A dev error of 1 in 40 needs far more examples than 40.
const Scores kFits{.train = score(2, 100), .train_dev = {}, .dev = score(1, 40), .test = {}};

std::vector<std::string> notices(const RunPosition& position, const EndFacts& facts,
                                 const std::vector<std::string>& overrides = {}) {
  return end_notices(tiny_job("/", overrides).job, position, kFits, facts);
}

TEST(EndNotices, CautionsAreToldWhereTheyAreWanted) {
  const EndFacts all{
      .with_cautions = true, .finished = true, .dev_error = 0.025, .dev_examples = 40};
  EXPECT_THAT(notices({}, all),
              ElementsAre(HasSubstr("caution: dropout without overfitting"), HasSubstr("dev")));
  EndFacts interrupted = all;
  interrupted.finished = false;
  EXPECT_THAT(notices({}, interrupted), ElementsAre(HasSubstr("dev")));
  EndFacts quiet = all;
  quiet.with_cautions = false;
  EXPECT_THAT(notices({}, quiet), IsEmpty());
}

TEST(EndNotices, WarningsAreAlwaysTold) {
  RunPosition position;
  position.step = 50;
  position.skipped_steps = 3;
  position.rollbacks.count = 2;
  position.rollbacks.rate_factor = 0.25;
  EXPECT_THAT(
      notices(
          position, {},
          {"evaluation.threshold={min_recall: 0.9}", "network.output={units: 1 loss: LOGISTIC}"}),
      ElementsAre(HasSubstr("no threshold reaches the goal"), HasSubstr("3 of the 50 steps"),
                  HasSubstr("rolled back 2 times because it diverged, and ended with 0.25 times")));
}

}  // namespace
}  // namespace lockstep

// The part of a recorded run that is verified.

#include "verify/verified_range.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/run_files.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

// Evaluations of steps 5, 10 and 15, a checkpoint of step 10, and no summary.
RecordedRun sample_run() {
  RecordedRun run;
  run.directory = "run";
  for (const std::uint64_t step : {5, 10, 15}) run.evaluations.push_back({step, {{"step", step}}});
  run.kept_steps = {10};
  return run;
}

RecordedRun ended(RecordedRun run, std::uint64_t steps) {
  run.summary = Json{{"steps", steps}, {"stop_reason", "interrupted"}};
  return run;
}

std::string refusal(ExitCode code, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "";
}

TEST(VerifiedRange, EndsWhereTheRunDid) {
  const auto killed = choose_range(sample_run(), 0, {});
  EXPECT_EQ(killed.to, 15u);
  EXPECT_FALSE(killed.to_the_end);
  const auto interrupted = choose_range(ended(sample_run(), 17), 10, {});
  EXPECT_EQ(interrupted.from, 10u);
  EXPECT_EQ(interrupted.to, 17u);
  EXPECT_TRUE(interrupted.to_the_end);
}

TEST(VerifiedRange, EndsAtAnEvaluation) {
  const auto range = choose_range(ended(sample_run(), 15), 0, 15);
  EXPECT_EQ(range.to, 15u);
  EXPECT_FALSE(range.to_the_end);
  EXPECT_THAT(refusal(ExitCode::usage, [] { choose_range(sample_run(), 0, 12); }),
              HasSubstr("the nearest: 10 and 15"));
  EXPECT_THAT(refusal(ExitCode::usage, [] { choose_range(sample_run(), 0, 99); }),
              HasSubstr("the nearest: 15"));
}

TEST(VerifiedRange, BeginsAtAKeptCheckpoint) {
  EXPECT_THAT(refusal(ExitCode::usage, [] { choose_range(sample_run(), 5, {}); }),
              HasSubstr("no checkpoint of that step (kept are 10)"));
  EXPECT_THAT(refusal(ExitCode::usage, [] { choose_range(sample_run(), 10, 10); }),
              HasSubstr("leaves no step"));
}

TEST(VerifiedRange, NeedsSomethingToCompare) {
  RecordedRun run = sample_run();
  run.evaluations.clear();
  EXPECT_THAT(refusal(ExitCode::missing_input, [&] { choose_range(run, 0, {}); }),
              HasSubstr("records no evaluation"));
  EXPECT_EQ(choose_range(ended(run, 3), 0, {}).to, 3u);
}

TEST(VerifiedRange, TheSummaryIsNotBeforeTheLastEvaluation) {
  EXPECT_THAT(
      refusal(ExitCode::data, [] { choose_range(ended(sample_run(), 12), 0, {}); }),
      HasSubstr(
          "run/summary.json ends at step 12, but metrics.jsonl has an evaluation of step 15"));
}

// A run that was resumed after step 10 with more epochs.
class ResumedWithAnotherJob : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(directory_);
    std::ofstream(directory_ / kJobFile) << "training { epochs: 4 }";
    std::ofstream(directory_ / "earlier") << "training { epochs: 2 }";
    run_ = sample_run();
    run_.directory = directory_;
    run_.earlier_jobs = {{.last_step = 10, .file = directory_ / "earlier"}};
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] std::string refused_with_kept(std::vector<std::uint64_t> kept) {
    run_.kept_steps = std::move(kept);
    return refusal(ExitCode::usage, [&] { job_of_range(run_, {.from = 0, .to = 15}); });
  }

  fs::path directory_ = fs::path(testing::TempDir()) / fmt::format("resumed-{}", getpid());
  RecordedRun run_;
};

TEST_F(ResumedWithAnotherJob, ThePartsAreNamed) {
  EXPECT_THAT(refused_with_kept({10}), EndsWith("one by one: --to 10; --from 10"));
}

TEST_F(ResumedWithAnotherJob, StepsBetweenThePartsAreNamed) {
  EXPECT_THAT(refused_with_kept({12}),
              EndsWith("--to 10; --from 12 (steps 11 to 12 cannot be verified, because no "
                       "checkpoint of step 10 is kept)"));
  run_.evaluations.erase(run_.evaluations.begin() + 1);
  EXPECT_THAT(
      refused_with_kept({10}),
      EndsWith("--to 5; --from 10 (steps 6 to 10 cannot be verified, because step 10 has no "
               "evaluation)"));
}

TEST_F(ResumedWithAnotherJob, ACheckpointOfTheEndBeginsNoPart) {
  EXPECT_THAT(refused_with_kept({15}), EndsWith("--to 10; the part after it cannot be verified, "
                                                "because no checkpoint at its start is kept"));
}

TEST(RecordedEvaluations, DamagedLinesAreSaidByNumber) {
  std::vector<std::string> notices;
  const auto evaluations = recorded_evaluations("{\"step\":5}\n{\"step\":10,\n{\"step\":15}\n{\"st",
                                                "metrics.jsonl", notices);
  ASSERT_EQ(evaluations.size(), 2u);
  EXPECT_EQ(evaluations[1].step, 15u);
  EXPECT_THAT(notices, testing::ElementsAre(HasSubstr("metrics.jsonl:2: the line is damaged"),
                                            HasSubstr("metrics.jsonl:4: the line is damaged")));
}

TEST(RecordedEvaluations, StepsAreInOrder) {
  std::vector<std::string> notices;
  EXPECT_THAT(refusal(ExitCode::data,
                      [&] { recorded_evaluations("{\"step\":5}\n{\"step\":5}\n", "m", notices); }),
              HasSubstr("m:2: step 5 comes after step 5"));
}

}  // namespace
}  // namespace lockstep

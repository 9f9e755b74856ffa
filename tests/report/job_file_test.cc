// The job of a run, and those of its past.

#include "report/job_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "report/samples.h"

namespace lockstep {
namespace {

class JobFiles : public testing::Test {
 protected:
  void start(const std::string& job, std::uint64_t first_step) const {
    RunStart start = sample_start(directory_);
    start.resolved_job = job;
    start.first_step = first_step;
    JobFileReport().on_start(start);
  }
  // "A until 10, B": the jobs of the run in their order, the present one last.
  [[nodiscard]] std::string history() const {
    std::string text;
    for (const EarlierJob& job : earlier_jobs(directory_)) {
      text += fmt::format("{} until {}, ", read_text(job.file), job.last_step);
    }
    return text + read_text(directory_ / "job.textproto");
  }

  std::filesystem::path directory_ = fresh_directory();
};

TEST_F(JobFiles, TheSameJobHasNoPast) {
  start("A", 0);
  start("A", 10);
  EXPECT_EQ(history(), "A");
}

TEST_F(JobFiles, AnotherJobKeepsThatOfTheStepsBefore) {
  start("A", 0);
  start("B", 10);
  start("B", 15);
  start("C", 20);
  EXPECT_EQ(history(), "A until 10, B until 20, C");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "job.until-step-00000010.textproto"));
}

TEST_F(JobFiles, AResumeFurtherBackForgetsTheJobsOfTheStepsAfterIt) {
  start("A", 0);
  start("B", 10);
  start("C", 20);
  start("D", 15);
  EXPECT_EQ(history(), "A until 10, B until 15, D");
  start("E", 10);
  EXPECT_EQ(history(), "A until 10, E");
  start("A", 5);
  EXPECT_EQ(history(), "A");
}

TEST_F(JobFiles, ANewStartForgetsThemAll) {
  start("A", 0);
  start("B", 10);
  start("C", 0);
  EXPECT_EQ(history(), "C");
}

TEST_F(JobFiles, OtherFilesAreNotJobs) {
  replace_file(directory_ / "job.until-step-10.textproto", "of somebody else");
  replace_file(directory_ / "job.until-step-00000010.textproto.old", "of somebody else");
  start("A", 0);
  EXPECT_EQ(history(), "A");
}

}  // namespace
}  // namespace lockstep

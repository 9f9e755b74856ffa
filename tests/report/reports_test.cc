#include "report/reports.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "report/report_set.h"
#include "report/samples.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Notes its calls, and fails in all of them when asked to.
class Recorder : public TrainingObserver {
 public:
  Recorder(std::vector<std::string>& calls, std::string name, bool fails)
      : calls_(calls), name_(std::move(name)), fails_(fails) {}

  void on_start(const RunStart& /*start*/) override { note("start"); }
  void on_notice(const std::string& notice) override { note(notice); }
  void on_progress(const Progress& /*progress*/) override { note("progress"); }
  void on_evaluation(const Evaluation& /*evaluation*/) override { note("evaluation"); }
  void on_flow(const FlowRecord& /*record*/) override { note("flow"); }
  void on_finish(const Summary& /*summary*/) override { note("finish"); }

 private:
  void note(const std::string& call) {
    calls_.push_back(name_ + " " + call);
    if (fails_) throw Error(ExitCode::io, name_ + " cannot " + call);
  }

  std::vector<std::string>& calls_;
  std::string name_;
  bool fails_;
};

class ReportSetTest : public testing::Test {
 protected:
  // A report that fails in front of one that does not.
  ReportSet make_set() {
    std::vector<std::unique_ptr<TrainingObserver>> reports;
    reports.push_back(std::make_unique<Recorder>(calls_, "bad", true));
    reports.push_back(std::make_unique<Recorder>(calls_, "good", false));
    return {std::move(reports), [this](const std::string& text) { warnings_.push_back(text); }};
  }

  std::vector<std::string> calls_;
  std::vector<std::string> warnings_;
};

TEST_F(ReportSetTest, AFailureAtTheStartStopsTheRun) {
  ReportSet set = make_set();
  EXPECT_THROW(set.on_start({}), Error);
}

TEST_F(ReportSetTest, AFailureDuringTrainingIsOneWarning) {
  ReportSet set = make_set();
  set.on_notice("notice");
  set.on_progress({});
  set.on_evaluation({});
  set.on_flow({});
  EXPECT_THAT(calls_, ElementsAre("bad notice", "good notice", "bad progress", "good progress",
                                  "bad evaluation", "good evaluation", "bad flow", "good flow"));
  EXPECT_THAT(warnings_, ElementsAre("warning: bad cannot notice; training continues"));
}

TEST_F(ReportSetTest, AFailureAtTheEndIsThrownAfterAllHadTheirTurn) {
  ReportSet set = make_set();
  try {
    set.on_finish({});
    FAIL() << "the failure was swallowed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io);
    EXPECT_THAT(error.what(), HasSubstr("bad cannot finish"));
  }
  EXPECT_THAT(calls_, ElementsAre("bad finish", "good finish"));
}

TEST(StandardReports, FillTheRunDirectory) {
  const auto directory = fresh_directory();
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  {
    const auto reports = guarded_standard_reports({.color = false});
    reports->on_start(sample_start(directory));
    EXPECT_EQ(read_text(directory / "job.textproto"), "name: \"fashion-mlp\"\n");
    EXPECT_TRUE(std::filesystem::exists(directory / "environment.json"));
    reports->on_evaluation(sample_evaluation(1));
    reports->on_finish(sample_summary());
  }
  const std::string results = testing::internal::GetCapturedStdout();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(results, HasSubstr("stopped early"));
  EXPECT_THAT(log, HasSubstr("1,863,690 parameters"));
  for (const char* name : {"summary.json", "metrics.jsonl", "report.html", "tb"}) {
    EXPECT_TRUE(std::filesystem::exists(directory / name)) << name;
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
  }
}

TEST(StandardReports, AMissingRunDirectoryIsAnErrorAtTheStart) {
  const auto absent = fresh_directory() / "absent";
  const auto reports = guarded_standard_reports({.color = false});
  EXPECT_THROW(reports->on_start(sample_start(absent)), Error);
}

}  // namespace
}  // namespace lockstep

#include "sweep/trial_record.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

TrialRecord example() {
  TrialRecord record;
  record.job_digest = "0123456789abcdef";
  record.data = {"t", ""};
  record.curve = {{10, 1, 0.1, 1.0 / 3}, {20, 2, std::nullopt, 1e-300}};
  TrialResult paused;
  paused.status = TrialStatus::paused;
  paused.epochs = 2;
  paused.steps = 20;
  paused.train_error = 0.1 + 0.2;
  paused.dev_cost = 0.5;
  paused.dev_metrics.roc_auc = 0.9;
  paused.best_epoch = 1;
  paused.weights_digest = "d";
  TrialResult diverged;
  diverged.status = TrialStatus::diverged;
  diverged.message = "at step 3: \"nan\"";
  record.results = {paused, diverged};
  return record;
}

TEST(TrialRecord, ReadsBackExactly) {
  const std::string text = record_to_json(example());
  const TrialRecord back = record_from_json(text, "test");
  EXPECT_EQ(record_to_json(back), text);
  EXPECT_EQ(back.job_digest, "0123456789abcdef");
  ASSERT_TRUE(back.data);
  EXPECT_EQ(back.data->train, "t");
  EXPECT_EQ(back.data->dev, "");
  ASSERT_EQ(back.curve.size(), 2U);
  EXPECT_EQ(back.curve[0].dev_cost, 1.0 / 3);
  EXPECT_EQ(back.curve[1].dev_error, std::nullopt);
  ASSERT_EQ(back.results.size(), 2U);
  EXPECT_EQ(back.results[0].train_error, 0.1 + 0.2);
  EXPECT_EQ(back.results[0].train_cost, std::nullopt);
  EXPECT_EQ(back.results[0].dev_metrics.roc_auc, 0.9);
  EXPECT_EQ(back.results[0].dev_metrics.macro_f1, std::nullopt);
  EXPECT_EQ(back.results[1].status, TrialStatus::diverged);
  EXPECT_EQ(back.results[1].message, example().results[1].message);
}

TEST(TrialRecord, NumbersThatAreNoneAreTheWorst) {
  const double infinity = std::numeric_limits<double>::infinity();
  TrialResult result;
  EXPECT_EQ(metric_value(Metric::dev_error, result), infinity);
  result.dev_error = std::nan("");
  EXPECT_EQ(metric_value(Metric::dev_error, result), infinity);
  result.dev_cost = 0.25;
  EXPECT_EQ(metric_value(Metric::dev_cost, result), 0.25);
  EXPECT_EQ(metric_value(Metric::dev_error, CurvePoint{1, 1, 0.5, 0.1}), 0.5);
}

TEST(TrialRecord, AMetricThatMustRiseIsComparedByItsNegative) {
  TrialResult result;
  result.dev_metrics.roc_auc = 0.75;
  result.dev_metrics.rmse = 2;
  EXPECT_EQ(metric_value(Metric::roc_auc, result), -0.75);
  EXPECT_EQ(metric_of(Metric::roc_auc, result), 0.75);
  EXPECT_EQ(metric_value(Metric::rmse, result), 2);
  EXPECT_EQ(metric_value(Metric::r2, result), std::numeric_limits<double>::infinity());
  const CurvePoint point{10, 1, 0.5, 0.5, result.dev_metrics};
  EXPECT_EQ(metric_value(Metric::roc_auc, point), -0.75);
}

TEST(TrialRecord, AChangedDigitIsFound) {
  std::string text = record_to_json(example());
  const auto digit = text.find("0.9");
  ASSERT_NE(digit, std::string::npos);
  text[digit + 2] = '8';
  EXPECT_THROW(record_from_json(text, "file"), Error);
}

// As versions before the checksum wrote them.
TEST(TrialRecord, OneWithoutAChecksumIsRead) {
  std::string text = record_to_json(example());
  const auto checksum = text.find(",\n \"checksum\"");
  ASSERT_NE(checksum, std::string::npos);
  text = text.substr(0, checksum) + "\n}\n";
  EXPECT_EQ(record_from_json(text, "file").curve.size(), 2U);
}

TEST(TrialRecord, DamageIsAnErrorThatNamesTheFile) {
  const std::string text = record_to_json(example());
  for (const std::string& bad :
       {std::string("{"), std::string("[]"), text.substr(0, text.size() / 2),
        std::string(text).replace(text.find("paused"), 6, "passed"),
        std::string(text).replace(text.find("\"step\": ") + 8, 1, "1e300, \"was\": ")}) {
    try {
      record_from_json(bad, "trials/0003/trial.json");
      ADD_FAILURE() << "accepted: " << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      EXPECT_NE(std::string(error.what()).find("trials/0003/trial.json"), std::string::npos);
    }
  }
}

class Recorder : public testing::Test {
 protected:
  ~Recorder() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_ = [] {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep-record-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
};

TEST_F(Recorder, KeepsTheCurveInItsFileAndDropsWhatAResumedRunRepeats) {
  const auto path = directory_ / "trial.json";
  EXPECT_FALSE(read_record(path));
  TrialRecord record;
  record.job_digest = "j";
  TrialRecorder recorder(record, path);
  recorder.on_start({});
  EXPECT_TRUE(read_record(path)->curve.empty());
  Evaluation evaluation;
  for (const std::uint64_t step : {10U, 20U, 30U}) {
    evaluation.step = step;
    evaluation.epoch = static_cast<double>(step) / 10;
    evaluation.dev_error = 1.0 / static_cast<double>(step);
    recorder.on_evaluation(evaluation);
    EXPECT_EQ(record_to_json(*read_record(path)), record_to_json(record));
  }
  ASSERT_EQ(record.curve.size(), 3U);

  TrialRecorder resumed(record, path);
  RunStart start;
  start.first_step = 25;
  start.train_fingerprint = "t";
  start.dev_fingerprint = "d";
  resumed.on_start(start);
  ASSERT_EQ(read_record(path)->curve.size(), 2U);
  EXPECT_EQ(read_record(path)->curve[1].dev_error, 1.0 / 20);
  EXPECT_EQ(read_record(path)->data->train, "t");
  EXPECT_EQ(read_record(path)->data->dev, "d");
}

}  // namespace
}  // namespace lockstep

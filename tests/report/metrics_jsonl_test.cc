#include "report/metrics_jsonl.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "report/samples.h"

namespace lockstep {
namespace {

TEST(MetricsLine, HasTheKeysOfTheContract) {
  EXPECT_EQ(
      metrics_line(sample_evaluation(2)),
      "{\"step\":430,\"epoch\":2.0,\"cost\":0.25,\"penalty\":0.0625,"
      "\"l2_penalty\":0.046875,\"l1_penalty\":0.015625,\"batch_cost\":0.75,"
      "\"train_error\":0.25,\"train_dev_error\":null,\"train_dev_cost\":null,"
      "\"dev_error\":0.1094,\"dev_cost\":0.3071,"
      "\"dev_metrics\":{\"macro_f1\":0.875,\"baseline_error\":0.75},"
      "\"weights_norm\":31.5,\"weights_near_zero\":0.125,"
      "\"weights_digest\":\"9f86d081884c7d65\",\"learning_rate\":0.001,"
      "\"gradient_norm\":0.5,\"skipped_steps\":0,\"rollbacks\":0,\"best\":false,\"seconds\":5.0,"
      "\"examples_per_second\":24310.4}\n");
}

TEST(MetricsLine, DoublesReadBackExactly) {
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 0.30000000000000004}) {
    Evaluation evaluation = sample_evaluation(1);
    evaluation.cost = value;
    const auto object = nlohmann::json::parse(metrics_line(evaluation));
    EXPECT_EQ(object["cost"].get<double>(), value);
    EXPECT_FALSE(object.contains("finite"));
  }
}

TEST(MetricsLine, NumbersThatAreNotFiniteAreNullAndMarked) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
    Evaluation evaluation = sample_evaluation(1);
    evaluation.dev_cost = value;
    const auto object = nlohmann::json::parse(metrics_line(evaluation));
    EXPECT_TRUE(object["dev_cost"].is_null());
    EXPECT_EQ(object["finite"], false);
  }
}

TEST(MetricsLine, AbsentIsNullAndNotMarked) {
  Evaluation evaluation = sample_evaluation(1);
  evaluation.dev_error.reset();
  const auto object = nlohmann::json::parse(metrics_line(evaluation));
  EXPECT_TRUE(object.contains("dev_error"));
  EXPECT_TRUE(object["dev_error"].is_null());
  EXPECT_FALSE(object.contains("finite"));
}

TEST(MetricsReport, EachLineIsThereAsSoonAsItIsWritten) {
  const auto directory = fresh_directory();
  const auto path = directory / "metrics.jsonl";
  replace_file(path, "of an earlier run\n");
  MetricsReport report;
  report.on_start(sample_start(directory));
  EXPECT_EQ(read_text(path), "");
  report.on_evaluation(sample_evaluation(1));
  EXPECT_EQ(read_text(path), metrics_line(sample_evaluation(1)));
  report.on_evaluation(sample_evaluation(2));
  EXPECT_EQ(read_text(path),
            metrics_line(sample_evaluation(1)) + metrics_line(sample_evaluation(2)));
  report.on_finish(sample_summary());
  EXPECT_EQ(read_text(path),
            metrics_line(sample_evaluation(1)) + metrics_line(sample_evaluation(2)));
}

TEST(MetricsReport, ResumeDropsTheLinesAfterItsStep) {
  const auto directory = fresh_directory();
  const auto path = directory / "metrics.jsonl";
  const std::string other_spelling = "{\"step\": 215, \"note\": \"kept as it is\"}\n";
  replace_file(path, other_spelling + metrics_line(sample_evaluation(2)) +
                         metrics_line(sample_evaluation(3)) + "{\"step\": 3");
  RunStart start = sample_start(directory);
  start.first_step = 430;
  MetricsReport report;
  report.on_start(start);
  const std::string kept = other_spelling + metrics_line(sample_evaluation(2));
  EXPECT_EQ(read_text(path), kept);
  report.on_evaluation(sample_evaluation(3));
  EXPECT_EQ(read_text(path), kept + metrics_line(sample_evaluation(3)));
}

TEST(MetricsReport, ResumeWithoutAFileStartsOne) {
  const auto directory = fresh_directory();
  RunStart start = sample_start(directory);
  start.first_step = 430;
  MetricsReport report;
  report.on_start(start);
  EXPECT_EQ(read_text(directory / "metrics.jsonl"), "");
}

TEST(ReadMetrics, GivesBackTheEvaluations) {
  const auto path = fresh_directory() / "metrics.jsonl";
  Evaluation odd = sample_evaluation(2);
  odd.best = true;
  odd.cost = std::numeric_limits<double>::infinity();
  odd.train_error.reset();
  replace_file(path, metrics_line(sample_evaluation(1)) + metrics_line(odd) +
                         metrics_line(sample_evaluation(3)));
  const auto evaluations = read_metrics(path, 430);
  ASSERT_EQ(evaluations.size(), 2u);
  EXPECT_EQ(metrics_line(evaluations[0]), metrics_line(sample_evaluation(1)));
  EXPECT_EQ(evaluations[1].step, 430u);
  EXPECT_TRUE(evaluations[1].best);
  EXPECT_TRUE(std::isnan(evaluations[1].cost));
  EXPECT_EQ(evaluations[1].train_error, std::nullopt);
  EXPECT_EQ(evaluations[1].dev_cost, 0.3071);
}

// Lines of builds before the digest.
TEST(ReadMetrics, ADigestThatIsNotRecordedStaysAbsent) {
  const auto path = fresh_directory() / "metrics.jsonl";
  replace_file(path, "{\"step\": 215, \"cost\": 0.5}\n");
  const auto evaluations = read_metrics(path, 215);
  ASSERT_EQ(evaluations.size(), 1u);
  EXPECT_EQ(evaluations[0].weights_digest, "");
  EXPECT_TRUE(nlohmann::json::parse(metrics_line(evaluations[0]))["weights_digest"].is_null());
}

// Found by fuzzing: they were converted to steps, which is undefined for 1e300.
TEST(ReadMetrics, StepsThatAreNotWholeNumbersAreNotOfOurLines) {
  const auto path = fresh_directory() / "metrics.jsonl";
  replace_file(path,
               "{\"step\":1e300}\n{\"step\":-1}\n{\"step\":0.5}\n"
               "{\"step\":7,\"skipped_steps\":-1}\n");
  const auto evaluations = read_metrics(path, std::numeric_limits<std::uint64_t>::max());
  ASSERT_EQ(evaluations.size(), 1u);
  EXPECT_EQ(evaluations[0].step, 7u);
  EXPECT_EQ(evaluations[0].skipped_steps, 0u);
}

TEST(ReadMetrics, NoFileIsNoEvaluations) {
  EXPECT_TRUE(read_metrics(fresh_directory() / "metrics.jsonl", 1000).empty());
}

}  // namespace
}  // namespace lockstep

// What the reports say of a train-dev set, and of sets that are missing or do not
// come from one distribution (1.1).

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/format.h"
#include "report/html_page.h"
#include "report/metrics_jsonl.h"
#include "report/samples.h"
#include "report/summary_json.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

RunStart start_with_train_dev() {
  RunStart start = sample_start("runs/a");
  start.train_dev_examples = 2500;
  return start;
}

Evaluation evaluation_with_train_dev() {
  Evaluation evaluation = sample_evaluation(1);
  evaluation.train_dev_error = 0.0625;
  evaluation.train_dev_cost = 0.2812;
  return evaluation;
}

Summary summary_with_train_dev() {
  Summary summary = sample_summary();
  summary.train_dev_error = 0.0625;
  summary.train_dev_cost = 0.2812;
  return summary;
}

TEST(TrainDev, ProgressShowsItBetweenTrainAndDev) {
  EXPECT_THAT(format_start(start_with_train_dev()),
              HasSubstr("55,000 train, 2,500 train-dev, 5,000 dev, 10,000 test examples"));
  EXPECT_THAT(format_evaluation(start_with_train_dev(), evaluation_with_train_dev()),
              HasSubstr("train error 25.00%  train-dev error  6.25%  dev error 10.94%"));
  Evaluation values = evaluation_with_train_dev();
  values.train_dev_error.reset();
  EXPECT_THAT(format_evaluation(start_with_train_dev(), values),
              HasSubstr("  train-dev cost 0.2812   dev error"));
}

TEST(TrainDev, TheResultsKeepTheirColumns) {
  const std::string text =
      format_finish(start_with_train_dev(), summary_with_train_dev(), std::nullopt);
  EXPECT_THAT(
      text,
      HasSubstr("train    error   8.12%  accuracy  91.88%  cost 0.2212     examples     55,000\n"
                "train-dev error  6.25%  accuracy  93.75%  cost 0.2812     examples      2,500\n"
                "dev      error  10.94%  accuracy  89.06%  cost 0.3071     examples      5,000\n"));
}

TEST(TrainDev, IsInMetricsAndSummary) {
  const auto directory = fresh_directory();
  const std::string line = metrics_line(evaluation_with_train_dev());
  std::ofstream(directory / "metrics.jsonl") << line;
  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["train_dev_error"].get<double>(), 0.0625);
  EXPECT_EQ(object["train_dev_cost"].get<double>(), 0.2812);
  const auto read = read_metrics(directory / "metrics.jsonl", 1000);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].train_dev_error, 0.0625);
  EXPECT_EQ(read[0].train_dev_cost, 0.2812);

  const auto summary = nlohmann::json::parse(summary_to_json(summary_with_train_dev()));
  EXPECT_EQ(summary["train_dev_error"].get<double>(), 0.0625);
  EXPECT_EQ(summary["train_dev_cost"].get<double>(), 0.2812);
}

TEST(TrainDev, HasARowAColumnAndCurvesOnThePage) {
  HtmlPage page{.start = start_with_train_dev(),
                .evaluations = {evaluation_with_train_dev()},
                .summary = std::nullopt};
  std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("<tr><td>train-dev</td><td>2,500</td><td>6.25%</td><td>93.75%</td>"));
  EXPECT_THAT(html, HasSubstr("<th>train-dev error</th>"));
  EXPECT_THAT(html, HasSubstr("<tspan dx=\"5\">train-dev</tspan>"));
  EXPECT_THAT(html, HasSubstr("svg .line.s2"));
  page.summary = summary_with_train_dev();
  EXPECT_THAT(render_html(page), HasSubstr("<td>train-dev</td><td>2,500</td><td>6.25%</td>"));
  // And nothing of it without such a set.
  page = {.start = sample_start("runs/a"), .evaluations = {sample_evaluation(1)}, .summary = {}};
  EXPECT_THAT(render_html(page), Not(HasSubstr("train-dev")));
}

TEST(DescribeSets, SaysWhatIsLeftOpen) {
  RunStart start = sample_start("runs/a");
  EXPECT_EQ(describe_sets(start), "");
  start.dev_and_test_differ = true;
  EXPECT_THAT(describe_sets(start), HasSubstr("dev and test have different distributions"));
  HtmlPage page{.start = start, .evaluations = {}, .summary = std::nullopt};
  EXPECT_THAT(render_html(page), HasSubstr("dev and test have different distributions"));
  start.dev_and_test_differ = false;
  start.test_examples = 0;
  EXPECT_EQ(describe_sets(start),
            "no test set: the dev error is not an unbiased estimate, which is fine if none is "
            "needed (1.1)");
  start.dev_examples = 0;
  EXPECT_THAT(describe_sets(start), HasSubstr("no dev or test set: the training error"));
  start.train_dev_examples = 5;
  EXPECT_THAT(describe_sets(start), HasSubstr("no dev or test set: the train-dev error"));
  start.test_examples = 5;
  EXPECT_THAT(describe_sets(start), HasSubstr("no dev set"));
}

}  // namespace
}  // namespace lockstep

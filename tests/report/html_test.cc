#include "report/html.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "report/flow_jsonl.h"
#include "report/metrics_jsonl.h"
#include "report/samples.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

HtmlPage sample_page() {
  HtmlPage page;
  page.start = sample_start("runs/a");
  for (std::uint64_t epoch = 1; epoch <= 14; ++epoch) {
    page.evaluations.push_back(sample_evaluation(epoch));
  }
  page.evaluations[9].best = true;
  return page;
}

TEST(RenderHtml, FinishedRunShowsResultsCurvesAndPhases) {
  HtmlPage page = sample_page();
  page.summary = sample_summary();
  const std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("<title>fashion-mlp - Lockstep</title>"));
  EXPECT_THAT(html, HasSubstr("stopped early"));
  EXPECT_THAT(html, HasSubstr("2 ranks x 1 thread, 8 shards"));
  EXPECT_THAT(html, HasSubstr("<td>test</td><td>10,000</td><td>11.13%</td><td>88.87%</td>"));
  EXPECT_THAT(html, HasSubstr("<tr class=\"best\"><td>2,150</td>"));
  EXPECT_THAT(html, HasSubstr("class=\"mark\""));
  EXPECT_THAT(html, HasSubstr("backward <span class=\"soft\">20 s, 63.8%"));
  EXPECT_THAT(html, Not(HasSubstr("total <span")));
  EXPECT_THAT(html, Not(HasSubstr("http-equiv=\"refresh\"")));
}

TEST(RenderHtml, ShowsTheWeightsAndThePartsOfThePenalty) {
  HtmlPage page = sample_page();
  page.summary = sample_summary();
  const std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("<td>norm of the weights</td><td>31.50</td>"));
  EXPECT_THAT(html, HasSubstr("<td>weights near zero</td><td>12.50%</td>"));
  EXPECT_THAT(html, HasSubstr(">Norm of the weights</text>"));
  EXPECT_THAT(html, HasSubstr(">Penalty in J</text>"));
  for (Evaluation& evaluation : page.evaluations) evaluation.penalty = 0;
  EXPECT_THAT(render_html(page), Not(HasSubstr("Penalty in J")));
}

TEST(RenderHtml, HasNoChartOfErrorsWhereTheLossHasNone) {
  HtmlPage page = sample_page();
  EXPECT_THAT(render_html(page), HasSubstr(">Error</text>"));
  for (Evaluation& evaluation : page.evaluations) {
    evaluation.train_error.reset();
    evaluation.dev_error.reset();
  }
  EXPECT_THAT(render_html(page), Not(HasSubstr(">Error</text>")));
}

TEST(RenderHtml, ShowsTheMetricsAndTheirCalibration) {
  HtmlPage page = sample_page();
  page.summary = sample_summary();
  page.summary->dev_metrics.roc_auc = 0.9125;
  page.summary->dev_metrics.reliability.resize(15);
  page.summary->dev_metrics.reliability[14] = {10, 9, 0.97};
  const std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("<td>ROC AUC</td><td>0.9125</td><td>-</td>"));
  EXPECT_THAT(html, HasSubstr("Right decisions by confidence, dev"));
  EXPECT_EQ(html.find("RMSE"), std::string::npos);
}

TEST(RenderHtml, NeedsNothingFromElsewhere) {
  HtmlPage page = sample_page();
  page.summary = sample_summary();
  const std::string html = render_html(page);
  for (const char* reference : {"http:", "https:", "src=", "href=", "url(", "@import", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(reference)));
  }
}

TEST(RenderHtml, RunningRunShowsItsLastEvaluation) {
  const std::string html = render_html(sample_page());
  EXPECT_THAT(html, HasSubstr("running"));
  EXPECT_THAT(html, HasSubstr("Results of the last evaluation"));
  EXPECT_THAT(html, HasSubstr("<td>dev</td><td>5,000</td><td>10.94%</td>"));
  EXPECT_THAT(html, HasSubstr("http-equiv=\"refresh\""));
}

TEST(RenderHtml, EscapesWhatComesFromTheUser) {
  HtmlPage page = sample_page();
  page.start.job_name = "<job>";
  page.start.run_dir = "<dir>";
  page.start.resolved_job = "name: \"</pre><script>\"";
  page.start.environment = {{"<key>", "<value>"}};
  page.summary = sample_summary();
  page.summary->stop_reason = "<reason>";
  page.summary->seconds = {{"<phase>", 1}};
  page.summary->weights_digest = "<digest>";
  const std::string html = render_html(page);
  for (const char* raw : {"<job>", "<dir>", "</pre><script>", "<key>", "<value>", "<reason>",
                          "<phase>", "<digest>"}) {
    EXPECT_THAT(html, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(html, HasSubstr("name: &quot;&lt;/pre&gt;&lt;script&gt;&quot;"));
}

TEST(RenderHtml, WithoutATestSetSaysWhatTheDevErrorIsNot) {
  HtmlPage page = sample_page();
  page.start.test_examples = 0;
  const std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("no test set: the dev error is not an unbiased estimate"));
  EXPECT_THAT(html, Not(HasSubstr("<td>test</td>")));
}

TEST(RenderHtml, IsOfBoundedSize) {
  HtmlPage page = sample_page();
  for (std::uint64_t epoch = 15; epoch <= 20000; ++epoch) {
    page.evaluations.push_back(sample_evaluation(epoch));
  }
  const std::string html = render_html(page);
  EXPECT_LT(html.size(), 100000u);
  EXPECT_THAT(html, HasSubstr("of 20,000 evaluations; metrics.jsonl has all."));
  EXPECT_THAT(html, HasSubstr("<tr class=\"best\"><td>2,150</td>"));
}

TEST(RenderHtml, StandsNothingYetAndNothingFinite) {
  HtmlPage page;
  EXPECT_THAT(render_html(page), HasSubstr("no data yet"));
  page.evaluations = {sample_evaluation(1)};
  page.evaluations[0].cost = std::numeric_limits<double>::quiet_NaN();
  page.evaluations[0].dev_cost = std::numeric_limits<double>::infinity();
  page.evaluations[0].examples_per_second = std::numeric_limits<double>::infinity();
  EXPECT_THAT(render_html(page), HasSubstr("<td>215</td>"));
}

TEST(Thinned, KeepsFirstLastAndBest) {
  std::vector<Evaluation> evaluations;
  for (std::uint64_t epoch = 1; epoch <= 1000; ++epoch) {
    evaluations.push_back(sample_evaluation(epoch));
  }
  evaluations[500].best = true;
  evaluations[777].best = true;
  const auto kept = thinned(evaluations, 10);
  EXPECT_LE(kept.size(), 10u);
  EXPECT_GE(kept.size(), 9u);
  EXPECT_EQ(kept.front().step, evaluations.front().step);
  EXPECT_EQ(kept.back().step, evaluations.back().step);
  const auto has_best = [](const Evaluation& evaluation) {
    return evaluation.step == std::uint64_t{778} * 215;
  };
  EXPECT_EQ(std::count_if(kept.begin(), kept.end(), has_best), 1);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(),
                             [](const auto& a, const auto& b) { return a.step < b.step; }));
  EXPECT_EQ(thinned(evaluations, 1000).size(), 1000u);
}

TEST(HtmlReport, IsRewrittenAtEachEvaluationAndAtTheEnd) {
  const auto directory = fresh_directory();
  const auto path = directory / "report.html";
  HtmlReport report(std::chrono::milliseconds(0));
  report.on_start(sample_start(directory));
  EXPECT_THAT(read_text(path), HasSubstr("no data yet"));
  report.on_evaluation(sample_evaluation(1));
  EXPECT_THAT(read_text(path), HasSubstr("<td>215</td>"));
  report.on_evaluation(sample_evaluation(2));
  EXPECT_THAT(read_text(path), HasSubstr("<td>430</td>"));
  report.on_finish(sample_summary());
  EXPECT_THAT(read_text(path), HasSubstr("stopped early"));
}

TEST(HtmlReport, QuickEvaluationsShareAWritingAndTheLastPageHasAll) {
  const auto directory = fresh_directory();
  const auto path = directory / "report.html";
  HtmlReport report(std::chrono::hours(1));
  report.on_start(sample_start(directory));
  report.on_evaluation(sample_evaluation(1));
  report.on_evaluation(sample_evaluation(2));
  EXPECT_THAT(read_text(path), HasSubstr("<td>215</td>"));
  EXPECT_THAT(read_text(path), Not(HasSubstr("<td>430</td>")));
  report.on_finish(sample_summary());
  EXPECT_THAT(read_text(path), HasSubstr("<td>430</td>"));
}

TEST(HtmlReport, AResumedRunShowsItsPast) {
  const auto directory = fresh_directory();
  replace_file(directory / "metrics.jsonl",
               metrics_line(sample_evaluation(1)) + metrics_line(sample_evaluation(3)));
  RunStart start = sample_start(directory);
  start.first_step = 430;
  HtmlReport report;
  report.on_start(start);
  EXPECT_THAT(read_text(directory / "report.html"), HasSubstr("<td>215</td>"));
  EXPECT_THAT(read_text(directory / "report.html"), Not(HasSubstr("<td>645</td>")));
}

TEST(RenderHtml, ShowsTheSignalFlowOfARunWithAMonitor) {
  HtmlPage page = sample_page();
  EXPECT_THAT(render_html(page), Not(HasSubstr("Signal flow")));
  page.flow = sample_flow(1200);
  std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("<h2>Signal flow at step 1,200</h2>"));
  EXPECT_THAT(html, HasSubstr("dead &amp; gone"));
  EXPECT_THAT(html, HasSubstr("try: less &lt; more"));
  EXPECT_THAT(html, HasSubstr("<td>1</td><td>100</td><td>RELU</td><td>0.25</td><td>0.5</td>"
                              "<td>0.125</td><td>8</td><td>2</td><td>0.0625</td><td>87.50%</td>"));
  // Deep networks, and numbers of which there is no logarithm.
  page.flow->findings.clear();
  page.flow->layers.resize(1000, page.flow->layers[1]);
  page.flow->layers[5].activation_rms = std::numeric_limits<double>::infinity();
  page.flow->layers[6].activation_rms = 0;
  html = render_html(page);
  EXPECT_THAT(html, HasSubstr("30 of 1000 layers; flow.jsonl has all."));
  EXPECT_THAT(html, HasSubstr("<p class=\"good\">sound</p>"));
  EXPECT_THAT(html, HasSubstr("<td>1000</td>"));
  EXPECT_LT(html.size(), 200000U);
}

TEST(HtmlReport, AResumedRunShowsTheLastFlowBeforeIt) {
  const auto directory = fresh_directory();
  replace_file(directory / "flow.jsonl", to_text(flow_json(sample_flow(50))) + "\n" +
                                             to_text(flow_json(sample_flow(100))) + "\n" +
                                             to_text(flow_json(sample_flow(220))) + "\n");
  HtmlReport report{std::chrono::milliseconds(0)};
  RunStart start = sample_start(directory);
  start.first_step = 215;
  report.on_start(start);
  EXPECT_THAT(read_text(directory / "report.html"), HasSubstr("Signal flow at step 100"));
  report.on_flow(sample_flow(300));
  report.on_evaluation(sample_evaluation(2));
  EXPECT_THAT(read_text(directory / "report.html"), HasSubstr("Signal flow at step 300"));
}

}  // namespace
}  // namespace lockstep

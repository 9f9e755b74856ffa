#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "report/diagnosis_json.h"
#include "report/diagnosis_text.h"
#include "report/format.h"
#include "report/html_page.h"
#include "report/samples.h"
#include "report/summary_json.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Diagnosis sample_diagnosis() {
  Diagnosis d;
  d.base_error = 0.01;
  d.high_gap = 0.02;
  d.high_share = 0.33;
  d.train = {0.02, 55000, {0.019, 0.021}};
  d.dev = {0.11, 5000, {0.102, 0.119}};
  d.avoidable_bias = {0.01, {0.009, 0.011}, 0.1, GapLevel::low};
  d.variance = {0.09, {0.081, 0.099}, 0.9, GapLevel::high};
  d.verdict = "variance";
  d.notes = {"no test set: <the> dev set serves"};
  d.recipe = {{RecipeTarget::variance,
               "more data",
               "more than 55000 training examples",
               "high variance (1.3)",
               "less",
               {}},
              {RecipeTarget::variance,
               "dropout",
               "dropout with keep_prob 0.8",
               "high variance (1.7)",
               "lower dev error",
               {"network.layer[0].keep_prob=0.8", "seed=1"}}};
  return d;
}

TEST(DiagnosisText, ShowsErrorsGapsNotesAndRecipe) {
  EXPECT_EQ(diagnosis_text("small", sample_diagnosis()),
            R"(small: high variance

               error   95% interval          examples
base           1.00%   given: diagnosis.base_error
train          2.00%   1.90% to 2.10%          55,000
dev           11.00%   10.20% to 11.90%         5,000

              points   95% interval       share
bias            1.00   0.90 to 1.10         10%   low        train above base: avoidable bias
variance        9.00   8.10 to 9.90         90%   high       dev above train
high: at least 2.00 points and 33% of all, more than chance (1.2; `diagnosis` in the job)

note: no test set: <the> dev set serves

What to try, in the order of the basic recipe (1.3):
 1. more than 55000 training examples
    why     high variance (1.3)
    expect  less
    this must be done by hand; no field of the job does it
 2. dropout with keep_prob 0.8
    why     high variance (1.7)
    expect  lower dev error
    --set 'network.layer[0].keep_prob=0.8' --set seed=1
)");
}

TEST(DiagnosisText, TheVerdictInWords) {
  Diagnosis d;
  for (const auto& [verdict, phrase] : {std::pair("neither", "neither bias nor variance is high"),
                                        {"uncertain", "nothing is high beyond chance"},
                                        {"unknown", "no verdict"},
                                        {"bias and variance", "high bias and variance"}}) {
    d.verdict = verdict;
    EXPECT_EQ(verdict_phrase(d), phrase);
  }
}

TEST(DiagnosisText, TheEndOfARunHasAFewLinesOfIt) {
  RunStart start = sample_start("run");
  start.test_examples = 0;
  Summary summary = sample_summary();
  EXPECT_THAT(format_finish(start, summary, std::nullopt), Not(HasSubstr("verdict")));
  summary.diagnosis = sample_diagnosis();
  const std::string text = format_finish(start, summary, std::nullopt);
  EXPECT_THAT(text, HasSubstr("\nverdict  high variance\n"
                              "         bias         1.00 points  95% 0.90 to 1.10     low\n"
                              "         variance     9.00 points  95% 8.10 to 9.90     high\n"
                              "         bias is measured from a base error of 1.00% "
                              "(diagnosis.base_error)\n"
                              "         no test set: <the> dev set serves\n"
                              "recipe   more than 55000 training examples\n"
                              "         dropout with keep_prob 0.8: --set "
                              "'network.layer[0].keep_prob=0.8' --set seed=1\n"));
  EXPECT_THAT(text, Not(HasSubstr("no test set: the dev error"))) << "once is enough";
  EXPECT_THAT(text, HasSubstr("diagnosis.txt"));
}

TEST(DiagnosisText, TheEndOfARunHasTheFirstThreeSteps) {
  Diagnosis d = sample_diagnosis();
  for (const char* name : {"third", "fourth"}) {
    d.recipe.push_back({RecipeTarget::variance, name, name, "why", "what", {}});
  }
  EXPECT_THAT(diagnosis_lines(d), HasSubstr("\n         third\n"));
  EXPECT_THAT(diagnosis_lines(d), Not(HasSubstr("fourth")));
}

// The base error counts up to where the features' own floor is above it.
TEST(DiagnosisText, SaysFromWhichErrorBiasIsCounted) {
  const char* from_base = "bias is measured from a base error of ";
  Diagnosis d = sample_diagnosis();
  for (const double base : {0.0, 0.01}) {
    d.base_error = d.train_floor = base;
    EXPECT_THAT(diagnosis_lines(d), HasSubstr(from_base));
  }
  d.train_floor = 0.011;
  EXPECT_THAT(diagnosis_lines(d), Not(HasSubstr(from_base)));
  EXPECT_THAT(diagnosis_text("small", d, "here"),
              HasSubstr("floor          1.10%   counted: equal features, different labels\n"));
}

TEST(DiagnosisJson, EverySetAndGapIsItsOwn) {
  Diagnosis d = sample_diagnosis();
  double next = 0.1;
  for (std::optional<MeasuredError> Diagnosis::*set :
       {&Diagnosis::train, &Diagnosis::train_dev, &Diagnosis::dev, &Diagnosis::test}) {
    d.*set = MeasuredError{next += 0.01, 100, {}};
  }
  for (std::optional<ErrorGap> Diagnosis::*gap : {&Diagnosis::avoidable_bias, &Diagnosis::variance,
                                                  &Diagnosis::mismatch, &Diagnosis::dev_to_test}) {
    d.*gap = ErrorGap{next += 0.01, {}, 0.5, GapLevel::low};
  }
  d.recipe[0].comparable = !d.recipe[1].comparable;
  const json object = json::parse(diagnosis_to_json(d).dump());
  EXPECT_EQ(object["errors"]["train"]["error"], d.train->error);
  EXPECT_EQ(object["errors"]["train_dev"]["error"], d.train_dev->error);
  EXPECT_EQ(object["errors"]["dev"]["error"], d.dev->error);
  EXPECT_EQ(object["errors"]["test"]["error"], d.test->error);
  EXPECT_EQ(object["gaps"]["avoidable_bias"]["value"], d.avoidable_bias->value);
  EXPECT_EQ(object["gaps"]["variance"]["value"], d.variance->value);
  EXPECT_EQ(object["gaps"]["mismatch"]["value"], d.mismatch->value);
  EXPECT_EQ(object["gaps"]["dev_to_test"]["value"], d.dev_to_test->value);
  EXPECT_FALSE(object["gaps"]["dev_to_test"].contains("level")) << "it counts in no verdict";
  EXPECT_EQ(object["recipe"][0]["comparable"], d.recipe[0].comparable);
  EXPECT_EQ(object["recipe"][1]["comparable"], d.recipe[1].comparable);
}

TEST(DiagnosisJson, HasWhatScriptsNeed) {
  const json object = json::parse(diagnosis_to_json(sample_diagnosis()).dump());
  EXPECT_EQ(object["verdict"], "variance");
  EXPECT_EQ(object["base_error"], 0.01);
  EXPECT_EQ(object["errors"]["dev"]["error"], 0.11);
  EXPECT_EQ(object["errors"]["dev"]["examples"], 5000);
  EXPECT_EQ(object["errors"]["dev"]["interval_95"], json({0.102, 0.119}));
  EXPECT_TRUE(object["errors"].at("test").is_null());
  EXPECT_EQ(object["gaps"]["variance"]["value"], 0.09);
  EXPECT_EQ(object["gaps"]["variance"]["level"], "high");
  EXPECT_EQ(object["gaps"]["avoidable_bias"]["level"], "low");
  EXPECT_TRUE(object["gaps"].at("mismatch").is_null());
  EXPECT_EQ(object["recipe"][0]["set"], json::array());
  EXPECT_EQ(object["recipe"][0]["against"], "variance");
  EXPECT_EQ(object["recipe"][1]["set"], json({"network.layer[0].keep_prob=0.8", "seed=1"}));
  EXPECT_EQ(object["notes"].size(), 1U);
}

TEST(DiagnosisReport, WritesBothFilesWhenThereIsADiagnosis) {
  const auto directory = fresh_directory();
  DiagnosisReport report;
  report.on_start(sample_start(directory));
  Summary summary = sample_summary();
  report.on_finish(summary);
  EXPECT_FALSE(std::filesystem::exists(directory / "diagnosis.json"));
  summary.diagnosis = sample_diagnosis();
  report.on_finish(summary);
  EXPECT_EQ(json::parse(read_text(directory / "diagnosis.json"))["verdict"], "variance");
  EXPECT_EQ(read_text(directory / "diagnosis.txt"),
            diagnosis_text("fashion-mlp", sample_diagnosis()));
}

TEST(DiagnosisHtml, IsASectionOfAFinishedRun) {
  HtmlPage page{.start = sample_start("run"), .evaluations = {}, .summary = sample_summary()};
  EXPECT_THAT(render_html(page), Not(HasSubstr("Bias and variance")));
  page.summary->diagnosis = sample_diagnosis();
  const std::string html = render_html(page);
  EXPECT_THAT(html, HasSubstr("Bias and variance: <span class=\"warn\">high variance</span>"));
  EXPECT_THAT(html, HasSubstr("<td>variance: dev above train</td><td>9.00</td>"
                              "<td>8.10 to 9.90</td><td>90%</td>"));
  EXPECT_THAT(html, HasSubstr("&lt;the&gt; dev set serves"));
  EXPECT_THAT(html, HasSubstr("<li>dropout with keep_prob 0.8<br>"));
}

TEST(SummaryJson, HoldsTheDiagnosis) {
  Summary summary = sample_summary();
  EXPECT_TRUE(json::parse(summary_to_json(summary)).at("diagnosis").is_null());
  summary.diagnosis = sample_diagnosis();
  EXPECT_EQ(json::parse(summary_to_json(summary))["diagnosis"]["verdict"], "variance");
}

TEST(ReadSummary, GivesBackWhatWasWritten) {
  const auto directory = fresh_directory();
  Summary written = sample_summary();
  written.train_examples = 55'000;
  written.dev_examples = 5000;
  written.features = 784;
  written.images = true;
  written.train_error = 1.0 / 3;
  written.test_error = std::nullopt;
  std::ofstream(directory / "summary.json") << summary_to_json(written);
  const auto read = read_summary(directory / "summary.json");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->stop_reason, written.stop_reason);
  EXPECT_EQ(read->steps, written.steps);
  EXPECT_EQ(read->best_step, written.best_step);
  EXPECT_EQ(read->train_error, written.train_error) << "every bit";
  EXPECT_EQ(read->dev_error, written.dev_error);
  EXPECT_EQ(read->test_error, std::nullopt);
  EXPECT_EQ(read->train_cost, written.train_cost);
  EXPECT_EQ(read->l2_penalty, written.l2_penalty);
  EXPECT_EQ(read->train_examples, 55'000U);
  EXPECT_EQ(read->dev_examples, 5000U);
  EXPECT_EQ(read->test_examples, 0U);
  EXPECT_EQ(read->features, 784U);
  EXPECT_TRUE(read->images);
}

// Every field that is read has a value that no other has.
TEST(ReadSummary, NoFieldIsTakenForAnother) {
  const auto directory = fresh_directory();
  Summary written = sample_summary();
  double next = 0.001;
  for (std::optional<double> Summary::*field :
       {&Summary::best_epoch, &Summary::train_error, &Summary::train_dev_error, &Summary::dev_error,
        &Summary::test_error, &Summary::train_error_floor, &Summary::train_cost,
        &Summary::train_dev_cost, &Summary::dev_cost, &Summary::test_cost}) {
    written.*field = next += 0.001;
  }
  std::uint64_t size = 100;
  for (std::uint64_t Summary::*field :
       {&Summary::steps, &Summary::train_examples, &Summary::train_dev_examples,
        &Summary::dev_examples, &Summary::test_examples, &Summary::features}) {
    written.*field = ++size;
  }
  written.train_fingerprint = "1111";
  written.dev_fingerprint = "2222";
  written.images = true;
  std::ofstream(directory / "summary.json") << summary_to_json(written);
  const Summary read = read_summary(directory / "summary.json").value();
  EXPECT_EQ(read.stop_reason, written.stop_reason);
  EXPECT_EQ(read.epochs, written.epochs);
  EXPECT_EQ(read.steps, written.steps);
  EXPECT_EQ(read.best_step, written.best_step);
  EXPECT_EQ(read.best_epoch, written.best_epoch);
  EXPECT_EQ(read.train_error, written.train_error);
  EXPECT_EQ(read.train_dev_error, written.train_dev_error);
  EXPECT_EQ(read.dev_error, written.dev_error);
  EXPECT_EQ(read.test_error, written.test_error);
  EXPECT_EQ(read.train_error_floor, written.train_error_floor);
  EXPECT_EQ(read.train_cost, written.train_cost);
  EXPECT_EQ(read.train_dev_cost, written.train_dev_cost);
  EXPECT_EQ(read.dev_cost, written.dev_cost);
  EXPECT_EQ(read.test_cost, written.test_cost);
  EXPECT_EQ(read.l2_penalty, written.l2_penalty);
  EXPECT_EQ(read.l1_penalty, written.l1_penalty);
  EXPECT_EQ(read.weights_digest, written.weights_digest);
  EXPECT_EQ(read.checkpoint, written.checkpoint);
  EXPECT_EQ(read.train_examples, written.train_examples);
  EXPECT_EQ(read.train_dev_examples, written.train_dev_examples);
  EXPECT_EQ(read.dev_examples, written.dev_examples);
  EXPECT_EQ(read.test_examples, written.test_examples);
  EXPECT_EQ(read.train_fingerprint, "1111");
  EXPECT_EQ(read.dev_fingerprint, "2222");
  EXPECT_EQ(read.features, written.features);
  EXPECT_TRUE(read.images);
}

TEST(ReadSummary, AFileOfAnOlderVersionLacksSizes) {
  const auto directory = fresh_directory();
  std::ofstream(directory / "summary.json")
      << R"({"stop_reason": "epochs", "steps": 10, "train_error": 0.25})";
  const auto read = read_summary(directory / "summary.json");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->train_error, 0.25);
  EXPECT_EQ(read->train_examples, 0U);
}

TEST(ReadSummary, WhatIsNoSummaryIsAnError) {
  const auto directory = fresh_directory();
  EXPECT_EQ(read_summary(directory / "summary.json"), std::nullopt);
  for (const char* text : {"", "{", "[]", "{}", R"({"stop_reason": 5})",
                           R"({"stop_reason": "epochs", "train_error": "x"})"}) {
    std::ofstream(directory / "summary.json") << text;
    try {
      read_summary(directory / "summary.json");
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      EXPECT_THAT(error.what(), HasSubstr("not the summary of a run"));
    }
  }
}

}  // namespace
}  // namespace lockstep

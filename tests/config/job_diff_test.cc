#include "config/job_diff.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "job_text.h"

namespace lockstep {
namespace {

// Differences between the small job and the one with `overrides`, one a line.
std::string differences(const std::vector<std::string>& overrides) {
  std::string text;
  for (const auto& [path, a, b] :
       diff_jobs(parse(kSmallJob).resolved_text, parse(kSmallJob, overrides).resolved_text)) {
    text.append(path).append(" ").append(a).append(" -> ").append(b).append("\n");
  }
  return text;
}

TEST(JobDiff, EqualJobsHaveNone) { EXPECT_EQ(differences({}), ""); }

TEST(JobDiff, NamesTheFieldAndBothValues) {
  EXPECT_EQ(differences({"optimizer.adam.learning_rate=0.1"}),
            "optimizer.adam.learning_rate 0.001 -> 0.1\n");
}

TEST(JobDiff, FollowsTheOrderOfTheSchema) {
  EXPECT_EQ(differences({"training.epochs=9", "network.layer[0].activation=TANH", "name=n"}),
            "name \"small\" -> \"n\"\n"
            "network.layer[0].activation RELU -> TANH\n"
            "network.layer[0].initializer.kind HE -> XAVIER\n"
            "training.epochs 5 -> 9\n");
}

TEST(JobDiff, TellsAbsentFromPresent) {
  EXPECT_EQ(differences({"training.steps=7"}),
            "training.epochs 5 -> (absent)\n"
            "training.steps (absent) -> 7\n");
  EXPECT_EQ(differences({"data.split.dev.count=9", "early_stopping={}"}),
            "data.split.dev.count (absent) -> 9\n"
            "early_stopping.metric (absent) -> DEV_ERROR\n"
            "early_stopping.patience (absent) -> 10\n"
            "early_stopping.min_improvement (absent) -> 0\n");
  EXPECT_EQ(differences({"optimizer.gradient_descent={}"}),
            "optimizer.gradient_descent.learning_rate (absent) -> 0.1\n"
            "optimizer.adam.learning_rate 0.001 -> (absent)\n"
            "optimizer.adam.beta1 0.9 -> (absent)\n"
            "optimizer.adam.beta2 0.999 -> (absent)\n"
            "optimizer.adam.epsilon 1e-08 -> (absent)\n");
}

TEST(JobDiff, SeesMessagesWithoutFields) {
  EXPECT_EQ(differences({"data.normalization.none={}"}),
            "data.normalization.standardize.per FEATURE -> (absent)\n"
            "data.normalization.none (absent) -> {}\n");
  EXPECT_EQ(differences({"optimizer.schedule.cosine={}"}),
            "optimizer.schedule.constant {} -> (absent)\n"
            "optimizer.schedule.cosine.final_factor (absent) -> 0\n");
}

TEST(JobDiff, ComparesLayersByPosition) {
  const std::string two =
      with(kSmallJob, "layer { units: 16 }", "layer {units: 16} layer {units: 4}");
  const auto found = diff_jobs(parse(two).resolved_text, parse(kSmallJob).resolved_text);
  ASSERT_EQ(found.size(), 7U);
  EXPECT_EQ(found[0].path, "network.layer[1].units");
  EXPECT_EQ(found[0].value_a, "4");
  EXPECT_EQ(found[0].value_b, "(absent)");
}

// A text from before a field existed.
TEST(JobDiff, LeftToDefaultEqualsWrittenOut) {
  const std::string text = parse(kSmallJob).resolved_text;
  EXPECT_TRUE(diff_jobs(text, with(text, "  keep_last: 2\n", "")).empty());
}

TEST(JobDiff, RefusesTextsItCannotRead) {
  const std::string text = parse(kSmallJob).resolved_text;
  for (const std::string& bad : {text + "novelty: 1", text + "}"}) {
    try {
      diff_jobs(text, bad);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
    }
  }
}

}  // namespace
}  // namespace lockstep

#include "config/without_dropout.h"

#include <gtest/gtest.h>

#include "config/job_diff.h"
#include "config/job_text.h"

namespace lockstep {
namespace {

TEST(WithoutDropout, SetsEveryKeepProbToOneAndNothingElse) {
  const std::string text = with(
      with(kSmallJob, "network {", "network { input_keep_prob: 0.9"), "layer { units: 16 }",
      "layer { units: 16 keep_prob: 0.5 } layer { units: 8 } layer { units: 4 keep_prob: 0.7 }");
  const LoadedJob loaded = parse(text);
  const LoadedJob without = without_dropout(loaded);
  EXPECT_EQ(without.job.network.input_keep_prob, 1.0);
  for (const LayerConfig& layer : without.job.network.hidden) {
    EXPECT_EQ(layer.epilogue.keep_prob, 1.0);
  }
  std::string changed;
  for (const FieldDifference& field : diff_jobs(loaded.resolved_text, without.resolved_text)) {
    changed += field.path + " " + field.value_a + " -> " + field.value_b + "\n";
  }
  EXPECT_EQ(changed,
            "network.input_keep_prob 0.9 -> 1\n"
            "network.layer[0].keep_prob 0.5 -> 1\n"
            "network.layer[2].keep_prob 0.7 -> 1\n");
}

TEST(WithoutDropout, ANetworkWithoutLayersOrDropoutStaysAsItIs) {
  for (const std::string& text : {kSmallJob, with(kSmallJob, "layer { units: 16 }", "")}) {
    EXPECT_EQ(without_dropout(parse(text)).resolved_text, parse(text).resolved_text);
  }
}

TEST(WithoutDropout, ReachesRepeatedLayers) {
  const LoadedJob without = without_dropout(parse(
      with(kSmallJob, "layer { units: 16 }", "layer { units: 16 keep_prob: 0.5 repeat: 3 }")));
  ASSERT_EQ(without.job.network.hidden.size(), 3U);
  for (const LayerConfig& layer : without.job.network.hidden) {
    EXPECT_EQ(layer.epilogue.keep_prob, 1.0);
  }
}

}  // namespace
}  // namespace lockstep

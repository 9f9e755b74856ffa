#include "sweep/crossval.h"

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

LoadedJob job_with(const std::string& data, const std::string& more = "") {
  const std::string text = R"(name: "small" data { train { libsvm { file: "a" } } )" + data + R"( }
    network { output { units: 1 loss: LOGISTIC } } optimizer { adam { learning_rate: 0.1 } }
    training { full_batch: true epochs: 1 } )" +
                           more;
  return parse_job(text, "small", "/", {});
}

std::string error_of(const LoadedJob& job, const CrossvalPlan& plan) {
  try {
    make_crossval(job, plan);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Crossval, HasARunForEachFoldOfEachRepeat) {
  const Crossval crossval = make_crossval(job_with("split { dev { count: 5 } }"), {3, 2});
  ASSERT_EQ(crossval.trials.size(), 6U);
  for (std::uint32_t i = 0; i < 6; ++i) {
    const Trial& trial = crossval.trials[i];
    EXPECT_EQ(trial.number, i);
    const SplitRules& split = trial.loaded.job.data.split;
    const auto fold = std::get<PartFold>(split.test.value());
    EXPECT_EQ(fold.number, i % 3);
    EXPECT_EQ(fold.of, 3U);
    EXPECT_EQ(fold.repeat, i / 3);
    EXPECT_EQ(std::get<PartCount>(split.dev.value()).examples, 5U);
  }
  EXPECT_EQ(describe_trial(crossval.sweep.sweep, crossval.trials[5]), "trial 5 (repeat=1 fold=2)");
  EXPECT_TRUE(crossval.notes.empty());
}

TEST(Crossval, SaysWhatTheFoldsReplace) {
  const Crossval part = make_crossval(job_with("split { test { count: 5 } }"), {2, 1});
  ASSERT_EQ(part.notes.size(), 1U);
  EXPECT_EQ(part.notes[0],
            "data.split.test is replaced by the folds, which divide all examples of data.train");
  const Crossval own = make_crossval(
      job_with("test { libsvm { file: \"b\" } } split { dev { count: 5 } } dev_and_test_from: "
               "DIFFERENT_DISTRIBUTIONS"),
      {2, 1});
  ASSERT_EQ(own.notes.size(), 1U);
  EXPECT_EQ(own.notes[0],
            "data.test is not used: the test sets are the folds of data.train, and data.test stays "
            "unseen");
  EXPECT_FALSE(own.trials[0].loaded.job.data.test);
}

TEST(Crossval, RefusesWhatCannotBe) {
  const LoadedJob job = job_with("");
  EXPECT_EQ(error_of(job, {1, 1}), "--folds 1: cross-validation needs at least 2 folds");
  EXPECT_EQ(error_of(job, {2, 0}), "--repeats 0: at least one division into folds is needed");
  EXPECT_EQ(error_of(job, {101, 100}),
            "--folds 101 --repeats 100 are 10100 runs; ask for at most 10000");
  EXPECT_EQ(error_of(job_with("", "checkpointing { enabled: false }"), {2, 1}),
            "cross-validation needs checkpointing, to resume runs and to test them; remove "
            "checkpointing.enabled: false");
  EXPECT_EQ(
      error_of(job_with("held_out { libsvm { file: \"b\" } } split { test { count: 5 } }"), {2, 1}),
      "cross-validation takes its test sets from data.train, but the job takes dev and test "
      "from data.held_out; remove data.held_out (--set data.held_out=none)");
}

}  // namespace
}  // namespace lockstep

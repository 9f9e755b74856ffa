#include "report/format.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/samples.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Format, ShellWordsAreReadAsTheyStand) {
  EXPECT_EQ(shell_word("runs/a-1_b.c:d+e@f%g=h,i"), "runs/a-1_b.c:d+e@f%g=h,i");
  for (const char* text :
       {"",    "a b", "~/runs", "$HOME", "a*",  "a?",   "[a]",  "{a}", "#a",   "!a", "a;b",
        "a&b", "a|b", "a<b",    "a>b",   "(a)", "a\\b", "a\"b", "a`b", "a\tb", "^a"}) {
    EXPECT_EQ(shell_word(text), std::string("'") + text + "'");
  }
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
}

TEST(Format, Start) {
  RunStart start = sample_start("runs/a");
  EXPECT_EQ(format_start(start),
            "fashion-mlp: 1,863,690 parameters; 55,000 train, 5,000 dev, 10,000 test examples; "
            "2 ranks x 1 thread, 8 shards; 4,300 steps (20 epochs)\nfiles in runs/a");
  start.first_step = 1075;
  EXPECT_THAT(format_start(start), HasSubstr("; resumed at step 1,075"));
}

TEST(Format, ProgressCountsTheStepsLeft) {
  const RunStart start = sample_start("runs/a");
  // 2,150 steps of 55,000 / 215 examples at 11,000 a second are 50 s.
  const Progress progress{.step = 2150,
                          .total_steps = 4300,
                          .epoch = 10,
                          .batch_cost = 0.4,
                          .examples_per_second = 11000};
  EXPECT_EQ(format_progress(start, progress),
            "step 2,150/4,300  epoch 10/20  cost 0.4000  11,000 examples/s  ETA 50 s");
}

TEST(Format, ProgressWithoutASpeedHasNoTimeLeft) {
  Progress progress;
  progress.total_steps = 4300;
  EXPECT_THAT(format_progress(sample_start("runs/a"), progress), HasSubstr("ETA -"));
  EXPECT_THAT(format_progress(RunStart{}, progress), HasSubstr("ETA -"));
}

TEST(Format, ARunThatCountsInStepsEndsLikeOneInEpochs) {
  EXPECT_EQ(describe_stop("steps"), describe_stop("epochs"));
  const RunStart start = sample_start("runs/a");
  Summary summary;
  summary.checkpoint = "ckpt/latest";
  summary.stop_reason = "steps";
  EXPECT_THAT(format_finish(start, summary, {}), HasSubstr("--set training.steps=N\n"));
  summary.stop_reason = "epochs";
  EXPECT_THAT(format_finish(start, summary, {}), HasSubstr("--set training.epochs=N\n"));
}

TEST(Format, EvaluationsAlign) {
  const RunStart start = sample_start("runs/a");
  Evaluation evaluation = sample_evaluation(1);
  const std::string early = format_evaluation(start, evaluation);
  EXPECT_EQ(early,
            "step   215/4,300  epoch  1/20  J 0.5000   train error 25.00%  dev error 10.94%  "
            "dev cost 0.3071    24,310 examples/s  2.5 s");
  EXPECT_EQ(format_evaluation(start, sample_evaluation(20)).find("dev cost"),
            early.find("dev cost"));
  evaluation.best = true;
  EXPECT_EQ(format_evaluation(start, evaluation), early + "  best");
}

TEST(Format, EvaluationWithoutDevSet) {
  Evaluation evaluation = sample_evaluation(1);
  evaluation.dev_cost.reset();
  evaluation.dev_error.reset();
  EXPECT_THAT(format_evaluation(sample_start("runs/a"), evaluation), Not(HasSubstr("dev")));
}

TEST(Format, FinishTellsWhyWhatWhereAndWhatNext) {
  Evaluation best = sample_evaluation(10);
  best.best = true;
  EXPECT_EQ(format_finish(sample_start("runs/a"), sample_summary(), best),
            "fashion-mlp stopped early: the dev metric stopped improving (epoch 14, step 3,010)\n"
            "best     step 2,150, epoch 10, dev error 10.94%, dev cost 0.3071\n"
            "train    error   8.12%  accuracy  91.88%  cost 0.2212     examples     55,000\n"
            "dev      error  10.94%  accuracy  89.06%  cost 0.3071     examples      5,000\n"
            "test     error  11.13%  accuracy  88.87%  cost 0.3144     examples     10,000\n"
            "weights  norm 31.50 at the best step, restored, 12.50% near zero\n"
            "speed    24,310 examples/s\n"
            "files    runs/a\n"
            "           report.html    curves and tables for a browser\n"
            "           summary.json   these results, for scripts\n"
            "           metrics.jsonl  one line per evaluation\n"
            "           tb/            the same for TensorBoard\n"
            "           ckpt/best      the trained network, with these results\n"
            "next     lockstep evaluate runs/a/ckpt/best --split test\n"
            "         lockstep inspect runs/a/ckpt/best\n"
            "         lockstep train runs/a/job.textproto --run-dir runs/a --resume auto "
            "--set early_stopping.patience=N\n");
}

TEST(Format, FinishWithoutATestSetDoesNotCallDevOne) {
  RunStart start = sample_start("runs/a");
  start.test_examples = 0;
  const std::string text = format_finish(start, sample_summary(), std::nullopt);
  EXPECT_THAT(text, HasSubstr("no test set: the dev error is not an unbiased estimate"));
  EXPECT_THAT(text, Not(HasSubstr("\ntest")));
  EXPECT_THAT(text, HasSubstr("--split dev"));
  start.dev_examples = 0;
  EXPECT_THAT(format_finish(start, sample_summary(), std::nullopt),
              HasSubstr("no dev or test set"));
}

TEST(Format, FinishOffersOnlyWhatThereIs) {
  Summary summary = sample_summary();
  summary.checkpoint = "";
  const std::string text = format_finish(sample_start("runs/a"), summary, std::nullopt);
  EXPECT_THAT(text, Not(HasSubstr("ckpt")));
  EXPECT_THAT(text, Not(HasSubstr("next")));
}

TEST(Format, TheBestStepHasTheNumbersOfNoOtherEvaluation) {
  Evaluation best = sample_evaluation(10);
  const auto line = [&] {
    const std::string text = format_finish(sample_start("runs/a"), sample_summary(), best);
    const auto at = text.find("\nbest     ") + 1;
    return text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(line(), "best     step 2,150, epoch 10, dev error 10.94%, dev cost 0.3071");
  best.step += 215;
  EXPECT_EQ(line(), "best     step 2,150, epoch 10");
}

TEST(Format, TheLastNetworkIsToldFromTheBest) {
  Summary summary = sample_summary();
  summary.checkpoint = "ckpt/latest";
  EXPECT_THAT(
      format_finish(sample_start("runs/a"), summary, std::nullopt),
      HasSubstr("           ckpt/latest    the trained network, with these results\n"
                "           ckpt/best      the network of the best evaluation, at step 2,150\n"
                "next     lockstep evaluate runs/a/ckpt/latest --split test\n"));
  summary.best_step = summary.steps;
  EXPECT_THAT(format_finish(sample_start("runs/a"), summary, std::nullopt),
              Not(HasSubstr("ckpt/best")));
}

TEST(Format, AnInterruptedRunIsFirstToldHowToGoOn) {
  Summary summary = sample_summary();
  summary.stop_reason = "interrupted";
  summary.checkpoint = "ckpt/latest";
  EXPECT_THAT(
      format_finish(sample_start("my runs/a"), summary, std::nullopt),
      HasSubstr("next     lockstep train 'my runs/a/job.textproto' --run-dir 'my runs/a' --resume "
                "auto\n         lockstep evaluate 'my runs/a/ckpt/latest' --split test\n"));
}

}  // namespace
}  // namespace lockstep

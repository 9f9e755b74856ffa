// The program from the outside: subcommands, files, messages, exit codes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "support/tiny_job.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Program : public ProgramFixture {};

TEST_F(Program, TrainFillsTheRunDirectory) {
  const auto result = run("train job.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* name : {"job.textproto", "summary.json", "metrics.jsonl", "tb", "ckpt/latest",
                           "ckpt/best", "environment.json", "report.html"}) {
    EXPECT_TRUE(fs::exists(directory_ / "run" / name)) << name;
  }
  const json summary = json::parse(file("run/summary.json"));
  for (const char* name : {"stop_reason",
                           "epochs",
                           "steps",
                           "best_step",
                           "best_epoch",
                           "train_error",
                           "dev_error",
                           "train_cost",
                           "dev_cost",
                           "l2_penalty",
                           "l1_penalty",
                           "weights_norm",
                           "weights_near_zero",
                           "examples_per_second",
                           "seconds",
                           "weights_digest",
                           "peak_memory_bytes",
                           "ranks",
                           "threads",
                           "shards"}) {
    ASSERT_TRUE(summary.contains(name)) << name;
    EXPECT_FALSE(summary[name].is_null()) << name;
  }
  EXPECT_TRUE(summary.at("test_error").is_null());  // the job has no test set
  EXPECT_TRUE(summary.at("test_cost").is_null());
  for (const char* phase : {"data", "augmentation", "ahead", "forward", "backward", "exchange",
                            "optimizer", "evaluation", "waiting"}) {
    EXPECT_TRUE(summary["seconds"].contains(phase)) << phase;
  }
  const std::string metrics = file("run/metrics.jsonl");
  const json first = json::parse(metrics.substr(0, metrics.find('\n')));
  for (const char* name : {"step", "epoch", "cost", "penalty", "l2_penalty", "l1_penalty",
                           "weights_norm", "weights_near_zero", "train_error", "dev_error",
                           "dev_cost", "learning_rate", "gradient_norm"}) {
    EXPECT_TRUE(first.contains(name)) << name;
  }
}

TEST_F(Program, RunDirectoriesAreNumbered) {
  ASSERT_EQ(run("train job.textproto --set training.epochs=1").exit_code, 0);
  ASSERT_EQ(run("train job.textproto --set training.epochs=1").exit_code, 0);
  EXPECT_TRUE(fs::exists(directory_ / "runs/tiny-1/summary.json"));
  EXPECT_TRUE(fs::exists(directory_ / "runs/tiny-2/summary.json"));
}

TEST_F(Program, AnExistingRunIsNotOverwritten) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  const auto again = run("train job.textproto --run-dir run");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("already holds a run"));
}

TEST_F(Program, TheResolvedJobOfARunTrainsToTheSameBits) {
  ASSERT_EQ(run("train job.textproto --run-dir one").exit_code, 0);
  ASSERT_EQ(run("train one/job.textproto --run-dir two").exit_code, 0);
  EXPECT_EQ(json::parse(file("one/summary.json"))["weights_digest"],
            json::parse(file("two/summary.json"))["weights_digest"]);
}

TEST_F(Program, TrainsWithoutDevSet) {
  std::ofstream(directory_ / "train-only.textproto")
      << "name: 't' data { train { idx { features: 'features' labels: 'labels' } } }"
         "network { output { units: 3 } } optimizer { gradient_descent {} }"
         "training { full_batch: true epochs: 3 }";
  const auto result = run("train train-only.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json summary = json::parse(file("run/summary.json"));
  EXPECT_TRUE(summary["dev_error"].is_null());
  EXPECT_TRUE(summary["best_step"].is_null());
  EXPECT_EQ(summary["steps"], 3);
}

TEST_F(Program, EvaluateAgreesWithTheSummaryOnAnyRanks) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  const json summary = json::parse(file("run/summary.json"));
  for (const int ranks : {1, 3}) {
    const auto result = run("evaluate run/ckpt/best --split dev --json", ranks);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json scores = json::parse(result.out);
    EXPECT_EQ(scores["error"], summary["dev_error"]);
    EXPECT_EQ(scores["cost"], summary["dev_cost"]);
    EXPECT_EQ(scores["weights_digest"], summary["weights_digest"]);
  }
  const auto no_test = run("evaluate run --split test");
  EXPECT_EQ(no_test.exit_code, 2);
  EXPECT_THAT(no_test.err, HasSubstr("no such set"));
}

TEST_F(Program, ResultsWithoutCheckpointsAreNotOverwritten) {
  const std::string train = "train job.textproto --run-dir run --set checkpointing.enabled=false";
  ASSERT_EQ(run(train).exit_code, 0);
  const std::string summary = file("run/summary.json");
  EXPECT_TRUE(json::parse(summary)["checkpoint"].is_null());
  const auto again = run(train + " --resume auto");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("has the results of a run, but no checkpoint"));
  EXPECT_EQ(file("run/summary.json"), summary);
}

TEST_F(Program, ResultsWhoseCheckpointsAreGoneAreNotOverwritten) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  const std::string summary = file("run/summary.json");
  for (const auto& entry : fs::directory_iterator(directory_ / "run/ckpt")) {
    fs::remove(entry.path());
  }
  const auto again = run("train job.textproto --run-dir run --resume auto");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("has the results of a run, but no checkpoint"));
  EXPECT_EQ(file("run/summary.json"), summary);
}

// Its directory would stand for the old weights.
TEST_F(Program, ARunWithCheckpointsDoesNotGoOnWithoutThem) {
  const std::string train = "train job.textproto --run-dir run --set early_stopping=none";
  ASSERT_EQ(run(train + " --set training.epochs=2").exit_code, 0);
  const auto again =
      run(train + " --set training.epochs=3 --resume auto --set checkpointing.enabled=false");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("would be lost. Leave checkpointing on"));
}

TEST_F(Program, ABestStateThatIsGoneIsTold) {
  const std::string train = "train job.textproto --run-dir run --set early_stopping=none";
  ASSERT_EQ(run(train + " --set training.epochs=3").exit_code, 0);
  std::string best = file("run/ckpt/best");
  best.erase(best.find_last_not_of('\n') + 1);
  std::string latest = file("run/ckpt/latest");
  latest.erase(latest.find_last_not_of('\n') + 1);
  ASSERT_NE(best, latest) << "the last evaluation is not the best";
  fs::remove(directory_ / "run/ckpt" / best);
  const auto again = run(train + " --set training.epochs=4 --resume auto");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out + again.err, HasSubstr("state of the best evaluation so far"));
}

// Without early stopping the last weights are the result, though others were better.
TEST_F(Program, ARunDirectoryMeansTheNetworkOfItsSummary) {
  write("last.textproto", R"(
    name: "last" seed: 7
    data { train { idx { features: "features" labels: "labels" } } split { dev { count: 40 } } }
    network { layer { units: 30 } output { units: 3 } }
    optimizer { adam { learning_rate: 0.1 } }
    training { batch_size: 24 shards: 4 epochs: 12 })");
  const auto result = run("train last.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json summary = json::parse(file("run/summary.json"));
  ASSERT_NE(summary["best_step"], summary["steps"]);
  EXPECT_EQ(summary["checkpoint"], "ckpt/latest");
  EXPECT_THAT(result.out, HasSubstr("the network of the best evaluation, at step "));
  const json scores = json::parse(run("evaluate run --json").out);
  EXPECT_EQ(scores["weights_digest"], summary["weights_digest"]);
  EXPECT_EQ(scores["cost"], summary["dev_cost"]);
  EXPECT_NE(json::parse(run("evaluate run/ckpt/best --json").out)["cost"], summary["dev_cost"]);
}

TEST_F(Program, InspectShowsTensors) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  const auto result = run("inspect run");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("layer1.weight"));
  EXPECT_THAT(result.out, HasSubstr("170"));
}

TEST_F(Program, CheckShowsTheJobAndItsNeeds) {
  const auto result = run("check job.textproto --ranks 2");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("memory of rank 0 at 2 ranks x 1 thread"));
  EXPECT_THAT(result.out, HasSubstr("steps per epoch  5"));
  EXPECT_THAT(result.out, HasSubstr("parameters       17873"));
  EXPECT_THAT(result.out, HasSubstr("total"));
}

TEST_F(Program, CheckPrintsTheJobWithEveryDefault) {
  const auto result = run("check job.textproto --job --set seed=3");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("kind: HE"));
  write("full.textproto", result.out);
  EXPECT_EQ(run("check full.textproto --job").out, result.out) << "it is a job file";
  EXPECT_EQ(run("check job.textproto --job --set training.batch_size=7").exit_code, 2)
      << "it is checked";
}

TEST_F(Program, CheckGivesTheCautionsOfTheLecture) {
  // The tiny job has L2 and early stopping.
  const std::string coupled = "caution: early stopping is on together with L2";
  const auto result = run("check job.textproto --set network.input_keep_prob=0.5");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(coupled));
  EXPECT_THAT(result.out, HasSubstr("caution: network.input_keep_prob is 0.5"));
  EXPECT_THAT(run("check job.textproto --set regularization={}").out, Not(HasSubstr("caution")));
}

TEST_F(Program, TrainGivesTheCautionsOfTheLecture) {
  const auto result =
      run("train job.textproto --run-dir run --set network.input_keep_prob=0.4"
          " --set training.epochs=1 --set optimizer.adam.learning_rate=1e-9");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string coupled = "caution: early stopping is on together with L2";
  EXPECT_THAT(result.err, HasSubstr(coupled));
  EXPECT_EQ(result.err.find(coupled), result.err.rfind(coupled)) << "once is enough";
  EXPECT_THAT(result.err, HasSubstr("caution: network.input_keep_prob is 0.4"));
  // The weights are still as drawn: nothing is fitted, and nothing overfitted.
  EXPECT_THAT(result.err, HasSubstr("caution: dropout without overfitting"));
  EXPECT_THAT(result.out, HasSubstr("weights  norm"));
}

TEST_F(Program, DropoutAgainstOverfittingIsNotCautioned) {
  // A hundred random labels can be learnt by heart, but not predicted; without
  // early stopping the last weights count.
  std::vector<unsigned char> labels;
  for (std::uint32_t i = 0; i < 141; ++i) {
    labels.push_back(static_cast<unsigned char>((i * 2654435761U >> 16) % kTinyClasses));
  }
  write_idx(directory_ / "random-labels", {141}, labels);
  std::string job = file("job.textproto");
  const auto stopping = job.find("early_stopping");
  ASSERT_NE(stopping, std::string::npos);
  std::ofstream(directory_ / "whole.textproto")
      << job.erase(stopping, job.find('}', stopping) + 1 - stopping);
  const std::string train = "train whole.textproto --set data.train.idx.labels=random-labels ";
  const auto late = run(train + "--run-dir late --set training.epochs=60");
  ASSERT_EQ(late.exit_code, 0) << late.err;
  const json summary = json::parse(file("late/summary.json"));
  EXPECT_LT(summary["train_error"].get<double>() + 0.3, summary["dev_error"].get<double>());
  EXPECT_THAT(late.err, Not(HasSubstr("dropout without overfitting")));
  EXPECT_THAT(late.err, Not(HasSubstr("early stopping is on")));
}

// The debugging step of 1.7: without dropout J is well defined and falls.
TEST_F(Program, WithoutDropoutJFallsAtEveryStepOfGradientDescent) {
  const std::string arguments =
      "train job.textproto --set training.full_batch=true --set training.epochs=30"
      " --set optimizer='{ gradient_descent { learning_rate: 0.05 } }' --set "
      "early_stopping.patience=100"
      " --set evaluation.train_examples=0 ";
  const auto result = run(arguments + "--run-dir without --no-dropout");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("--no-dropout: every keep_prob is 1"));
  EXPECT_THAT(result.err, Not(HasSubstr("dropout without overfitting")));
  const std::string job = file("without/job.textproto");
  EXPECT_THAT(job, HasSubstr("keep_prob: 1\n"));
  EXPECT_THAT(job, Not(HasSubstr("keep_prob: 0")));
  std::istringstream lines(file("without/metrics.jsonl"));
  double before = std::numeric_limits<double>::infinity();
  int evaluations = 0;
  for (std::string line; std::getline(lines, line); ++evaluations) {
    const json metrics = json::parse(line);
    EXPECT_LT(metrics["cost"].get<double>(), before) << line;
    EXPECT_EQ(metrics["penalty"], metrics["l2_penalty"]);
    EXPECT_GT(metrics["weights_norm"].get<double>(), 0);
    before = metrics["cost"].get<double>();
  }
  EXPECT_EQ(evaluations, 30);
  EXPECT_THAT(run("check job.textproto --job --no-dropout").out, HasSubstr("keep_prob: 1\n"));

  // It is another job: a run cannot change its mind halfway.
  const auto resumed = run(arguments + "--run-dir without --resume must");
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_THAT(resumed.err, HasSubstr("network.layer[0].keep_prob: 1 in the checkpoint, 0.7"));
}

// Width and height of a PNG file, from its first chunk.
std::pair<std::uint32_t, std::uint32_t> png_size(const std::string& file) {
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value = (value << 8U) | static_cast<unsigned char>(file.at(at + i));
    }
    return value;
  };
  if (!file.starts_with("\x89PNG\r\n\x1a\n")) return {0, 0};
  return {word(16), word(20)};
}

TEST_F(Program, PreviewDrawsAugmentedExamples) {
  const std::string command =
      "preview job.textproto --examples 3 --epochs 4 --set 'data.augmentation={rotation {} shift "
      "{horizontal: 1 "
      "vertical: 1}}' --output ";
  const auto result = run(command + "a.png");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a.png: 3 training examples"));
  const std::string sheet = file("a.png");
  // Images of 3 x 4 pixels, enlarged 28 times: five beside and three below each other.
  const auto [width, height] = png_size(sheet);
  EXPECT_GT(width, 5U * 84);
  EXPECT_LT(width, 8U * 84 + 200);
  EXPECT_GT(height, 3U * 112);
  EXPECT_LT(height, 3U * 112 + 100);

  ASSERT_EQ(run(command + "b.png").exit_code, 0);
  EXPECT_EQ(file("b.png"), sheet);
  ASSERT_EQ(run(command + "c.png --set seed=9").exit_code, 0);
  EXPECT_NE(file("c.png"), sheet);
  ASSERT_EQ(run(command + "d.png --set 'data.image={channels: 3 height: 2 width: 2}'").exit_code,
            0);
  EXPECT_GT(png_size(file("d.png")).second, 3U * 112);
}

// Of images of three channels every channel is a colour.
TEST_F(Program, PreviewShowsEveryColor) {
  const std::string features = file("features");
  constexpr std::size_t kHeaderBytes = 16;
  std::set<std::string> sheets;
  for (std::size_t brighter = 0; brighter <= 3; ++brighter) {  // none, red, green, blue
    std::string values = features;
    for (std::size_t i = kHeaderBytes; i < values.size(); ++i) {
      const std::size_t channel = (i - kHeaderBytes) % kTinyFeatures / 4;
      values[i] = channel + 1 == brighter ? '\xFF' : '\x40';
    }
    write("features", values);
    const auto result = run(
        "preview job.textproto --examples 1 --set 'data.image={channels: 3 height: 2 width: 2}' "
        "--set data.max_copied_share=1");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    sheets.insert(file("preview.png"));
  }
  EXPECT_EQ(sheets.size(), 4U);
}

TEST_F(Program, PreviewWithoutAugmentationShowsTheOriginals) {
  const auto result = run("preview job.textproto");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("the job has no data.augmentation"));
  EXPECT_TRUE(fs::exists(directory_ / "preview.png"));
}

TEST_F(Program, PreviewSaysWhatIsWrong) {
  EXPECT_EQ(run("preview missing.textproto").exit_code, 66);
  EXPECT_EQ(run("preview job.textproto --output nowhere/a.png").exit_code, 74);
  EXPECT_EQ(run("preview job.textproto --examples 0").exit_code, 2);
  const auto image = run("preview job.textproto --set 'data.image={height: 28 width: 28}'");
  EXPECT_EQ(image.exit_code, 2);
  EXPECT_THAT(image.err, HasSubstr("data.image is 1 x 28 x 28"));
}

TEST_F(Program, PrefetchThreadsChangeNoResult) {
  const std::string augmented = "--set 'data.augmentation={rotation {}}' --set training.epochs=2 ";
  ASSERT_EQ(run("train job.textproto --threads 2 --prefetch-threads 0 --run-dir none " + augmented)
                .exit_code,
            0);
  ASSERT_EQ(run("train job.textproto --threads 1 --prefetch-threads 2 --run-dir two " + augmented)
                .exit_code,
            0);
  const json none = json::parse(file("none/summary.json"));
  const json two = json::parse(file("two/summary.json"));
  EXPECT_EQ(none["weights_digest"], two["weights_digest"]);
  EXPECT_GT(none["seconds"]["augmentation"], 0);
  EXPECT_EQ(none["seconds"]["ahead"], 0);
  EXPECT_GT(two["seconds"]["ahead"], 0);
  EXPECT_EQ(run("train job.textproto --prefetch-threads -1").exit_code, 2);
}

TEST_F(Program, AllProblemsOfAJobAtOnce) {
  const auto result =
      run("check job.textproto --set training.batch_size=25 --set optimizer.adam.learning_rate=-1");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("training.batch_size"));
  EXPECT_THAT(result.err, HasSubstr("learning_rate"));
}

TEST_F(Program, ExitCodesOfBadInput) {
  EXPECT_EQ(run("train missing.textproto").exit_code, 66);
  EXPECT_EQ(run("train .").exit_code, 2);
  EXPECT_EQ(run("train job.textproto --no-such-option").exit_code, 2);
  EXPECT_EQ(run("tran").exit_code, 2);
  EXPECT_EQ(run("--version").exit_code, 0);
  EXPECT_EQ(run("--help").exit_code, 0);
  EXPECT_EQ(run("evaluate nowhere").exit_code, 66);
  EXPECT_EQ(run("train job.textproto --set data.train.idx.features='job.textproto'").exit_code, 65);
  EXPECT_EQ(run("train job.textproto --set data.train.idx.features='nowhere'").exit_code, 66);
  EXPECT_EQ(run("train job.textproto --resume must --run-dir empty").exit_code, 66);
}

TEST_F(Program, LabelsOutOfRangeAreNamed) {
  const auto result = run("train job.textproto --set network.output.units=2");
  EXPECT_EQ(result.exit_code, 65);
  EXPECT_THAT(result.err, HasSubstr("labels"));
}

TEST_F(Program, AClosedOrFullStdoutDoesNotKillTraining) {
  EXPECT_EQ(run("train job.textproto --run-dir closed | head -c 1").exit_code, 0);
  EXPECT_TRUE(fs::exists(directory_ / "closed/summary.json"));
  EXPECT_EQ(run("train job.textproto --run-dir full >/dev/full").exit_code, 74);
  EXPECT_TRUE(fs::exists(directory_ / "full/summary.json"));
}

}  // namespace
}  // namespace lockstep

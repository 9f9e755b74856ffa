// A sweep gives the same table in any number of groups, and after interruptions.

#include "sweep/run_sweep.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/run_files.h"
#include "comm/agreement.h"
#include "report/sweep_table.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "sweep/termination.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

const std::string kParameters = R"(
  parameter { name: "rate" path: "optimizer.adam.learning_rate"
              range { min: 0.0003 max: 0.1 scale: LOG } }
  parameter { name: "units" path: "network.layer[0].units" range { min: 8 max: 24 integer: true } }
  parameter { path: "network.layer[*].activation" texts { value: ["RELU", "TANH"] } })";

class RunSweep : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) {
      write_tiny_data(directory_, 141);
      std::ofstream(directory_ / "job.textproto") << tiny_job_text();
    }
    comm_.barrier();
  }

  void load(const std::string& text) {
    loaded_ = parse_sweep("name: \"s\" job: \"job.textproto\" set: \"training.epochs=4\"\n" + text,
                          "s.textproto", directory_, {});
    trials_ = resolve_trials(loaded_);
  }

  SweepOptions options(const std::string& name, int groups, bool resume = false) {
    SweepOptions options;
    options.run_dir = directory_ / name;
    options.groups = groups;
    options.resume = resume;
    options.features = kTinyFeatures;
    if (comm_.is_root()) std::filesystem::create_directories(options.run_dir);
    comm_.barrier();
    return options;
  }

  // Collective. The table after running on; "" when interrupted.
  std::string table(const SweepOptions& options) {
    const SweepOutcome outcome = run_sweep(loaded_, trials_, comm_, options);
    if (outcome.interrupted) return "";
    const SweepResults results{
        loaded_.sweep, trials_, rank_trials(loaded_.sweep, outcome.records), 40, {}, {}};
    std::string csv = sweep_csv(results);
    EXPECT_TRUE(same_on_all_ranks(csv));
    return csv;
  }

  // Collective. What the AgreedError says that a sweep ends with, the same on all ranks.
  std::string agreed_message(const SweepOptions& options) {
    std::string message;
    try {
      run_sweep(loaded_, trials_, comm_, options);
      ADD_FAILURE() << "expected an error";
    } catch (const AgreedError& error) {
      message = error.what();
    }
    EXPECT_TRUE(same_on_all_ranks(message));
    return message;
  }

  // The same whatever the groups: collective checks, so that all ranks continue.
  void expect_layout_does_not_matter() {
    // One rank by itself, as the yardstick: every rank has its own directory.
    SweepOptions alone = options(fmt::format("alone-{}", comm_.rank()), 1);
    std::filesystem::create_directories(alone.run_dir);
    const Communicator self = Communicator::self();
    const SweepOutcome outcome = run_sweep(loaded_, trials_, self, alone);
    const std::string expected = sweep_csv(
        {loaded_.sweep, trials_, rank_trials(loaded_.sweep, outcome.records), 40, {}, {}});
    EXPECT_TRUE(same_on_all_ranks(expected));
    for (const int groups : std::set{1, std::min(2, comm_.size()), comm_.size()}) {
      SweepOptions together = options(fmt::format("groups-{}", groups), groups);
      EXPECT_EQ(table(together), expected) << groups << " groups";
      // From what stands in the directories alone.
      together.resume = true;
      std::uint64_t steps = 0;
      together.stop_requested = [&](std::optional<std::uint64_t> step) {
        steps += step ? 1 : 0;
        return false;
      };
      EXPECT_EQ(table(together), expected);
      EXPECT_EQ(steps, 0U) << "nothing is trained again";
    }
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
  LoadedSweep loaded_;
  std::vector<Trial> trials_;
};

TEST_F(RunSweep, AGridIsTheSameInAnyGroups) {
  load(R"(grid {}
    parameter { name: "lambda" path: "regularization.l2_lambda" numbers { value: [0.1, 10] } }
    parameter { name: "rate" path: "optimizer.gradient_descent.learning_rate"
                numbers { value: [0.1, 1e30] } })");
  expect_layout_does_not_matter();
}

TEST_F(RunSweep, SuccessiveHalvingIsTheSameInAnyGroups) {
  load("random { trials: 5 } successive_halving { eta: 2 } metric: DEV_COST" + kParameters);
  expect_layout_does_not_matter();
}

TEST_F(RunSweep, TrialsMayBeComparedByAMetricThatMustRise) {
  load("random { trials: 5 } successive_halving { eta: 2 } metric: ROC_AUC" + kParameters);
  expect_layout_does_not_matter();
}

TEST_F(RunSweep, TheMedianRuleIsTheSameInAnyGroups) {
  load("random { trials: 6 } median { wave: 2 } metric: DEV_COST" + kParameters);
  expect_layout_does_not_matter();
}

// Rungs are at epochs 1 and 2, and the one that is left trains to its end, epoch 4.
TEST_F(RunSweep, TrialsPauseAtTheirRungAndNotLater) {
  load("random { trials: 4 } successive_halving { eta: 2 first_epochs: 1 } metric: DEV_COST" +
       kParameters);
  const SweepOutcome outcome = run_sweep(loaded_, trials_, comm_, options("rungs", 1));
  std::multiset<double> last;
  for (const TrialRecord& record : outcome.records) {
    double rung = 1;
    for (const TrialResult& result : record.results) {
      EXPECT_EQ(result.epochs, rung);
      rung *= 2;
    }
    last.insert(record.results.back().epochs);
  }
  EXPECT_EQ(last, (std::multiset<double>{1, 1, 2, 4}));
}

// A trial that the median rule ends is not one that finished.
TEST_F(RunSweep, ATrialWithoutHopeIsEndedAndSaysSo) {
  load(R"(grid {} median { wave: 1 grace_epochs: 2 } metric: DEV_COST
    parameter { name: "rate" path: "optimizer.adam.learning_rate" numbers { value: [0.01, 1e-9] } })");
  const SweepOutcome outcome = run_sweep(loaded_, trials_, comm_, options("hopeless", 1));
  EXPECT_EQ(outcome.records[0].results.back().status, TrialStatus::finished);
  EXPECT_EQ(outcome.records[1].results.back().status, TrialStatus::terminated);
  EXPECT_EQ(outcome.records[1].results.back().epochs, 2) << "when the grace is over";
}

TEST_F(RunSweep, PausedTrialsEndWithTheBitsOfThoseThatWereNot) {
  load("random { trials: 4 } metric: DEV_COST" + kParameters);
  const SweepOutcome whole = run_sweep(loaded_, trials_, comm_, options("whole", 1));
  load("random { trials: 4 } successive_halving { eta: 2 } metric: DEV_COST" + kParameters);
  const SweepOutcome halved = run_sweep(loaded_, trials_, comm_, options("halved", 1));
  const auto winner = rank_trials(loaded_.sweep, halved.records).front();
  EXPECT_EQ(halved.records[winner.number].results.size(), 3U) << "two pauses and the end";
  EXPECT_EQ(winner.result.weights_digest, whole.records[winner.number].results[0].weights_digest);
}

TEST_F(RunSweep, AnInterruptedOneGoesOnToTheSameEnd) {
  for (const char* rule : {"", "successive_halving { eta: 2 }", "median { wave: 2 }"}) {
    load(fmt::format("random {{ trials: 5 }} {} metric: DEV_COST {}", rule, kParameters));
    const std::string name = fmt::format("{:.4}", rule);
    const std::string expected = table(options("whole" + name, 1));
    // The last rank alone is asked to stop, again and again after some steps.
    int times = 0;
    std::string found;
    for (; found.empty() && times < 40; ++times) {
      const int groups = times % comm_.size() + 1;
      SweepOptions parts = options("parts" + name, groups, /*resume=*/true);
      int steps = 0;
      parts.stop_requested = [&](std::optional<std::uint64_t> step) {
        steps += step ? 1 : 0;
        return steps >= 7 && comm_.rank() == comm_.size() - 1;
      };
      found = table(parts);
    }
    EXPECT_EQ(found, expected) << rule;
    EXPECT_GT(times, 2) << "it was interrupted";
  }
}

TEST_F(RunSweep, ALostRecordIsMadeAgain) {
  load("random { trials: 5 } successive_halving { eta: 2 } metric: DEV_COST" + kParameters);
  SweepOptions parts = options("lost", comm_.size());
  const std::string expected = table(parts);
  // As if killed after the training of a trial and before its result was noted:
  // the evaluation at which it paused must pause it again.
  for (const Trial& trial : trials_) {
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      const auto path = parts.run_dir / trial_directory(trial.number) / "trial.json";
      TrialRecord record = *read_record(path);
      record.results.pop_back();
      std::ofstream(path) << record_to_json(record);
    });
  }
  parts.resume = true;
  EXPECT_EQ(table(parts), expected);

  // All that is known of a trial: it is trained again from its beginning.
  agree(comm_, [&] {
    if (comm_.is_root()) std::filesystem::remove(parts.run_dir / "trials/0001/trial.json");
  });
  EXPECT_EQ(table(parts), expected);
}

TEST_F(RunSweep, TrialsDoNotLookAtTheTestSet) {
  load(R"(set: "data.split.test.count=30" grid {}
    parameter { path: "regularization.l2_lambda" numbers { value: [0.1, 10] } })");
  class SummaryWatcher : public TrainingObserver {
   public:
    explicit SummaryWatcher(std::vector<Summary>& to) : to_(to) {}
    void on_finish(const Summary& summary) override { to_.push_back(summary); }

   private:
    std::vector<Summary>& to_;
  };
  std::vector<Summary> summaries;
  SweepOptions with_watch = options("test", comm_.size());
  with_watch.make_observers = [&](const LoadedJob&) {
    TrainingObservers observers;
    observers.push_back(std::make_unique<SummaryWatcher>(summaries));
    return observers;
  };
  const SweepOutcome outcome = run_sweep(loaded_, trials_, comm_, with_watch);
  for (const Summary& summary : summaries) {
    EXPECT_TRUE(summary.dev_error);
    EXPECT_FALSE(summary.test_error);
    EXPECT_FALSE(summary.test_cost);
  }
  EXPECT_EQ(comm_.sum(summaries.size()), 2U);

  // The winner's is that of a run of its own.
  const auto winner = rank_trials(loaded_.sweep, outcome.records).front();
  const Trial& trial = trials_[winner.number];
  const auto scores = test_winner(loaded_, trial, winner.result, comm_, with_watch);
  TrainOptions own;
  own.run_dir = directory_ / "own";
  own.layout = {comm_.size(), 1};
  const Summary summary = train(trial.loaded.job, trial.loaded.resolved_text, comm_, own, {});
  EXPECT_EQ(scores.has_value(), comm_.is_root());
  if (!comm_.is_root()) return;
  EXPECT_EQ(scores->examples, 30U);
  EXPECT_EQ(scores->error, summary.test_error);
  EXPECT_EQ(scores->cost, summary.test_cost);
  EXPECT_EQ(summary.weights_digest, winner.result.weights_digest);
}

TEST_F(RunSweep, AnErrorOfATrialNamesIt) {
  load(
      "grid {} parameter { name: \"l\" path: \"regularization.l2_lambda\" numbers { value: [1, 2] "
      "} }");
  for (const int groups : std::set{1, std::min(2, comm_.size()), comm_.size()}) {
    const SweepOptions broken = options(fmt::format("broken-{}", groups), groups);
    if (comm_.is_root()) {
      std::filesystem::create_directories(broken.run_dir / "trials/0001");
      std::ofstream(broken.run_dir / "trials/0001/ckpt") << "a file where the directory should be";
    }
    comm_.barrier();
    const std::string message = agreed_message(broken);
    EXPECT_TRUE(message.starts_with("trial 1 (l=2): ")) << message;
  }
}

// Groups that fail at the same time have one error, whichever of them was first.
TEST_F(RunSweep, OfSeveralErrorsThatOfTheEarliestTrialIsTold) {
  load(R"(set: "network.output.units=2"
    grid {} parameter { path: "seed" numbers { value: [1, 2, 3, 4] } })");
  std::string expected;
  for (const int groups : std::set{1, std::min(2, comm_.size()), comm_.size()}) {
    const std::string message = agreed_message(options(fmt::format("refused-{}", groups), groups));
    if (groups == 1) expected = message;
    EXPECT_TRUE(message.starts_with("trial 0 (seed=1): ")) << message;
    EXPECT_EQ(message, expected);
  }
}

// The other groups leave what they are at, saved, so that it can be gone on with.
TEST_F(RunSweep, AnErrorInOneGroupEndsTheOthersBetweenTheirSteps) {
  if (comm_.size() == 1) GTEST_SKIP() << "one group";
  load(R"(set: "training.epochs=100000" set: "early_stopping=none" set: "optimizer.schedule=none"
    grid {} parameter { name: "units" path: "network.output.units" numbers { value: [3, 2] } })");
  const SweepOptions endless = options("endless", 2);
  const std::string message = agreed_message(endless);
  EXPECT_TRUE(message.starts_with("trial 1 (units=2): ")) << message;
  EXPECT_TRUE(std::filesystem::exists(endless.run_dir / "trials/0000/ckpt"));
}

TEST_F(RunSweep, AChangedBaseJobIsRefused) {
  const std::string text =
      "grid {} parameter { path: \"regularization.l2_lambda\" numbers { value: [1, 2] } }";
  load(text);
  table(options("changed", 1));
  load("set: \"network.layer[0].keep_prob=0.4\"\n" + text);
  try {
    table(options("changed", 1, true));
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
  }
}

// Errors on different data are not compared: files that were replaced after one trial
// are refused for the other, whichever is earlier, and with the permission they are not.
TEST_F(RunSweep, OtherDataThanThatOfAnotherTrialIsRefused) {
  load("grid {} parameter { path: \"regularization.l2_lambda\" numbers { value: [1, 2] } }");
  const auto write_data = [&](std::uint32_t examples) {
    agree(comm_, [&] {
      if (comm_.is_root()) write_tiny_data(directory_, examples);
    });
  };
  for (const int again : {1, 0}) {
    write_data(141);
    SweepOptions sweep = options(fmt::format("replaced-{}", again), 1);
    table(sweep);
    agree(comm_, [&] {
      if (comm_.is_root()) {
        std::filesystem::remove_all(sweep.run_dir / fmt::format("trials/{:04}", again));
      }
    });
    write_data(151);
    sweep.resume = true;
    try {
      table(sweep);
      ADD_FAILURE() << "expected an error";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      EXPECT_NE(std::string(error.what())
                    .find(fmt::format("the training data is not that of trial {}", 1 - again)),
                std::string::npos)
          << error.what();
    }
    sweep.allow_changed_data = true;
    EXPECT_NE(table(sweep), "");
  }
}

// A trial is gone on with, and the winner tested, on the files of its first steps, unless
// others are allowed.
TEST_F(RunSweep, ATrialGoesOnWithAndIsTestedOnChangedDataOnlyWhenAllowed) {
  load(
      "set: \"data.split.test.count=20\" grid {} parameter { path: "
      "\"regularization.l2_lambda\" numbers { value: [1] } }");
  SweepOptions sweep = options("changed-data", 1);
  std::uint64_t steps = 0;
  sweep.stop_requested = [&](std::optional<std::uint64_t> step) {
    steps += step ? 1 : 0;
    return steps > 7;
  };
  EXPECT_EQ(table(sweep), "") << "interrupted";
  agree(comm_, [&] {
    if (comm_.is_root()) write_tiny_data(directory_, 151);
  });
  sweep.stop_requested = nobody_asks_to_stop;
  sweep.resume = true;
  const auto refusal = [&](const auto& work) -> std::string {
    try {
      work();
      return "nothing";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
  };
  EXPECT_NE(refusal([&] { table(sweep); }).find("the training data has changed since"),
            std::string::npos);
  sweep.allow_changed_data = true;
  const SweepOutcome outcome = run_sweep(loaded_, trials_, comm_, sweep);
  EXPECT_FALSE(outcome.interrupted);
  const TrialResult result = outcome.records.front().results.back();

  agree(comm_, [&] {
    if (comm_.is_root()) write_tiny_data(directory_, 161);
  });
  const auto test = [&] { return test_winner(loaded_, trials_.front(), result, comm_, sweep); };
  EXPECT_EQ(test().has_value(), comm_.is_root());
  sweep.allow_changed_data = false;
  EXPECT_NE(refusal(test).find("data has changed since the checkpoint"), std::string::npos);
}

TEST_F(RunSweep, GroupsMustFit) {
  load("grid {} parameter { path: \"seed\" numbers { value: [1, 2] } }");
  EXPECT_NO_THROW(check_groups(2, 24, loaded_.sweep, trials_));  // 12 ranks, 12 shards
  EXPECT_THROW(check_groups(4, 3, loaded_.sweep, trials_), Error);
  EXPECT_THROW(check_groups(2, 25, loaded_.sweep, trials_), Error);
}

}  // namespace
}  // namespace lockstep

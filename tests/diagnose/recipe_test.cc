// The recipe on 1 to 4 ranks: the same table as in one process, after an
// interruption too.

#include "diagnose/recipe.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/run_files.h"
#include "comm/agreement.h"
#include "diagnose/recipe_judgement.h"
#include "support/collective.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

// Keeps what runs leave in memory.
class MemoryHost : public RecipeHost {
 public:
  TrainingObservers observers(const LoadedJob& loaded) override {
    class Keeper : public TrainingObserver {
     public:
      Keeper(MemoryHost& host, std::string job) : host_(host), job_(std::move(job)) {}
      void on_start(const RunStart& start) override {
        run_dir_ = start.run_dir;
        auto& record = host_.runs[run_dir_];
        record.resolved_job = job_;
        std::erase_if(record.evaluations,
                      [&](const Evaluation& e) { return e.step > start.first_step; });
        ++host_.trainings;
      }
      void on_evaluation(const Evaluation& evaluation) override {
        host_.runs[run_dir_].evaluations.push_back(evaluation);
      }
      void on_finish(const Summary& summary) override { host_.runs[run_dir_].summary = summary; }

     private:
      MemoryHost& host_;
      std::string job_;
      std::string run_dir_;
    };
    TrainingObservers all;
    all.push_back(std::make_unique<Keeper>(*this, loaded.resolved_text));
    return all;
  }
  std::optional<RunRecord> finished(const std::filesystem::path& run_dir) override {
    const auto run = runs.find(run_dir.string());
    if (run == runs.end() || run->second.summary.stop_reason.empty() ||
        run->second.summary.stop_reason == "interrupted") {
      return std::nullopt;
    }
    return run->second;
  }
  std::optional<std::string> diverged(const std::filesystem::path& run_dir) override {
    const auto run = divergences.find(run_dir.string());
    if (run == divergences.end()) return std::nullopt;
    return run->second;
  }
  void keep_answers(const std::filesystem::path& run_dir, const Answers& answers) override {
    runs[run_dir.string()].answers = answers;
  }
  void note_divergence(const std::filesystem::path& run_dir, const std::string& why) override {
    divergences[run_dir.string()] = why;
  }
  void publish(const RecipeResult& result) override { published = result.runs.size(); }

  std::map<std::string, RunRecord> runs;
  std::map<std::string, std::string> divergences;
  int trainings = 0;
  std::size_t published = 0;
};

// All that a recipe decided and saw, every bit of it.
std::string describe(const RecipeResult& result) {
  std::string text;
  for (const RecipeRun& run : result.runs) {
    text += fmt::format("{} on {}: {} [{}] {} {}", run.number, run.based_on, run.step.action,
                        fmt::join(run.set, " "), enum_name(run.outcome), run.comparison);
    if (run.diagnosis) {
      text += fmt::format(" {:a} {:a} {}", run.diagnosis->train->error, run.diagnosis->dev->error,
                          run.diagnosis->verdict);
    }
    text += "\n";
  }
  return text + fmt::format("{} best {} of {}\n{}", result.end ? enum_name(*result.end) : "",
                            result.best, result.budget, result.best_job);
}

class RecipeOnRanks : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 400);
    comm_.barrier();
  }
  [[nodiscard]] RecipeOptions options(const char* name, const Communicator& comm, int threads,
                                      int runs) const {
    RecipeOptions options;
    options.directory = directory_ / name;
    options.runs = runs;
    options.layout = {comm.size(), threads};
    return options;
  }
  // Too small, and trained too briefly.
  [[nodiscard]] LoadedJob job(const std::vector<std::string>& overrides = {}) const {
    return parse_job(R"(
      name: "tiny" seed: 7
      data {
        train { idx { features: "features" labels: "labels" } }
        split { dev { count: 150 } }
      }
      network { layer { units: 2 activation: TANH } output { units: 3 } }
      optimizer { gradient_descent { learning_rate: 0.05 } }
      training { batch_size: 48 shards: 12 epochs: 4 }
      checkpointing { enabled: false })",
                     "tiny", directory_, overrides);
  }
  // Rank 0 alone: what all ranks must come to.
  template <typename Host = MemoryHost>
  [[nodiscard]] std::string alone(const LoadedJob& job, int runs) const {
    if (!comm_.is_root()) return "";
    const Communicator self = Communicator::self();
    Host host;
    return describe(run_recipe(job, self, options("alone", self, 1, runs), host));
  }
  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(RecipeOnRanks, ComesToTheSameTable) {
  const std::string expected = alone(job(), 6);
  for (const int threads : {1, 2}) {
    MemoryHost host;
    const RecipeResult result =
        run_recipe(job(), comm_, options(threads == 1 ? "one" : "two", comm_, threads, 6), host);
    EXPECT_EQ(result.end, RecipeEnd::budget);
    if (!comm_.is_root()) continue;
    EXPECT_EQ(describe(result), expected);
    EXPECT_EQ(host.published, 6U);
  }
}

TEST_F(RecipeOnRanks, KeepsWhatTheErrorSaysThatItIsAbout) {
  MemoryHost host;
  const RecipeResult result = run_recipe(job(), comm_, options("run", comm_, 1, 6), host);
  if (!comm_.is_root()) return;
  ASSERT_EQ(result.runs.size(), 6U);
  EXPECT_EQ(result.runs[0].outcome, RecipeOutcome::start);
  EXPECT_EQ(result.runs[1].step.kind, "bigger network") << "the first step of the lecture";
  const auto diagnosis = [&](int number) {
    return *result.runs[static_cast<std::size_t>(number) - 1].diagnosis;
  };
  int footing = 1;
  int best = 1;
  for (int number = 2; number <= 6; ++number) {
    const RecipeRun& run = result.runs[static_cast<std::size_t>(number) - 1];
    EXPECT_EQ(run.based_on, footing);
    const auto answers = [&](int of) {
      return host.runs.at(directory_ / "run" / recipe_run_name(of)).answers;
    };
    const bool kept = judge_step(run.step.against.value(), {diagnosis(footing), answers(footing)},
                                 {diagnosis(number), answers(number)})
                          .kept;
    EXPECT_EQ(run.outcome, kept ? RecipeOutcome::kept : RecipeOutcome::discarded);
    if (kept) footing = number;
    if (diagnosis(number).dev->error < diagnosis(best).dev->error) best = number;
    // The lines make the job that was trained.
    EXPECT_EQ(parse_job(job().resolved_text, "tiny", "/", run.set).resolved_text,
              host.runs.at(directory_ / "run" / recipe_run_name(number)).resolved_job);
  }
  EXPECT_GT(footing, 1) << "something was kept";
  EXPECT_EQ(result.best, best);
  EXPECT_EQ(result.best_job, host.runs.at(directory_ / "run" / recipe_run_name(best)).resolved_job);
}

// Claims errors: high bias and variance at the start, and nothing helps.
class HopelessHost : public MemoryHost {
 public:
  std::optional<RunRecord> finished(const std::filesystem::path& run_dir) override {
    auto record = MemoryHost::finished(run_dir);
    if (!record) return std::nullopt;
    record->answers = {};
    record->summary.train_error = 0.3;
    record->summary.dev_error = run_dir.filename() == "run-01" ? 0.6 : 0.7;
    return record;
  }
};

// "High bias first": steps against variance follow when every kind of step against bias
// that the job asks for has been tried.
TEST_F(RecipeOnRanks, BiasComesFirst) {
  HopelessHost host;
  const RecipeResult result =
      run_recipe(job({"training.epochs=1"}), comm_, options("run", comm_, 1, 10), host);
  if (!comm_.is_root()) return;
  std::vector<std::string> taken;
  for (const RecipeRun& run : result.runs) {
    taken.push_back(
        fmt::format("{}: {}", run.step.against ? enum_name(*run.step.against) : "", run.step.kind));
    EXPECT_LE(run.based_on, 1);
  }
  EXPECT_THAT(taken,
              testing::ElementsAre(": ", "bias: bigger network", "bias: train longer",
                                   "bias: other optimizer", "bias: learning rate", "bias: schedule",
                                   "bias: batch size", "bias: other architecture", "variance: L2",
                                   "variance: augmentation"));
  EXPECT_EQ(result.best, 1);
  EXPECT_FALSE(result.left.empty());
}

TEST_F(RecipeOnRanks, StopsWhenNothingIsHigh) {
  MemoryHost host;
  const RecipeResult result =
      run_recipe(job({"diagnosis.base_error=0.6", "diagnosis.high_gap=0.5"}), comm_,
                 options("run", comm_, 1, 6), host);
  EXPECT_EQ(result.end, RecipeEnd::neither);
  if (comm_.is_root()) {
    EXPECT_EQ(result.runs.size(), 1U);
  }
}

TEST_F(RecipeOnRanks, GoesOnAfterAnInterruptionAsIfThereWereNone) {
  const LoadedJob saved = job({"checkpointing.enabled=true"});
  const std::string expected = alone(saved, 4);
  MemoryHost host;
  RecipeOptions first = options("parts", comm_, 1, 4);
  int steps = 0;
  // In the middle of the second run, and the last rank alone.
  first.stop_requested = [&](auto) { return ++steps >= 27 && comm_.rank() == comm_.size() - 1; };
  const RecipeResult interrupted = run_recipe(saved, comm_, first, host);
  EXPECT_EQ(interrupted.end, RecipeEnd::interrupted);
  if (comm_.is_root()) {
    EXPECT_EQ(interrupted.runs.size(), 1U);
  }

  const RecipeResult whole = run_recipe(saved, comm_, options("parts", comm_, 2, 4), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(describe(whole), expected);
  EXPECT_EQ(host.trainings, 5) << "the first run was taken over, the second continued";
}

TEST_F(RecipeOnRanks, TakesMoreRunsWhenGivenMore) {
  MemoryHost host;
  run_recipe(job(), comm_, options("run", comm_, 1, 2), host);
  const RecipeResult more = run_recipe(job(), comm_, options("run", comm_, 1, 4), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(more.runs.size(), 4U);
  EXPECT_EQ(host.trainings, 4);
}

// tanh keeps the network finite at any learning rate; ReLU, a step of the
// recipe, does not.
TEST_F(RecipeOnRanks, ADivergedRunIsTriedAndFailed) {
  const LoadedJob wild = job({"optimizer.gradient_descent.learning_rate=10"});
  const std::string expected = alone<HopelessHost>(wild, 10);
  HopelessHost host;
  const RecipeResult result = run_recipe(wild, comm_, options("run", comm_, 1, 10), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(describe(result), expected);
  EXPECT_THAT(expected, HasSubstr("diverged at step"));
  const auto diverged =
      std::ranges::count(result.runs, RecipeOutcome::diverged, &RecipeRun::outcome);
  EXPECT_GE(diverged, 1);
  EXPECT_EQ(host.divergences.size(), static_cast<std::size_t>(diverged));
  EXPECT_EQ(result.runs.size(), 10U) << "the recipe continued";
}

TEST_F(RecipeOnRanks, AStartThatDivergesIsTriedWithSmallerLearningRates) {
  const LoadedJob wild =
      job({"optimizer.gradient_descent.learning_rate=100", "network.layer[0].activation=RELU"});
  const std::string expected = alone(wild, 6);
  MemoryHost host;
  const RecipeResult result = run_recipe(wild, comm_, options("run", comm_, 1, 6), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(describe(result), expected);
  EXPECT_EQ(result.runs[0].outcome, RecipeOutcome::diverged);
  const RecipeRun& second = result.runs[1];
  EXPECT_EQ(second.step.against, RecipeTarget::divergence);
  EXPECT_EQ(second.based_on, 1);
  EXPECT_EQ(second.set, std::vector<std::string>{"optimizer.gradient_descent.learning_rate=10"});
  const auto trained = std::ranges::find(result.runs, RecipeOutcome::trains, &RecipeRun::outcome);
  ASSERT_NE(trained, result.runs.end()) << expected;
  EXPECT_GE(result.best, trained->number);
  EXPECT_EQ(parse_job(wild.resolved_text, "wild", "/", trained->set).resolved_text,
            host.runs.at(directory_ / "run" / recipe_run_name(trained->number)).resolved_job);
}

// Finite, but thousands of times the loss of guessing: bias is not what is wrong.
TEST_F(RecipeOnRanks, AStartThatBlowsUpIsTriedWithSmallerLearningRates) {
  MemoryHost host;
  const RecipeResult result =
      run_recipe(job({"optimizer={ gradient_descent { learning_rate: 500 } }", "network.layer=[]"}),
                 comm_, options("run", comm_, 1, 4), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(result.runs[0].outcome, RecipeOutcome::blown_up);
  EXPECT_THAT(result.runs[0].comparison, HasSubstr("far above that of guessing"));
  EXPECT_EQ(result.runs[1].step.kind, "smaller learning rate");
  EXPECT_GT(result.best, 1);
}

TEST_F(RecipeOnRanks, AJobThatDivergesWithAnyLearningRateEndsTheRecipe) {
  MemoryHost host;
  const LoadedJob wild =
      job({"optimizer.gradient_descent.learning_rate=1e30", "network.layer[0].activation=RELU"});
  const RecipeResult result = run_recipe(wild, comm_, options("run", comm_, 1, 8), host);
  EXPECT_EQ(result.end, RecipeEnd::diverged);
  if (comm_.is_root()) {
    EXPECT_EQ(result.runs.size(), 8U);
  }
  MemoryHost short_host;
  const RecipeResult once = run_recipe(wild, comm_, options("once", comm_, 1, 1), short_host);
  EXPECT_EQ(once.end, RecipeEnd::diverged);
}

TEST_F(RecipeOnRanks, LooksAtTestOnceForTheBestRun) {
  MemoryHost host;
  const LoadedJob tested = job({"checkpointing.enabled=true", "data.split.test.count=50"});
  const RecipeResult result = run_recipe(tested, comm_, options("run", comm_, 1, 3), host);
  const RecipeResult untested = run_recipe(job(), comm_, options("untested", comm_, 1, 1), host);
  const RecipeResult unsaved =
      run_recipe(job({"data.split.test.count=50"}), comm_, options("unsaved", comm_, 1, 1), host);
  if (!comm_.is_root()) return;
  ASSERT_TRUE(result.test);
  EXPECT_EQ(result.test->examples, 50U);
  EXPECT_LT(result.test->interval.low, result.test->interval.high);
  for (int number = 1; number <= 3; ++number) {
    const auto& run = host.runs.at(directory_ / "run" / recipe_run_name(number));
    EXPECT_FALSE(run.summary.test_error);
    EXPECT_EQ(run.summary.test_examples, 50U);
  }
  EXPECT_FALSE(untested.has_test_set || untested.test);
  EXPECT_TRUE(unsaved.has_test_set && !unsaved.test) << "there is no checkpoint to test";
}

// It is looked at once, at the end, which an interruption is not (1.4).
TEST_F(RecipeOnRanks, AnInterruptedRecipeDoesNotLookAtTest) {
  MemoryHost host;
  const LoadedJob tested = job({"checkpointing.enabled=true", "data.split.test.count=50"});
  RecipeOptions first = options("run", comm_, 1, 3);
  std::uint64_t steps = 0;
  first.stop_requested = [&](auto) { return ++steps > 20; };  // in the second run
  const RecipeResult interrupted = run_recipe(tested, comm_, first, host);
  EXPECT_EQ(interrupted.end, RecipeEnd::interrupted);
  const RecipeResult whole = run_recipe(tested, comm_, options("run", comm_, 1, 3), host);
  if (!comm_.is_root()) return;
  EXPECT_EQ(interrupted.best, 1) << "there was a run to test";
  EXPECT_TRUE(interrupted.has_test_set);
  EXPECT_FALSE(interrupted.test);
  EXPECT_TRUE(whole.test);
}

// Run 1 is not trained again, but its test error is taken of other examples.
TEST_F(RecipeOnRanks, TestsOnChangedDataOnlyWhenAllowed) {
  MemoryHost host;
  const LoadedJob tested = job({"checkpointing.enabled=true", "data.split.test.count=50"});
  RecipeOptions again = options("run", comm_, 1, 1);
  run_recipe(tested, comm_, again, host);
  agree(comm_, [&] {
    if (comm_.is_root()) write_tiny_data(directory_, 410);
  });
  try {
    run_recipe(tested, comm_, again, host);
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(), HasSubstr("data has changed since the checkpoint"));
  }
  again.allow_changed_data = true;
  const RecipeResult allowed = run_recipe(tested, comm_, again, host);
  if (comm_.is_root()) {
    EXPECT_TRUE(allowed.test);
  }
}

TEST_F(RecipeOnRanks, ARunOfAnotherJobIsNotTakenOver) {
  MemoryHost host;
  run_recipe(job(), comm_, options("run", comm_, 1, 1), host);
  try {
    run_recipe(job({"seed=8"}), comm_, options("run", comm_, 1, 1), host);
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(),
                HasSubstr("holds a run of another job: seed 7, but this recipe has 8"));
  }
}

TEST_F(RecipeOnRanks, NeedsADevErrorToChooseBy) {
  EXPECT_NO_THROW(check_recipe_job(job().job));
  EXPECT_THROW(check_recipe_job(job({"data.split={}"}).job), Error);
  EXPECT_THROW(check_recipe_job(job({"training.weights_from=run"}).job), Error);
}

}  // namespace
}  // namespace lockstep

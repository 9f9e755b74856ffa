// The decisions of a recipe, from errors that are made up: nothing is trained.

#include "diagnose/recipe_book.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

using testing::Contains;

struct Errors {
  double train = 0;
  double dev = 0;
};
using ErrorsOf = std::function<Errors(const Job& job)>;

LoadedJob start() {
  return parse_job(R"(
    name: "start"
    data { train { idx { features: "x" labels: "y" } } split { dev { count: 2000 } } }
    network { layer { units: 16 } output { units: 3 } }
    optimizer { adam {} }
    training { batch_size: 64 epochs: 10 })",
                   "start", "/", {});
}

RunRecord record(const std::string& job, const Errors& errors) {
  RunRecord record;
  record.resolved_job = job;
  record.summary.stop_reason = "epochs";
  record.summary.train_error = errors.train;
  record.summary.dev_error = errors.dev;
  record.summary.train_cost = errors.train;
  record.summary.train_examples = 16'000;
  record.summary.dev_examples = 2000;
  record.summary.features = 20;
  return record;
}

RecipeResult follow(int runs, const ErrorsOf& errors) {
  RecipeBook book(start(), runs);
  while (!book.next_job().empty()) {
    const std::string job = book.next_job();
    book.take(record(job, errors(parse_job(job, "job", "/", {}).job)));
  }
  return book.result();
}

std::uint64_t units(const Job& job) { return dense(job.network.hidden.front()).units; }

std::vector<std::optional<RecipeTarget>> problems(const RecipeResult& result) {
  std::vector<std::optional<RecipeTarget>> problems;
  for (const RecipeRun& run : result.runs) problems.push_back(run.step.against);
  return problems;
}

const RecipeRun& run(const RecipeResult& result, int number) {
  return result.runs[static_cast<std::size_t>(number) - 1];
}

// Width alone fits the training set; the dev error shows none of it.
TEST(RecipeBook, FitsTheTrainingSetByTheTrainingError) {
  const RecipeResult result = follow(4, [](const Job& job) {
    return Errors{units(job) < 64 ? 0.3 : units(job) < 256 ? 0.15 : 0.001, 0.31};
  });
  EXPECT_EQ(run(result, 2).step.kind, "bigger network");
  EXPECT_EQ(run(result, 2).outcome, RecipeOutcome::kept);
  EXPECT_EQ(run(result, 3).step.kind, "bigger network") << "what was kept continues";
  EXPECT_EQ(run(result, 3).outcome, RecipeOutcome::kept);
  EXPECT_EQ(run(result, 4).based_on, 3);
  EXPECT_EQ(run(result, 4).step.against, RecipeTarget::variance) << "the training set is fitted";
  EXPECT_EQ(result.best, 1) << "of equal dev errors the smallest network";
}

// Nothing moves the training error: a floor, and nothing beyond it.
TEST(RecipeBook, WhatNothingMovesIsProbablyTheBaseError) {
  const RecipeResult result = follow(30, [](const Job&) { return Errors{0.2, 0.205}; });
  EXPECT_EQ(result.end, RecipeEnd::neither);
  ASSERT_TRUE(result.assumed_base);
  EXPECT_EQ(result.assumed_base->error, 0.2);
  EXPECT_EQ(result.assumed_base->run, 1);
  EXPECT_EQ(result.assumed_base->steps, static_cast<int>(result.runs.size()) - 1);
  std::vector<std::string> kinds;
  for (const RecipeRun& each : result.runs) kinds.push_back(each.step.kind);
  for (const char* kind : {"bigger network", "train longer", "learning rate", "schedule"}) {
    EXPECT_EQ(std::ranges::count(kinds, kind), 1) << kind << " had its turn, once";
  }
  EXPECT_LT(result.runs.size(), 12U);
}

TEST(RecipeBook, GoesOnToVarianceWhenBiasDoesNotMove) {
  const RecipeResult result = follow(30, [](const Job&) { return Errors{0.2, 0.3}; });
  ASSERT_TRUE(result.assumed_base);
  const auto against = problems(result);
  const auto first = std::ranges::find(against, RecipeTarget::variance);
  ASSERT_NE(first, against.end());
  EXPECT_EQ(first - against.begin(), result.assumed_base->steps + 1);
  EXPECT_FALSE(std::ranges::count(first, against.end(), RecipeTarget::bias) > 0);
}

// Two layers help only a wide network: tried in vain at first, then again.
TEST(RecipeBook, WhatFailedOnOneFootingIsTriedOnAnother) {
  const RecipeResult result = follow(30, [](const Job& job) {
    const bool deep = job.network.hidden.size() > 1;
    const bool decays = job.schedule.kind.index() != 0;
    if (deep && decays) return Errors{0.001, 0.01};
    return Errors{decays ? 0.2 : 0.3, 0.31};
  });
  EXPECT_EQ(result.end, RecipeEnd::neither);
  EXPECT_EQ(run(result, result.best).diagnosis->train->error, 0.001);
}

// L2 cures the variance and costs fit, which a wider network gets back.
TEST(RecipeBook, GoesBackAndForth) {
  const RecipeResult result = follow(30, [](const Job& job) {
    const bool l2 = job.network.hidden.front().penalty.l2_lambda > 0;
    if (!l2) return Errors{0.001, 0.2};
    return units(job) > 16 ? Errors{0.001, 0.01} : Errors{0.08, 0.09};
  });
  EXPECT_EQ(result.end, RecipeEnd::neither);
  EXPECT_EQ(run(result, 2).step.kind, "L2");
  EXPECT_EQ(run(result, 2).outcome, RecipeOutcome::kept);
  EXPECT_EQ(run(result, 3).step.kind, "bigger network");
  EXPECT_EQ(run(result, 3).step.against, RecipeTarget::bias);
  EXPECT_EQ(result.best, 3);
}

// Nothing is kept; the best guess is where the recipe continues.
TEST(RecipeBook, WhenEveryKindHasFailedItGoesOnFromTheBestOnDev) {
  const RecipeResult result = follow(30, [](const Job& job) {
    const bool dropout = job.network.hidden.front().epilogue.keep_prob < 1;
    return Errors{0.001, dropout && units(job) == 16 ? 0.095 : 0.1};
  });
  EXPECT_EQ(result.end, RecipeEnd::budget) << "not given up early";
  std::set<int> footings;
  for (const RecipeRun& each : result.runs) {
    if (each.based_on == 0) continue;
    EXPECT_EQ(each.outcome, RecipeOutcome::discarded);
    footings.insert(each.based_on);
  }
  EXPECT_THAT(footings, Contains(result.best));
  EXPECT_EQ(run(result, result.best).step.kind, "dropout") << "the winner was discarded";
  EXPECT_GT(result.as_good, 1);
}

TEST(RecipeBook, NoJobIsTrainedTwice) {
  std::set<std::string> jobs;
  RecipeBook book(start(), 60);
  while (!book.next_job().empty()) {
    EXPECT_TRUE(jobs.insert(book.next_job()).second);
    book.take(record(book.next_job(), {0.2, 0.4}));
  }
  EXPECT_EQ(book.result().runs.size(), jobs.size());
}

TEST(RecipeBook, AnAssumptionThatIsProvedWrongIsDropped) {
  // Against bias nothing helps; dropout, of all things, fits the training set better.
  RecipeBook book(start(), 30);
  const auto go_on = [&] {
    const Job job = parse_job(book.next_job(), "job", "/", {}).job;
    const bool dropout = job.network.hidden.front().epilogue.keep_prob < 1;
    book.take(record(book.next_job(), dropout ? Errors{0.1, 0.15} : Errors{0.2, 0.3}));
    return dropout;
  };
  while (!go_on()) {
  }
  EXPECT_EQ(book.result().runs.back().step.kind, "dropout");
  EXPECT_FALSE(book.result().assumed_base);
  go_on();
  EXPECT_EQ(book.result().runs.back().step.against, RecipeTarget::bias)
      << "there may be bias after all";
}

// The loss is what has blown up, beyond ten times that of guessing, and not a penalty.
TEST(RecipeBook, ALargePenaltyIsNoBlowUp) {
  const auto outcome = [](double loss, double l2, double l1) {
    RecipeBook book(start(), 3);
    RunRecord first = record(book.next_job(), {0.3, 0.3});
    first.summary.train_cost = loss + l2 + l1;
    first.summary.l2_penalty = l2;
    first.summary.l1_penalty = l1;
    book.take(first);
    return book.result().runs.front().outcome;
  };
  const double guessing = std::log(3.0);
  EXPECT_EQ(outcome(9.9 * guessing, 0, 0), RecipeOutcome::start);
  EXPECT_EQ(outcome(10.1 * guessing, 0, 0), RecipeOutcome::blown_up);
  EXPECT_EQ(outcome(0.5, 1000, 0), RecipeOutcome::start);
  EXPECT_EQ(outcome(0.5, 0, 1000), RecipeOutcome::start);
}

// What is set again replaces the line before, so that the lines are the job.
TEST(RecipeBook, ALineThatIsSetAgainStandsOnce) {
  const RecipeResult result = follow(4, [](const Job& job) {
    return Errors{units(job) < 64 ? 0.3 : units(job) < 256 ? 0.15 : 0.001, 0.31};
  });
  EXPECT_EQ(run(result, 2).set, std::vector<std::string>{"network.layer[0].units=64"});
  EXPECT_EQ(run(result, 3).set, std::vector<std::string>{"network.layer[0].units=256"});
}

TEST(RecipeBook, AStepThatDivergesHasHadItsTurn) {
  RecipeBook book(start(), 3);
  book.take(record(book.next_job(), {0.3, 0.3}));
  book.take_divergence("diverged");
  EXPECT_NE(book.result().runs[1].step.kind, "train longer");
  book.take(record(book.next_job(), {0.3, 0.3}));
  EXPECT_EQ(book.result().runs[2].step.kind, "train longer");
  EXPECT_EQ(book.result().runs[2].based_on, 1);
  EXPECT_EQ(book.result().end, RecipeEnd::budget);
}

// 160 and 140 of 2000 dev examples wrong, the 140 among the 160: beyond chance as pairs, but
// not where changed data was allowed, and the examples are others.
TEST(RecipeBook, RunsOnOtherDataAreNoPairs) {
  const auto outcome_on = [](const std::string& dev_fingerprint) {
    const auto wrong_of = [](std::size_t n, std::size_t wrong) {
      ExampleErrors answers(n, 0);
      std::fill_n(answers.begin(), wrong, 1);
      return answers;
    };
    RecipeBook book(start(), 2);
    RunRecord first = record(book.next_job(), {0, 0.08});
    first.answers = {wrong_of(16'000, 0), wrong_of(2000, 160)};
    first.summary.dev_fingerprint = "a";
    book.take(first);
    RunRecord second = record(book.next_job(), {0, 0.07});
    second.answers = {wrong_of(16'000, 0), wrong_of(2000, 140)};
    second.summary.dev_fingerprint = dev_fingerprint;
    book.take(second);
    return book.result().runs.back().outcome;
  };
  EXPECT_EQ(outcome_on("a"), RecipeOutcome::kept);
  EXPECT_EQ(outcome_on("b"), RecipeOutcome::discarded);
}

}  // namespace
}  // namespace lockstep

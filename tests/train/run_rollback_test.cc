// A run that diverges and rolls back: the same bits at every layout and through interruptions, and
// those of the same steps taken one by one.

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/run_files.h"
#include "comm/agreement.h"
#include "model/build.h"
#include "nn/initializer.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "support/weights_probe.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kNever = 1'000'000;

// An epoch has 5 steps, and each is evaluated.
class RunRollback : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  [[nodiscard]] LoadedJob job(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> overrides = {"training.on_nonfinite=ROLLBACK", "early_stopping=none",
                                          "training.epochs=4"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    return tiny_job(directory_, overrides);
  }

  // A run whose weights are damaged once, after `damaged` steps, and which is asked to stop after
  // `stopped` steps, in the step after them.
  [[nodiscard]] TrainOptions options(const char* name, int threads, std::uint64_t damaged,
                                     std::uint64_t stopped = kNever) const {
    TrainOptions options;
    options.layout = {comm_.size(), threads};
    options.run_dir = directory_ / name;
    options.make_probes = {weights_probe(
        [damaged, done = false](int, std::uint64_t step, std::span<float> weights) mutable {
          if (step != damaged || done) return;
          done = true;
          weights.front() = std::nanf("");
        })};
    options.stop_requested = [stopped](auto step) { return step == stopped; };
    return options;
  }

  [[nodiscard]] std::string failure_of(const LoadedJob& job, const TrainOptions& options) const {
    try {
      train_and_record(job, comm_, options);
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::diverged);
      return error.what();
    }
    return "no failure";
  }

  // The first part is interrupted, and the second one continues.
  [[nodiscard]] Outcome in_two_parts(const LoadedJob& job, const TrainOptions& first,
                                     TrainOptions second) const {
    EXPECT_EQ(train_and_record(job, comm_, first).stop_reason, "interrupted");
    second.resume = Resume::must;
    return train_and_record(job, comm_, second);
  }

  // Of the weights after all steps, taken one by one, those from number `first` on (from 0) with
  // half the rate.
  [[nodiscard]] std::string digest_with_half_rate_from(std::uint64_t first) const {
    const LoadedJob loaded = job();
    const Layout layout{comm_.size(), 1};
    const Dataset data = load_dataset(loaded.job, comm_, layout);
    const Network<float> network(build_network(loaded.job.network, data.features));
    StepEngine<float> engine(loaded.job, comm_, layout, data, network, /*dropout=*/true);
    initialize_parameters(network.spec(), loaded.job.seed, engine.weights());
    for (std::uint64_t step = 0; step < engine.total_steps(); ++step) {
      if (step == first) engine.set_rate_factor(0.5);
      engine.train_step(step, {});
    }
    return digest_hex(digest_of(std::as_bytes(engine.weights())));
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

void expect_end_of(const Outcome& whole, const Outcome& resumed) {
  EXPECT_GT(resumed.text.size(), 200U);
  EXPECT_TRUE(whole.text.ends_with(resumed.text)) << "whole:\n"
                                                  << whole.text << "resumed:\n"
                                                  << resumed.text;
}

TEST_F(RunRollback, HasTheBitsOfTheSameStepsTakenOneByOne) {
  const LoadedJob loaded = job({"checkpointing.enabled=false"});
  const Outcome outcome = train_and_record(loaded, comm_, options("run", 1, 13));
  EXPECT_THAT(outcome.text, HasSubstr("digest " + digest_with_half_rate_from(10)));
}

TEST_F(RunRollback, IsTheSameAtEveryLayout) {
  const LoadedJob loaded = job({"checkpointing.enabled=false"});
  const Communicator self = Communicator::self();
  TrainOptions alone = options("alone", 1, 7);
  alone.layout = {1, 1};
  const Outcome expected = train_and_record(loaded, self, alone);
  for (const int threads : {1, 2}) {
    EXPECT_EQ(train_and_record(loaded, comm_, options("all", threads, 7)).text, expected.text);
  }
  EXPECT_NE(train_and_record(loaded, comm_, options("sound", 1, kNever)).text, expected.text);
}

// The rate is too large until it has been multiplied three times.
TEST_F(RunRollback, ReturnsToTheInitialWeightsUntilTheRateIsRight) {
  const std::vector<std::string> steep = {"checkpointing.enabled=false",
                                          "optimizer={gradient_descent {learning_rate: 1e30}}",
                                          "training.rollback={rate_factor: 1e-11 limit: 3}"};
  const LoadedJob loaded = job(steep);
  const Communicator self = Communicator::self();
  TrainOptions alone = options("alone", 1, kNever);
  alone.layout = {1, 1};
  const Outcome expected = train_and_record(loaded, self, alone);
  EXPECT_EQ(expected.steps, 20U);
  EXPECT_EQ(train_and_record(loaded, comm_, options("all", 2, kNever)).text, expected.text);
  const LoadedJob fewer =
      job({steep[0], steep[1], "training.rollback={rate_factor: 1e-11 limit: 2}"});
  EXPECT_THAT(failure_of(fewer, options("fewer", 1, kNever)),
              HasSubstr("(no rollback: it has rolled back 2 times already"));
}

TEST_F(RunRollback, AResumedRunReturnsToTheSameState) {
  const LoadedJob loaded = job();
  const Outcome whole = train_and_record(loaded, comm_, options("whole", 1, 9));
  // From a state between two evaluations.
  expect_end_of(whole,
                in_two_parts(loaded, options("parts", 2, kNever, 7), options("parts", 1, 9)));
  // From that of an evaluation.
  expect_end_of(whole,
                in_two_parts(loaded, options("exact", 2, kNever, 4), options("exact", 1, 9)));
  // It keeps its smaller rate.
  const Outcome after =
      in_two_parts(loaded, options("after", 2, 9, 12), options("after", 1, kNever));
  expect_end_of(whole, after);
}

TEST_F(RunRollback, AResumedRunReturnsToTheInitialWeights) {
  const LoadedJob loaded = job();
  const Outcome whole = train_and_record(loaded, comm_, options("whole", 1, 3));
  EXPECT_EQ(in_two_parts(loaded, options("parts", 2, kNever, 1), options("parts", 1, 3)).text,
            whole.text);
}

TEST_F(RunRollback, WithoutItsStateTheRunEndsWhenItDiverges) {
  const LoadedJob loaded = job();
  train_and_record(loaded, comm_, options("run", 1, kNever, 7));
  if (comm_.is_root()) {
    std::filesystem::remove(directory_ / "run" / kCheckpointFolder / step_file_name(5));
  }
  comm_.barrier();
  TrainOptions second = options("run", 1, 9);
  second.resume = Resume::must;
  EXPECT_THAT(failure_of(loaded, second),
              HasSubstr("(no rollback: the state to which it would return cannot be read"));
  second = options("run", 1, 12);
  second.resume = Resume::must;
  EXPECT_EQ(train_and_record(loaded, comm_, second).steps, 20U) << "an evaluation came between";
}

// As a person does after a run has ended because a loss was not finite.
TEST_F(RunRollback, ARunThatCouldNotRollBackReturnsToItsLastEvaluation) {
  const LoadedJob stops = job({"training.on_nonfinite=STOP"});
  const auto digest_after = [&](const char* name, std::uint64_t last, std::uint64_t damaged) {
    EXPECT_EQ(train_and_record(stops, comm_, options(name, 1, kNever, last)).steps, last + 1);
    TrainOptions second = options(name, 2, damaged);
    second.resume = Resume::must;
    return train_and_record(job(), comm_, second).text;
  };
  EXPECT_THAT(digest_after("later", 7, 9), HasSubstr("digest " + digest_with_half_rate_from(5)));
  EXPECT_THAT(digest_after("early", 3, 4), HasSubstr("digest " + digest_with_half_rate_from(0)));
}

TEST_F(RunRollback, WithoutThatEvaluationItReturnsToTheStateThatItResumes) {
  train_and_record(job({"training.on_nonfinite=STOP"}), comm_, options("run", 1, kNever, 7));
  if (comm_.is_root()) {
    std::filesystem::remove(directory_ / "run" / kCheckpointFolder / step_file_name(5));
  }
  comm_.barrier();
  TrainOptions second = options("run", 2, 9);
  second.resume = Resume::must;
  EXPECT_THAT(train_and_record(job(), comm_, second).text,
              HasSubstr("digest " + digest_with_half_rate_from(8)));
}

// One damaged in each of its first steps is not helped by a smaller rate.
TEST_F(RunRollback, AStateThatIsItselfDamagedEndsTheRun) {
  TrainOptions damaged = options("run", 1, kNever);
  damaged.make_probes = {weights_probe([](int, std::uint64_t step, std::span<float> weights) {
    if (step == 5) weights.front() = std::nanf("");
  })};
  EXPECT_THAT(failure_of(job(), damaged),
              HasSubstr("(no rollback: no weight has changed since step 5"));
}

}  // namespace
}  // namespace lockstep

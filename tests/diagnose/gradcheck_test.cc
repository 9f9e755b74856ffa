// The check of a whole job: the running layout's gradient is right, and what is
// said of it has the same bits at every layout.

#include "diagnose/gradcheck.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "diagnose/check_job.h"
#include "diagnose/exchanged_gradient.h"
#include "support/collective.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

// All bits of a result.
std::string text_of(const GradcheckResult& result) {
  std::string text =
      fmt::format("{} of {} rows {}\n", result.entries, result.parameters, result.rows);
  for (const GradcheckStage& stage : result.stages) {
    text += fmt::format("step {} digest {} J {:a} ratio {:a}\n", stage.step, stage.weights_digest,
                        stage.check.cost, stage.check.all.ratio);
    for (const TensorCheck& tensor : stage.check.tensors) {
      text += fmt::format("{} {:a}\n", tensor.tensor.name, tensor.comparison.ratio);
      for (const CheckedEntry& entry : tensor.entries) {
        text += fmt::format("{} {:a} {:a} {:a} {}\n", entry.entry, entry.numerical, entry.analytic,
                            entry.epsilon, entry.at_kink);
      }
    }
  }
  return text;
}

class Gradcheck : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 101);
    comm_.barrier();
  }

  // Collective.
  GradcheckResult on_all(const std::vector<std::string>& overrides,
                         const GradcheckOptions& options = {}, int threads = 1,
                         const GradientSource& source = exchanged_gradient) {
    return gradcheck(check_job(directory_, overrides).job, nullptr, comm_, {comm_.size(), threads},
                     options, source);
  }
  GradcheckResult alone(const std::vector<std::string>& overrides,
                        const GradcheckOptions& options = {}) {
    return gradcheck(check_job(directory_, overrides).job, nullptr, Communicator::self(), {1, 1},
                     options);
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

GradcheckOptions trained() {
  GradcheckOptions options;
  options.after = 11;
  return options;
}

TEST_F(Gradcheck, SameBitsAtEveryLayoutBeforeAndAfterTraining) {
  for (const bool frozen : {false, true}) {
    GradcheckOptions options = trained();
    options.frozen_dropout = frozen;
    const std::string expected = text_of(alone({}, options));
    EXPECT_NE(expected.find("step 11"), std::string::npos);
    for (const int threads : {1, 2}) {
      if (comm_.size() * threads > 6) continue;  // shards
      const std::string text = text_of(on_all({}, options, threads));
      if (comm_.is_root()) {
        EXPECT_EQ(text, expected) << threads << " threads, frozen: " << frozen;
      }
    }
  }
}

TEST_F(Gradcheck, EveryActivationLossPenaltyAndBatchIsGreat) {
  const std::vector<std::vector<std::string>> jobs = {
      {},
      {"network.output.loss=LOGISTIC"},
      {"network.output.loss=SQUARED_ERROR"},
      {"regularization={}"},
      {"regularization={l2_lambda: 3, include_biases: true}"},
      {"regularization={l1_lambda: 3, include_biases: true}"},
      {"network.layer[1].regularization={l2_lambda: 5}"},
      {"training.full_batch=true"},
      {"training.shards=1"},
      {"optimizer.gradient_descent.learning_rate=0.1"},
      {"exchange.shared_memory=false"},
  };
  for (const auto& overrides : jobs) {
    for (const bool frozen : {false, true}) {
      GradcheckOptions options = trained();
      options.frozen_dropout = frozen;
      if (comm_.size() > 1 && !overrides.empty() && overrides[0] == "training.shards=1") continue;
      const GradcheckResult result = on_all(overrides, options);
      if (!comm_.is_root()) continue;
      const std::string name = overrides.empty() ? "plain" : overrides[0];
      EXPECT_TRUE(result.passed()) << name;
      EXPECT_EQ(result.entries, 347U) << "every entry of a small network";
      ASSERT_EQ(result.stages.size(), 2U);
      for (const GradcheckStage& stage : result.stages) {
        EXPECT_EQ(stage.verdict, GradientVerdict::great) << name << " step " << stage.step;
        EXPECT_LE(stage.check.all.at_kink, 10U) << name;
        EXPECT_FALSE(stage.suspect.has_value());
      }
    }
  }
}

TEST_F(Gradcheck, FrozenDropoutAndTheBatchAreSeen) {
  GradcheckOptions frozen;
  frozen.frozen_dropout = true;
  GradcheckOptions small;
  small.rows = 6;
  const GradcheckResult off = on_all({});
  const GradcheckResult masked = on_all({}, frozen);
  const GradcheckResult few = on_all({}, small);
  if (!comm_.is_root()) return;
  EXPECT_EQ(off.rows, 24U);
  EXPECT_EQ(few.rows, 6U);
  EXPECT_TRUE(off.has_dropout && !off.frozen_dropout && masked.frozen_dropout);
  EXPECT_TRUE(off.augmentation && off.penalty);
  EXPECT_NE(off.stages[0].check.cost, masked.stages[0].check.cost);
  EXPECT_NE(off.stages[0].check.cost, few.stages[0].check.cost);
}

TEST_F(Gradcheck, TrainsToTheWeightsOfTrain) {
  const LoadedJob job = check_job(directory_);
  TrainOptions train_options;
  train_options.layout = {comm_.size(), 1};
  train_options.run_dir = directory_ / "run";
  const Summary summary = train(job.job, job.resolved_text, comm_, train_options, {});
  const GradcheckResult result = on_all({}, trained());
  if (!comm_.is_root()) return;
  EXPECT_EQ(result.stages[1].step, 11U);
  EXPECT_EQ(result.stages[1].weights_digest, summary.weights_digest);
  EXPECT_NE(result.stages[0].weights_digest, summary.weights_digest);
}

TEST_F(Gradcheck, ASampleOfALargerNetwork) {
  GradcheckOptions options;
  const std::vector<std::string> wide = {"network.layer[0].units=400"};
  const GradcheckResult sampled = on_all(wide, options);
  options.entries = 7;
  const GradcheckResult fewer = on_all(wide, options);
  if (!comm_.is_root()) return;
  EXPECT_EQ(sampled.entries, 2U * 50 + 50 + 8 + 50 + 8 + 50 + 8 + 24 + 3);
  EXPECT_EQ(fewer.entries, 9U * 7 + 3);
  EXPECT_TRUE(sampled.passed());
  EXPECT_TRUE(fewer.passed());
}

TEST_F(Gradcheck, EntriesAtAKinkAreCounted) {
  // With weights of zero every ReLU unit stands exactly at its kink.
  const GradcheckResult result =
      on_all({"network.layer[1].initializer={kind: ZERO}", "regularization={}"});
  if (!comm_.is_root()) return;
  const std::vector<TensorCheck>& tensors = result.stages[0].check.tensors;
  EXPECT_EQ(tensors[2].comparison.at_kink, 64U);
  EXPECT_EQ(tensors[3].comparison.at_kink, 8U);
  EXPECT_EQ(tensors[3].comparison.verdict, GradientVerdict::unresolved);
  EXPECT_EQ(result.stages[0].check.all.at_kink, 72U);
  EXPECT_TRUE(result.passed()) << "nothing speaks against it";
  EXPECT_FALSE(result.confirmed()) << "nor for that tensor";
}

TEST_F(Gradcheck, ALargeEpsilonIsReducedAtKinksAndWhereJBends) {
  GradcheckOptions options;
  options.epsilon = 0.1;
  const GradcheckResult result = on_all({}, options);
  if (!comm_.is_root()) return;
  EXPECT_GT(result.stages[0].check.all.reduced, 100U);
  EXPECT_TRUE(result.confirmed());
  EXPECT_EQ(text_of(result), text_of(alone({}, options)));
}

// Inputs in the thousands make steep units.
TEST_F(Gradcheck, InputsThatAreNotNormalizedAreNoFaultOfTheGradient) {
  const std::vector<std::string> steep = {"regularization={}",
                                          "data.normalization={ scale { divisor: 0.001 } }",
                                          "network.layer=[{ units: 8 activation: TANH }]"};
  for (const int seed : {1, 2, 3}) {
    auto overrides = steep;
    overrides.push_back(fmt::format("seed={}", seed));
    const GradcheckResult result = on_all(overrides);
    if (!comm_.is_root()) continue;
    EXPECT_TRUE(result.passed()) << seed;
    EXPECT_EQ(text_of(result), text_of(alone(overrides)));
  }
}

TEST_F(Gradcheck, AWrongGradientIsStillWrongWithRefinedDifferences) {
  const GradientSource wrong = [](StepEngine<double>& engine, const Communicator& comm,
                                  std::uint64_t step) {
    std::vector<double> gradient = exchanged_gradient(engine, comm, step);
    for (double& value : std::span(gradient).first(gradient.size() / 2)) value *= 1.001;
    return gradient;
  };
  const GradcheckResult result = on_all({}, {}, 1, wrong);
  if (!comm_.is_root()) return;
  EXPECT_FALSE(result.passed());
  EXPECT_TRUE(result.stages[0].suspect.has_value());
}

TEST_F(Gradcheck, OneSidedDifferencesTellLess) {
  GradcheckOptions one_sided;
  one_sided.one_sided = true;
  const GradcheckResult two = on_all({});
  const GradcheckResult one = on_all({}, one_sided);
  if (!comm_.is_root()) return;
  EXPECT_TRUE(one.one_sided);
  EXPECT_LT(two.stages[0].check.all.ratio, 1e-8);
  // Of the order of epsilon, 1e-5 (1.12).
  EXPECT_GT(one.stages[0].check.all.ratio, 1e-7);
  EXPECT_LT(one.stages[0].check.all.ratio, 1e-4);
  EXPECT_EQ(text_of(one), text_of(alone({}, one_sided)));
}

TEST_F(Gradcheck, AVanishedGradientIsSeenWithLargerSteps) {
  const std::vector<std::string> deep = {"regularization={}",
                                         "network.layer=[{ units: 8 activation: LINEAR repeat: 9 "
                                         "initializer { kind: IDENTITY multiplier: 0.1 } }]"};
  const GradcheckResult result = on_all(deep, trained());
  if (!comm_.is_root()) return;
  EXPECT_TRUE(result.confirmed());
  EXPECT_GT(result.stages[0].check.all.enlarged, 100U);
  EXPECT_EQ(text_of(result), text_of(alone(deep, trained())));
}

// All ranks alike.
TEST_F(Gradcheck, RefusesWhatDoesNotFit) {
  const auto code_of = [&](const std::vector<std::string>& overrides,
                           const GradcheckOptions& options) {
    try {
      on_all(overrides, options);
    } catch (const AgreedError& error) {
      return error.code();
    }
    return ExitCode::ok;
  };
  const auto with = [](const auto& change) {
    GradcheckOptions options;
    change(options);
    return options;
  };
  EXPECT_EQ(code_of({}, with([](auto& o) { o.rows = 25; })), ExitCode::usage);
  EXPECT_EQ(code_of({}, with([](auto& o) { o.rows = 6000; })), ExitCode::usage);
  EXPECT_EQ(code_of({}, with([](auto& o) { o.after = 12; })), ExitCode::usage);
  EXPECT_EQ(code_of({}, with([](auto& o) { o.epsilon = 0; })), ExitCode::usage);
  EXPECT_EQ(code_of({}, with([](auto& o) { o.epsilon = std::nan(""); })), ExitCode::usage);
  EXPECT_EQ(code_of({"optimizer.adam.learning_rate=1e30"}, trained()), ExitCode::diverged);
  const bool last = comm_.rank() == comm_.size() - 1;
  EXPECT_EQ(code_of({}, with([&](auto& o) { o.stop_requested = [last] { return last; }; })),
            ExitCode::interrupted);
}

}  // namespace
}  // namespace lockstep

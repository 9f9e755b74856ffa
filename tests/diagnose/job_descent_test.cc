// The descent check on a job: the same numbers and verdict at every layout, and a
// wrong gradient on whatever rank owns it is found.

#include "diagnose/job_descent.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "comm/agreement.h"
#include "diagnose/descent_verdict.h"
#include "model/build.h"
#include "nn/dense_network.h"
#include "nn/initializer.h"
#include "support/collective.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

std::string text_of(const DescentResult& result) {
  std::string text = fmt::format("{} step {} suggested {:a} norm {:a}\n", enum_name(result.outcome),
                                 result.step.value_or(0), result.suggested_rate.value_or(-1),
                                 result.gradient_norm);
  for (const double cost : result.costs) text += fmt::format("{:a}\n", cost);
  for (const DescentStep& step : result.smaller_steps) {
    text += fmt::format("{:a} {:a} {:a}\n", step.learning_rate, step.change, step.promised);
  }
  return text;
}

class JobDescentTest : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  [[nodiscard]] Job job(const std::vector<std::string>& overrides = {}) const {
    return tiny_job(directory_, overrides).job;
  }
  [[nodiscard]] DescentResult by_all(const Job& job, double rate, int threads = 1,
                                     const JobDescentOptions& options = {}) const {
    JobDescent problem(job, comm_, {comm_.size(), threads}, options);
    return check_descent(problem, {15, rate, {}});
  }
  [[nodiscard]] static DescentResult alone(const Job& job, double rate,
                                           const JobDescentOptions& options = {}) {
    const Communicator self = Communicator::self();
    JobDescent problem(job, self, {}, options);
    return check_descent(problem, {15, rate, {}});
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(JobDescentTest, JFallsWithItsPenaltyThoughTheJobHasDropoutAndBatches) {
  const DescentResult result = by_all(job(), 0.01);
  EXPECT_EQ(result.outcome, DescentOutcome::fell) << descent_verdict(result);
  EXPECT_EQ(result.costs.size(), 16U);
}

TEST_F(JobDescentTest, EveryLossActivationAndPenaltyPasses) {
  for (const std::vector<std::string>& overrides : std::vector<std::vector<std::string>>{
           {"network.output.loss=LOGISTIC"},
           {"network.output.loss=SQUARED_ERROR", "early_stopping.metric=DEV_COST"},
           {"network.layer[0].activation=SIGMOID", "network.layer[1].activation=LEAKY_RELU"},
           {"regularization={l2_lambda: 5 l1_lambda: 1 include_biases: true}"},
           {"data.augmentation={horizontal_flip {}}"}}) {
    const DescentResult result = by_all(job(overrides), 0.002, 2);
    EXPECT_EQ(result.outcome, DescentOutcome::fell)
        << overrides[0] << ": " << descent_verdict(result);
  }
}

// A frozen layer does not move, so its gradient promises nothing.
TEST_F(JobDescentTest, FrozenLayersPass) {
  for (const char* frozen : {"network.layer[0].frozen=true", "network.layer[1].frozen=true",
                             "network.output.frozen=true"}) {
    const DescentResult result = by_all(job({frozen}), 0.005, 2);
    EXPECT_EQ(result.outcome, DescentOutcome::fell) << frozen << ": " << descent_verdict(result);
  }
}

TEST_F(JobDescentTest, TheSameBitsAtEveryLayout) {
  // One that falls, one that rises, one on a sample.
  const std::string falls = text_of(alone(job(), 0.01));
  const std::string rises = text_of(alone(job(), 20));
  const std::string sample = text_of(alone(job(), 0.01, {50}));
  EXPECT_EQ(rises.substr(0, 14), "rate_too_large") << rises;
  EXPECT_NE(sample, falls);
  for (const int threads : {1, 2, 3}) {
    EXPECT_EQ(text_of(by_all(job({"exchange.bucket_bytes=8192"}), 0.01, threads)), falls);
    EXPECT_EQ(text_of(by_all(job(), 20, threads)), rises);
    EXPECT_EQ(text_of(by_all(job(), 0.01, threads, {50})), sample);
  }
  EXPECT_NE(text_of(by_all(job({"seed=8"}), 0.01)), falls)
      << "negative control: another seed must be seen";
}

TEST_F(JobDescentTest, ASuggestedRateDoesFall) {
  const DescentResult rises = by_all(job(), 1000);
  ASSERT_TRUE(on_all_ranks(rises.outcome == DescentOutcome::rate_too_large));
  const DescentResult result = by_all(job(), *rises.suggested_rate / 10);
  EXPECT_EQ(result.outcome, DescentOutcome::fell) << descent_verdict(result);
}

// The gradient of one layer's weights, changed on the ranks that own it.
class WrongGradient : public JobDescent {
 public:
  WrongGradient(const Job& job, const Communicator& comm, const Layout& layout, std::size_t layer,
                double factor)
      : JobDescent(job, comm, layout, {}), layer_(layer), factor_(factor) {}
  double hold() override {
    JobDescent::hold();
    const Range wrong = weight_of(parameter_table(), layer_).range();
    for (std::uint64_t i = wrong.begin; i < wrong.end; ++i) gradient()[i] *= factor_;
    return squared_norm();
  }

 private:
  std::size_t layer_;
  double factor_;
};

TEST_F(JobDescentTest, AnInjectedWrongGradientIsFound) {
  for (const std::size_t layer : {0, 1, 2}) {
    for (const double factor : {-1.0, -3.0, 3.0}) {
      WrongGradient problem(job(), comm_, {comm_.size(), 2}, layer, factor);
      const DescentResult result = check_descent(problem, {10, 0.01, {}});
      EXPECT_EQ(result.outcome, DescentOutcome::gradient_wrong)
          << "layer " << layer << " times " << factor << ": " << descent_verdict(result);
    }
  }
  WrongGradient right(job(), comm_, {comm_.size(), 2}, 1, 1.0);
  EXPECT_EQ(check_descent(right, {10, 0.01, {}}).outcome, DescentOutcome::fell);
}

TEST_F(JobDescentTest, WithoutAnyGradientItIsFlat) {
  const Job zero =
      job({"network={layer { units: 5 initializer { kind: ZERO } } output { units: 1 "
           "loss: SQUARED_ERROR initializer { kind: ZERO } }}",
           "early_stopping.metric=DEV_COST"});
  class NoGradient : public JobDescent {
   public:
    using JobDescent::JobDescent;
    double hold() override {
      JobDescent::hold();
      for (double& g : gradient()) g = 0;
      return squared_norm();
    }
  };
  NoGradient problem(zero, comm_, {comm_.size(), 1}, JobDescentOptions{});
  EXPECT_EQ(check_descent(problem, {10, 0.01, {}}).outcome, DescentOutcome::flat);
}

TEST_F(JobDescentTest, ANetworkThatExplodesIsNotAWrongGradient) {
  const Job explodes = job(
      {"network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY multiplier: 4 } "
       "repeat: 300 } output { units: 3 }}"});
  const DescentResult result = by_all(explodes, 0.1);
  EXPECT_NE(result.outcome, DescentOutcome::gradient_wrong);
  EXPECT_FALSE(passed(result));
  const Job overflows = job(
      {"network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY multiplier: 40 "
       "} repeat: 300 } output { units: 3 }}"});
  EXPECT_EQ(by_all(overflows, 0.1).outcome, DescentOutcome::not_finite);
}

// J at the start of a sample that is everything is J.
TEST_F(JobDescentTest, ASampleKeepsThePenaltyOfTheWholeSet) {
  JobDescent whole(job(), comm_, {comm_.size(), 1}, {});
  JobDescent all(job(), comm_, {comm_.size(), 1}, {5000});
  EXPECT_EQ(whole.cost(), all.cost());
  EXPECT_EQ(all.examples(), 101U);

  JobDescent sample(job(), comm_, {comm_.size(), 1}, {30});
  JobDescent unpenalized(job({"regularization.l2_lambda=0"}), comm_, {comm_.size(), 1}, {30});
  EXPECT_EQ(sample.examples(), 30U);
  EXPECT_EQ(sample.train_examples(), 101U);
  const Network<double> network(build_network(job().network, kTinyFeatures));
  std::vector<double> weights(network.parameter_table().size);
  initialize_parameters<double>(network.spec(), job().seed, weights);
  double squares = 0;
  for (std::size_t layer = 0; layer < 3; ++layer) {
    for (const double w :
         tensor_view(weight_of(network.parameter_table(), layer), std::span(weights)).values())
      squares += w * w;
  }
  EXPECT_NEAR(sample.cost() - unpenalized.cost(), 0.3 / (2 * 101) * squares, 1e-9);
}

TEST_F(JobDescentTest, RestartGoesBackToTheBeginning) {
  JobDescent problem(job(), comm_, {comm_.size(), 1}, {});
  const double start = problem.cost();
  check_descent(problem, {3, 0.01, {}});
  EXPECT_LT(problem.cost(), start);
  problem.restart();
  EXPECT_EQ(problem.cost(), start);
}

TEST_F(JobDescentTest, StopsTogetherWhenOneRankIsAsked) {
  JobDescentOptions options;
  int calls = 0;
  options.stop_requested = [&] { return ++calls > 2 && comm_.rank() == comm_.size() - 1; };
  JobDescent problem(job(), comm_, {comm_.size(), 1}, options);
  try {
    check_descent(problem, {10, 0.01, {}});
    FAIL() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::interrupted);
  }
}

TEST_F(JobDescentTest, LearningRatesThatMeanTheSame) {
  EXPECT_EQ(descent_learning_rate(Momentum{0.3, 0.9}), 0.3);
  EXPECT_EQ(descent_learning_rate(Nesterov{0.3, 0.9}), 0.3);
  EXPECT_EQ(descent_learning_rate(GradientDescent{0.2}), 0.2);
  EXPECT_EQ(descent_learning_rate(Adam{0.2, 0.9, 0.999, 1e-8}), std::nullopt);
}

}  // namespace
}  // namespace lockstep

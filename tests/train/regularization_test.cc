// Regularization through the whole trainer: weights that the data say nothing
// about show the penalty alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "model/build.h"
#include "nn/dense_network.h"
#include "nn/initializer.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

constexpr std::uint32_t kFewExamples = 60;

// Gradient descent on inputs that are all zero: the first layer's weights have
// no gradient but the penalty's, 0.1 * lambda / m at a time.
constexpr const char* kJob = R"(
  name: "decay" seed: 7
  data {
    train { idx { features: "zeros" labels: "labels" } }
    normalization { none {} }
  }
  network {
    layer { units: 300 activation: TANH }
    output { units: 3 }
  }
  optimizer { gradient_descent { learning_rate: 0.1 } }
  training { full_batch: true shards: 12 steps: 3 }
  checkpointing { every_epochs: 1000 }
  exchange { bucket_bytes: 4096 })";

class Regularization : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) {
      write_tiny_data(directory_, kFewExamples);
      write_idx(directory_ / "zeros", {kFewExamples, kTinyFeatures},
                std::vector<unsigned char>(kFewExamples * kTinyFeatures));
    }
    comm_.barrier();
  }

  // Weights of the first layer, as drawn and after three steps; on rank 0.
  struct Trained {
    std::vector<float> before, after;
    std::vector<Evaluation> evaluations;
    Summary summary;
  };
  Trained train_with(const std::vector<std::string>& overrides) {
    const LoadedJob job = parse_job(kJob, "decay", directory_, overrides);
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / std::to_string(runs_++);
    Trained trained;
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(std::make_unique<Keeper>(trained.evaluations));
    trained.summary = train(job.job, job.resolved_text, comm_, options, observers);
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      const NetworkSpec spec = build_network(job.job.network, kTinyFeatures);
      const ParameterTable table = parameter_table(spec);
      trained.before.resize(table.size);
      initialize_parameters(spec, job.job.seed, std::span(trained.before));
      trained.after = find_latest(options.run_dir / "ckpt").value().checkpoint.weights;
      trained.before.resize(weight_of(table, 0).range().end);
      trained.after.resize(weight_of(table, 0).range().end);
    });
    return trained;
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();

 private:
  class Keeper : public TrainingObserver {
   public:
    explicit Keeper(std::vector<Evaluation>& kept) : kept_(kept) {}
    void on_evaluation(const Evaluation& evaluation) override { kept_.push_back(evaluation); }

   private:
    std::vector<Evaluation>& kept_;
  };
  int runs_ = 0;
};

TEST_F(Regularization, WithoutItSuchWeightsStay) {
  const Trained trained = train_with({});
  EXPECT_EQ(trained.after, trained.before);
}

TEST_F(Regularization, EveryStepMultipliesWeightsByOneMinusAlphaLambdaOverM) {
  const double lambda = 30;
  const Trained trained = train_with({"regularization.l2_lambda=30"});
  const double decay = std::pow(1 - 0.1 * lambda / kFewExamples, 3);
  for (std::size_t i = 0; i < trained.before.size(); ++i) {
    const double expected = decay * static_cast<double>(trained.before[i]);
    EXPECT_NEAR(trained.after[i], expected, 1e-6 * std::abs(expected)) << i;
  }
}

TEST_F(Regularization, EveryStepOfL1MovesWeightsTowardZero) {
  // By 0.1 * 6 / (2 * 60) = 0.005 at a time; nearer ones step across zero.
  const Trained trained = train_with({"regularization.l1_lambda=6"});
  for (std::size_t i = 0; i < trained.before.size(); ++i) {
    if (std::abs(trained.before[i]) < 0.02) continue;
    const double moved = std::copysign(0.015, trained.before[i]);
    EXPECT_NEAR(trained.after[i], static_cast<double>(trained.before[i]) - moved, 1e-6) << i;
  }
}

TEST_F(Regularization, OfALayerReplacesThatOfTheJob) {
  const Trained without =
      train_with({"regularization.l2_lambda=30", "network.layer[0].regularization={l2_lambda: 0}"});
  EXPECT_EQ(without.after, without.before);
  const Trained own = train_with({"network.layer[0].regularization.l2_lambda=30"});
  EXPECT_EQ(own.after, train_with({"regularization.l2_lambda=30"}).after);
}

TEST_F(Regularization, JAndItsPartsAreLoggedApart) {
  const Trained plain = train_with({});
  const Trained both =
      train_with({"regularization={l2_lambda: 2, l1_lambda: 3}", "training.steps=1"});
  if (!comm_.is_root()) return;
  for (const Evaluation& e : both.evaluations) {
    EXPECT_GT(e.l2_penalty, 0);
    EXPECT_GT(e.l1_penalty, 0);
    EXPECT_EQ(e.penalty, e.l2_penalty + e.l1_penalty);
    EXPECT_GT(e.cost, e.penalty);
  }
  for (const Evaluation& e : plain.evaluations) EXPECT_EQ(e.penalty, 0);
  // The last evaluation saw the weights of the summary.
  ASSERT_EQ(both.evaluations.size(), 1U);
  EXPECT_EQ(both.summary.l2_penalty, both.evaluations[0].l2_penalty);
  EXPECT_EQ(both.summary.l1_penalty, both.evaluations[0].l1_penalty);
  EXPECT_EQ(both.summary.weights_norm, both.evaluations[0].weights_norm);
  EXPECT_NEAR(both.summary.l2_penalty,
              2 / (2.0 * kFewExamples) * std::pow(both.summary.weights_norm, 2), 1e-12);
}

}  // namespace
}  // namespace lockstep

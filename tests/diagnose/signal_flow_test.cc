// The signal flow of jobs at their initial weights: the lecture's own cases
// (1.10, 1.11), numbers worked out another way, and the same bits at every layout.

#include "diagnose/signal_flow.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "data/gather.h"
#include "diagnose/flow_at_start.h"
#include "diagnose/record_text.h"
#include "diagnose/sample.h"
#include "model/build.h"
#include "nn/dense_network.h"
#include "nn/initializer.h"
#include "support/collective.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

class FlowAtStart : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  [[nodiscard]] LoadedJob job(const std::string& network,
                              std::vector<std::string> overrides = {}) const {
    overrides.push_back("network={" + network + " output { units: 3 }}");
    return tiny_job(directory_, overrides);
  }
  // On every rank, by one rank.
  FlowRecord alone(const LoadedJob& job, std::uint64_t examples = 64) const {
    return flow_at_start(job.job, Communicator::self(), {}, examples);
  }
  // As text, on every rank, by all of them.
  std::string by_all(const LoadedJob& job, int threads, std::uint64_t examples = 64) const {
    std::string text = text_of(flow_at_start(job.job, comm_, {comm_.size(), threads}, examples));
    comm_.broadcast(text);
    return text;
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

// 12 inputs, so that W = c I passes all of them on.
std::string lecture_network(double multiplier, int layers) {
  return fmt::format(
      "layer {{ units: 12 activation: LINEAR initializer {{ kind: IDENTITY multiplier: {} }} "
      "repeat: {} }}",
      multiplier, layers);
}

TEST_F(FlowAtStart, LinearLayersOfCTimesIGrowAndShrinkByExactlyC) {
  for (const double c : {1.5, 0.9, 0.5}) {
    const FlowRecord record = alone(job(lecture_network(c, 150)));
    ASSERT_TRUE(on_all_ranks(record.layers.size() == 151));
    // 0.5 stays exact until float runs out of numbers, at about 2^-126.
    const std::size_t sound = c == 0.5 ? 100 : 150;
    for (std::size_t i = 1; i < sound; ++i) {
      const LayerFlow& layer = record.layers[i];
      const LayerFlow& before = record.layers[i - 1];
      // c and its powers are rounded to float at every layer.
      EXPECT_NEAR(layer.activation_rms / before.activation_rms, c, 1e-6 * c) << i;
      EXPECT_NEAR(layer.activation_deviation / before.activation_deviation, c, 1e-6 * c) << i;
    }
    for (std::size_t i = 150 - sound + 1; i < 150; ++i) {
      EXPECT_NEAR(record.layers[i - 1].delta_rms / record.layers[i].delta_rms, c, 1e-6 * c) << i;
    }
    EXPECT_NEAR(*record.activation_factor, c, 1e-6);
    EXPECT_NEAR(*record.delta_factor, c, 1e-6);
    EXPECT_EQ(record.findings.size(), 2U);
    EXPECT_EQ(record.findings[0].kind, c > 1 ? "exploding_activations" : "vanishing_activations");
    EXPECT_EQ(record.findings[1].kind, c > 1 ? "exploding_gradients" : "vanishing_gradients");
  }
}

TEST_F(FlowAtStart, FromTheInputsOnTheLecturesPowers) {
  const FlowRecord record = alone(job(lecture_network(1.5, 150)));
  // Inputs are standardized: their mean square is 1 over the whole training set,
  // here about 1 over 64 of 101 examples.
  const double inputs = record.layers[0].activation_rms / 1.5;
  EXPECT_NEAR(inputs, 1, 0.1);
  EXPECT_NEAR(record.layers[149].activation_rms / inputs / std::pow(1.5, 150), 1, 1e-4);
  // ||W||_F of c I is c sqrt(12), and its root mean square c / sqrt(12).
  EXPECT_NEAR(record.layers[149].weight_norm, 1.5 * std::sqrt(12), 1e-6);
  EXPECT_NEAR(record.layers[149].weight_rms, 1.5 / std::sqrt(12), 1e-6);
}

TEST_F(FlowAtStart, OverflowIsDescribed) {
  const FlowRecord record = alone(job(lecture_network(2, 150)));
  ASSERT_TRUE(on_all_ranks(!record.findings.empty()));
  EXPECT_EQ(record.findings[0].kind, "exploding_activations");
  EXPECT_NEAR(*record.activation_factor, 2, 1e-6);
  EXPECT_FALSE(std::isfinite(record.layers[149].activation_rms));
  EXPECT_FALSE(std::isfinite(record.layers[0].gradient_norm));
}

// A ReLU layer of many units keeps half of the mean square of z, whose variance
// is inputs * Var(w) times that of a: so He's 2 / inputs keeps the size, and the
// others change it by a known factor. 50 layers of 100 units: the factor per layer
// is known to about sqrt(5 / 100 / 49) / 2 = 0.016.
TEST_F(FlowAtStart, DeepReluNetworksFollowTheirVariance) {
  const double half = std::sqrt(0.5);
  for (const auto& [initializer, factor] : {std::pair{"kind: HE", 1.0},
                                            {"kind: XAVIER", half},
                                            {"kind: HE multiplier: 2", 1 / half},
                                            {"kind: HE multiplier: 0.5", half}}) {
    const FlowRecord record = alone(job(fmt::format(
        "layer {{ units: 100 activation: RELU initializer {{ {} }} repeat: 50 }}", initializer)));
    ASSERT_TRUE(on_all_ranks(record.layers.size() == 51));
    EXPECT_NEAR(*record.activation_factor, factor, 0.05 * factor) << initializer;
    EXPECT_NEAR(*record.delta_factor, factor, 0.05 * factor) << initializer;
    EXPECT_EQ(record.findings.size(), factor == 1 ? 0U : 2U) << initializer;
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_GT(*record.layers[i].zero_fraction, 0.25);
      EXPECT_LT(*record.layers[i].dead_fraction, 0.75);
    }
  }
}

TEST_F(FlowAtStart, HasTheSameBitsAtEveryLayout) {
  for (const LoadedJob& with :
       {tiny_job(directory_), job(lecture_network(1.5, 20)), job(lecture_network(2, 150)),
        job("layer { units: 40 activation: SIGMOID repeat: 3 }",
            {"exchange.bucket_bytes=8192", "data.augmentation={horizontal_flip {}}"})}) {
    for (const std::uint64_t examples : {1, 50, 1000}) {
      const std::string expected = text_of(alone(with, examples));
      for (const int threads : {1, 2, 3}) {
        EXPECT_EQ(by_all(with, threads, examples), expected) << threads << " threads";
      }
    }
  }
  EXPECT_NE(by_all(tiny_job(directory_, {"seed=8"}), 1), text_of(alone(tiny_job(directory_))))
      << "negative control: another seed must be seen";
}

TEST_F(FlowAtStart, ChangesNeitherByDropoutNorByAugmentation) {
  const std::string plain = text_of(
      alone(tiny_job(directory_, {"network.input_keep_prob=1", "network.layer[0].keep_prob=1",
                                  "network.layer[1].keep_prob=1"})));
  EXPECT_EQ(text_of(alone(tiny_job(directory_))), plain);
  EXPECT_EQ(text_of(alone(
                tiny_job(directory_, {"data.augmentation={horizontal_flip {} shift { horizontal: 1 "
                                      "vertical: 1 }}"}))),
            plain);
}

// Everything once more with plain loops in double.
class Measured : public FlowAtStart {
 protected:
  void build(const LoadedJob& loaded, std::uint64_t examples) {
    const Communicator self = Communicator::self();
    Job plain = loaded.job;
    plain.data.augmentation = std::nullopt;
    data_ = load_dataset(plain, self, {});
    network_.emplace(build_network(plain.network, data_.features));
    weights_.resize(network_->parameter_table().size);
    initialize_parameters<double>(network_->spec(), plain.seed, weights_);
    for (const auto& of_shard : sample_rows(data_, plain.seed, examples)) {
      rows_.insert(rows_.end(), of_shard.begin(), of_shard.end());
    }
  }

  // activations_[layer], deltas_[layer] of one row; gradient_ of all parameters.
  void pass(std::uint32_t row) {
    Workspace<double> workspace(network_->spec(), 1);
    const std::vector<std::uint32_t> one = {row};
    std::vector<float> label(data_.label_width);
    gather_rows<double>(data_.train, one, data_.normalizer, workspace.input());
    gather_labels(data_.train, one, data_.targets, {label.data(), 1, data_.label_width});
    network_->forward(weights_, workspace, 1, std::nullopt, {});
    const std::size_t layers = network_->spec().layers.size();
    activations_.clear();
    for (std::size_t i = 0; i < layers; ++i) {
      const auto values = workspace.activations(i, 1).values();
      activations_.emplace_back(values.begin(), values.end());
    }
    gradient_.assign(weights_.size(), 0.0);
    network_->backward(weights_, workspace, {label.data(), 1, data_.label_width}, gradient_, false);
    deltas_.clear();
    for (std::size_t i = 0; i < layers; ++i) {
      // Of one row, the gradient of the bias is the delta.
      const auto delta =
          tensor_view(bias_of(network_->parameter_table(), i), std::span(gradient_)).values();
      deltas_.emplace_back(delta.begin(), delta.end());
    }
  }

  Dataset data_;
  std::optional<Network<double>> network_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::vector<double>> activations_;
  std::vector<std::vector<double>> deltas_;
  std::vector<double> gradient_;
};

TEST_F(Measured, AgreesWithPlainLoops) {
  const LoadedJob loaded =
      job("layer { units: 30 activation: RELU initializer { kind: HE multiplier: 4 } }"
          "layer { units: 20 activation: TANH initializer { kind: XAVIER multiplier: 30 } }"
          "layer { units: 10 activation: SIGMOID initializer { kind: XAVIER multiplier: 30 } }");
  constexpr std::uint64_t kExamples = 37;
  build(loaded, kExamples);
  const FlowRecord record = alone(loaded, kExamples);
  ASSERT_TRUE(on_all_ranks(rows_.size() == kExamples && record.layers.size() == 4));
  EXPECT_EQ(record.examples, kExamples);

  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0;
    double squares = 0;
    double delta_squares = 0;
    double zeros = 0;
    double saturated = 0;
    const std::size_t units = dense(network_->spec().layers[i]).units;
    std::vector<bool> active(units);
    for (const std::uint32_t row : rows_) {
      pass(row);
      for (std::size_t u = 0; u < units; ++u) {
        const double a = activations_[i][u];
        sum += a;
        squares += a * a;
        delta_squares += deltas_[i][u] * deltas_[i][u];
        if (a == 0) {
          ++zeros;
        } else {
          active[u] = true;
        }
        if (i == 1 && std::abs(a) > 0.98) ++saturated;
        if (i == 2 && (a < 0.01 || a > 0.99)) ++saturated;
      }
    }
    const double count = static_cast<double>(kExamples * units);
    const double mean = sum / count;
    const LayerFlow& layer = record.layers[i];
    EXPECT_EQ(layer.units, units);
    EXPECT_NEAR(layer.activation_mean, mean, 1e-5 * std::sqrt(squares / count));
    EXPECT_NEAR(layer.activation_rms / std::sqrt(squares / count), 1, 1e-5);
    EXPECT_NEAR(layer.activation_deviation / std::sqrt(squares / count - mean * mean), 1, 1e-4);
    EXPECT_NEAR(layer.delta_rms / std::sqrt(delta_squares / count), 1, 1e-4);
    EXPECT_EQ(layer.zero_fraction.has_value(), i == 0);
    EXPECT_EQ(layer.saturated_fraction.has_value(), i == 1 || i == 2);
    if (i == 0) {
      EXPECT_DOUBLE_EQ(*layer.zero_fraction, zeros / count);
      EXPECT_DOUBLE_EQ(*layer.dead_fraction,
                       static_cast<double>(std::count(active.begin(), active.end(), false)) /
                           static_cast<double>(units));
    }
    if (i == 1 || i == 2) {
      EXPECT_GT(saturated, 0);
      EXPECT_NEAR(*layer.saturated_fraction, saturated / count, 1.5 / count);
    }
  }
}

// Of J over the first batch, with its penalty: here the whole training set.
TEST_F(Measured, GradientNormsAreThoseOfJ) {
  const LoadedJob loaded = tiny_job(directory_, {"training.full_batch=true"});
  build(loaded, 101);
  ASSERT_TRUE(on_all_ranks(rows_.size() == 101));
  std::vector<double> sum(weights_.size());
  for (const std::uint32_t row : rows_) {
    pass(row);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += gradient_[i];
  }
  const FlowRecord record = alone(loaded);
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    const Range range = weight_of(network_->parameter_table(), i).range();
    double squares = 0;
    for (std::uint64_t k = range.begin; k < range.end; ++k) {
      const double g = sum[k] / 101 + 0.3 / 101 * weights_[k];
      squares += g * g;
    }
    EXPECT_NEAR(record.layers[i].gradient_norm / std::sqrt(squares), 1, 1e-4) << i;
  }
}

// Units with a large negative bias are zero for every example, on whatever rank
// the examples are; one active example anywhere brings a unit back to life.
TEST_F(FlowAtStart, DeadMeansZeroForEveryExampleOfAllRanks) {
  const LoadedJob loaded =
      job("layer { units: 12 activation: RELU initializer { kind: IDENTITY } }");
  const Layout layout{comm_.size(), 2};
  const Dataset data = load_dataset(loaded.job, comm_, layout);
  const Network<float> network(build_network(loaded.job.network, data.features));
  std::vector<float> weights(network.parameter_table().size);
  initialize_parameters<float>(network.spec(), 1, weights);
  const auto bias = tensor_view(bias_of(network.parameter_table(), 0), std::span(weights)).values();
  for (std::size_t u = 0; u < 5; ++u) bias[u] = -100;  // inputs are standardized
  WorkerPool pool(2);
  SignalFlow flow(comm_, pool, network, data, layout, {1, 101});
  FlowRecord record = flow.measure(weights);
  if (comm_.is_root()) {
    EXPECT_DOUBLE_EQ(*record.layers[0].dead_fraction, 5.0 / 12);
  }
  // Again with other weights: nothing is left of the first time.
  std::fill(bias.begin(), bias.end(), 0.0F);
  record = flow.measure(weights);
  if (comm_.is_root()) {
    EXPECT_EQ(record.layers[0].dead_fraction, 0);
  }
}

TEST_F(FlowAtStart, TheSampleIsTheFirstOfTheFirstEpochInEqualParts) {
  const Dataset data = load_dataset(tiny_job(directory_).job, comm_, {comm_.size(), 1});
  std::uint64_t own = 0;
  for (const auto& of_shard : sample_rows(data, 7, 50)) {
    EXPECT_GE(of_shard.size(), 50U / 12);
    EXPECT_LE(of_shard.size(), 50U / 12 + 1);
    EXPECT_TRUE(std::ranges::adjacent_find(of_shard) == of_shard.end());
    own += of_shard.size();
  }
  EXPECT_EQ(comm_.sum(own), 50U);
  own = 0;
  for (const auto& of_shard : sample_rows(data, 7, 5000)) own += of_shard.size();
  EXPECT_EQ(comm_.sum(own), 101U);
}

}  // namespace
}  // namespace lockstep

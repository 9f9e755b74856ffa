// Faults put into the gradient are found, at any number of ranks, and the layer
// is named (lecture 1.14).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "diagnose/check_job.h"
#include "diagnose/cost_probe.h"
#include "diagnose/entry_sample.h"
#include "diagnose/faulty_gradient.h"
#include "diagnose/gradient_check.h"
#include "diagnose/gradient_suspect.h"
#include "model/build.h"
#include "nn/initializer.h"
#include "support/collective.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::size_t kLayers = 5;

class GradientFaults : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 101);
    comm_.barrier();
  }

  // Collective. The check of a gradient with `faults`, on rank 0.
  GradientCheck check(const Faults& faults, const std::vector<std::string>& overrides = {}) {
    const Job job = check_job(directory_, overrides).job;
    const Layout layout{comm_.size(), 1};
    Dataset data = load_dataset(job, comm_, layout);
    data.augmentation.reset();
    const Network<double> network(build_network(job.network, data.features));
    std::vector<double> weights(network.parameter_table().size);
    initialize_parameters<double>(network.spec(), job.seed, weights);
    const RegularizationSpec regularization = build_regularization(job);
    WorkerPool pool(1);
    CostProbe probe({network, data, regularization, job.seed, /*dropout=*/false}, comm_, layout,
                    pool);
    return check_gradient(
        probe, comm_, network.parameter_table(), weights,
        {.epsilon = 1e-5,
         .entries = sample_entries(network.parameter_table(), weights.size(), job.seed),
         .on_progress = {}},
        [&](std::span<const double> at) {
          return faulty_gradient(job, data, network, comm_, layout, at, faults);
        });
  }

  // Collective. On rank 0 calls look(check, suspect): there must be one.
  void expect_found(const Faults& faults,
                    const std::function<void(const GradientCheck&, const Suspect&)>& look) {
    const GradientCheck checked = check(faults);
    if (!comm_.is_root()) return;
    EXPECT_EQ(worst_verdict(checked), GradientVerdict::wrong);
    const auto suspect = find_suspect(checked, 24);
    EXPECT_TRUE(suspect.has_value());
    look(checked, suspect.value_or(Suspect()));
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(GradientFaults, ControlWithoutAFaultIsGreat) {
  const GradientCheck checked = check({});
  if (!comm_.is_root()) return;
  EXPECT_EQ(worst_verdict(checked), GradientVerdict::great);
  EXPECT_LE(checked.all.ratio, 1e-8);
  EXPECT_EQ(checked.all.compared + checked.all.at_kink, 347U);
  EXPECT_LE(checked.all.at_kink, 3U);
  EXPECT_FALSE(find_suspect(checked, 24).has_value());
}

TEST_F(GradientFaults, MissingDivisionByTheBatch) {
  expect_found({.no_division = true}, [](const GradientCheck&, const Suspect& suspect) {
    EXPECT_THAT(suspect.tensors, SizeIs(2 * kLayers));
    EXPECT_THAT(suspect.hint, HasSubstr("24 times what it should be"));
    EXPECT_THAT(suspect.hint, HasSubstr("not divided by its 24 examples (1/m)"));
  });
}

TEST_F(GradientFaults, PenaltyCountedTwice) {
  expect_found({.penalty_times = 2}, [](const GradientCheck& checked, const Suspect& suspect) {
    EXPECT_THAT(suspect.tensors, ElementsAre("layer1.weight", "layer2.weight", "layer3.weight",
                                             "layer4.weight", "layer5.weight"));
    EXPECT_THAT(suspect.hint, HasSubstr("look at the penalty"));
    for (std::size_t l = 0; l < kLayers; ++l) {
      EXPECT_EQ(checked.tensors[2 * l + 1].comparison.verdict, GradientVerdict::great);
    }
  });
}

TEST_F(GradientFaults, PenaltyCountedTwiceOrLeftOutInOneLayer) {
  for (const double times : {2.0, 0.0}) {
    for (std::size_t layer = 1; layer <= kLayers; ++layer) {
      expect_found({.penalty_times = times, .only_penalty_of = layer}, [&](const GradientCheck&,
                                                                           const Suspect& suspect) {
        EXPECT_THAT(suspect.tensors, ElementsAre("layer" + std::to_string(layer) + ".weight"));
        EXPECT_EQ(suspect.layer, layer);
      });
    }
  }
}

TEST_F(GradientFaults, AShardLeftOutOfTheSum) {
  for (const std::uint64_t shard : {0U, 2U, 5U}) {
    expect_found({.left_out = shard}, [](const GradientCheck&, const Suspect& suspect) {
      EXPECT_THAT(suspect.tensors, SizeIs(2 * kLayers));
      EXPECT_THAT(suspect.hint, HasSubstr("the sum over shards and ranks"));
    });
  }
}

TEST_F(GradientFaults, AWrongSlopeInOneLayer) {
  for (std::size_t layer = 1; layer < kLayers; ++layer) {
    expect_found({.wrong_slope_of = layer}, [&](const GradientCheck&, const Suspect& suspect) {
      EXPECT_EQ(suspect.layer, layer);
      EXPECT_THAT(suspect.tensors, SizeIs(2 * layer));
      const std::string name = std::to_string(layer);
      EXPECT_THAT(suspect.hint, HasSubstr("layer " + name + " (W and b) is off"));
      EXPECT_THAT(suspect.hint, HasSubstr("the slope of layer " + name + "'s activation"));
    });
  }
}

// Signals shrink to 0.15^8 on the way back (1.10): with the usual epsilon all that is
// seen of the gradient is J's rounding.
TEST_F(GradientFaults, AreFoundWhereSignalsVanish) {
  const std::vector<std::string> deep = {
      "regularization={}",
      "network.layer=[{ units: 8 activation: TANH }, { units: 8 activation: LINEAR repeat: 8 "
      "initializer { kind: IDENTITY multiplier: 0.15 } }]"};
  const GradientCheck right = check({}, deep);
  const GradientCheck wrong = check({.wrong_slope_of = 1}, deep);
  if (!comm_.is_root()) return;
  EXPECT_LT(right.tensors[1].comparison.numerical_norm, 1e-6);
  EXPECT_GT(right.tensors[1].comparison.enlarged, 0U);
  EXPECT_LE(worst_verdict(right), GradientVerdict::fair);
  EXPECT_EQ(wrong.tensors[0].comparison.verdict, GradientVerdict::wrong);
  EXPECT_LE(wrong.tensors[2].comparison.verdict, GradientVerdict::fair);
  // The differences do not depend on the gradient that is checked.
  for (std::size_t t = 0; t < right.tensors.size(); ++t) {
    EXPECT_EQ(right.tensors[t].comparison.numerical_norm,
              wrong.tensors[t].comparison.numerical_norm);
  }
}

TEST_F(GradientFaults, ATransposedMatrixOfWeights) {
  for (const std::size_t layer : {2U, 3U, 4U}) {
    expect_found({.transposed_weight = layer}, [&](const GradientCheck&, const Suspect& suspect) {
      EXPECT_EQ(suspect.layer, layer - 1);
      EXPECT_THAT(suspect.tensors, SizeIs(2 * (layer - 1)));
      EXPECT_THAT(suspect.hint, HasSubstr("take its output (layer " + std::to_string(layer) +
                                          " in a chain) hand their dz down"));
    });
  }
}

TEST_F(GradientFaults, ATransposedGradientOfWeights) {
  for (const std::size_t layer : {2U, 3U, 4U}) {
    expect_found({.transposed_gradient = layer}, [&](const GradientCheck&, const Suspect& suspect) {
      const std::string name = "layer" + std::to_string(layer) + ".weight";
      EXPECT_THAT(suspect.tensors, ElementsAre(name));
      EXPECT_EQ(suspect.layer, layer);
      EXPECT_THAT(suspect.hint, HasSubstr("only " + name + " is off"));
    });
  }
}

}  // namespace
}  // namespace lockstep

// Signs of faults, on made-up numbers; real faults are in faults_test.cc.

#include "diagnose/gradient_suspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/made_up_check.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<Suspect> find(const std::function<void(CheckedEntry&)>& spoil,
                            const ParameterTable& table) {
  return find_suspect(compare_entries(table, made_up_entries(table, spoil), 1, kMadeUpEpsilon), 24);
}

// There must be one.
Suspect suspect(const std::function<void(CheckedEntry&)>& spoil,
                const ParameterTable& table = made_up_table()) {
  const auto found = find(spoil, table);
  EXPECT_TRUE(found.has_value());
  return found.value_or(Suspect());
}

TEST(GradientSuspect, NoneWhenAllIsRight) { EXPECT_FALSE(find({}, made_up_table()).has_value()); }

TEST(GradientSuspect, AFactorOfAllBiases) {
  const Suspect found = suspect([](CheckedEntry& entry) { entry.analytic *= 24; });
  EXPECT_THAT(found.hint, HasSubstr("24 times"));
  EXPECT_THAT(found.hint, HasSubstr("not divided by its 24 examples (1/m)"));
  EXPECT_FALSE(found.layer.has_value());
  const Suspect half = suspect([](CheckedEntry& entry) { entry.analytic *= 0.5; });
  EXPECT_THAT(half.hint, HasSubstr("0.5 times"));
  EXPECT_THAT(half.hint, testing::Not(HasSubstr("1/m")));
}

TEST(GradientSuspect, OneBiasAloneIsNoFactor) {
  const NetworkSpec spec = network_spec(4, {}, 1, Loss::logistic);
  const Suspect found =
      suspect([](CheckedEntry& entry) { entry.analytic += 0.01; }, parameter_table(spec));
  EXPECT_THAT(found.hint, testing::Not(HasSubstr("every bias")));
}

TEST(GradientSuspect, AMultipleOfTheWeightsIsThePenalty) {
  const ParameterTable table = made_up_table();
  const Suspect found = suspect([&](CheckedEntry& entry) {
    if (weight_of(table, 1).range().contains(entry.entry)) entry.analytic += 0.01 * entry.weight;
  });
  EXPECT_THAT(found.tensors, ElementsAre("layer2.weight"));
  EXPECT_THAT(found.hint, HasSubstr("look at the penalty"));
  EXPECT_EQ(found.layer, 2U);
  const Suspect signs = suspect([&](CheckedEntry& entry) {
    if (weight_of(table, 0).range().contains(entry.entry)) {
      entry.analytic += entry.weight > 0 ? 0.01 : -0.01;
    }
  });
  EXPECT_THAT(signs.hint, HasSubstr("look at the penalty"));
}

TEST(GradientSuspect, TheUppermostLayerThatIsOff) {
  const ParameterTable table = made_up_table();
  const auto up_to = [&](std::size_t layers) {
    return suspect([&, layers](CheckedEntry& entry) {
      const auto x = static_cast<double>(entry.entry);
      if (entry.entry < table.layers[layers - 1].end) entry.analytic += 0.01 * std::sin(5 * x * x);
    });
  };
  for (const std::size_t layer : {1U, 2U}) {
    const Suspect found = up_to(layer);
    EXPECT_EQ(found.layer, layer);
    EXPECT_EQ(found.tensors.size(), 2 * layer);
    EXPECT_THAT(found.hint, HasSubstr("(W and b) is off and no layer above it"));
  }
  const Suspect all = up_to(3);
  EXPECT_FALSE(all.layer.has_value());
  EXPECT_THAT(all.hint, HasSubstr("the output layer (layer 3) is already off"));
}

TEST(GradientSuspect, OneTensorAlone) {
  const ParameterTable table = made_up_table();
  const Suspect found = suspect([&](CheckedEntry& entry) {
    const auto x = static_cast<double>(entry.entry);
    if (bias_of(table, 1).range().contains(entry.entry))
      entry.analytic += 0.01 * std::sin(5 * x * x);
  });
  EXPECT_EQ(found.layer, 2U);
  EXPECT_THAT(found.hint, HasSubstr("only layer2.bias is off"));
}

}  // namespace
}  // namespace lockstep

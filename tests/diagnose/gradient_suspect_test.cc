// Signs of faults, on made-up numbers; real faults are in faults_test.cc.

#include "diagnose/gradient_suspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnose/made_up_check.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<Suspect> suspect(const std::function<void(CheckedEntry&)>& spoil,
                               const ParameterLayout& layout = made_up_layout()) {
  return find_suspect(compare_entries(layout, made_up_entries(layout, spoil), 1, kMadeUpEpsilon),
                      24);
}

TEST(GradientSuspect, NoneWhenAllIsRight) { EXPECT_FALSE(suspect({}).has_value()); }

TEST(GradientSuspect, AFactorOfAllBiases) {
  const auto found = suspect([](CheckedEntry& entry) { entry.analytic *= 24; });
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->hint, HasSubstr("24 times"));
  EXPECT_THAT(found->hint, HasSubstr("not divided by its 24 examples (1/m)"));
  EXPECT_FALSE(found->layer.has_value());
  const auto half = suspect([](CheckedEntry& entry) { entry.analytic *= 0.5; });
  ASSERT_TRUE(half.has_value());
  EXPECT_THAT(half->hint, HasSubstr("0.5 times"));
  EXPECT_THAT(half->hint, testing::Not(HasSubstr("1/m")));
}

TEST(GradientSuspect, OneBiasAloneIsNoFactor) {
  NetworkSpec spec;
  spec.inputs = 4;
  spec.layers = {{4, 1, Activation::linear, 1, {}}};
  const auto found =
      suspect([](CheckedEntry& entry) { entry.analytic += 0.01; }, parameter_layout(spec));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->hint, testing::Not(HasSubstr("every bias")));
}

TEST(GradientSuspect, AMultipleOfTheWeightsIsThePenalty) {
  const ParameterLayout layout = made_up_layout();
  const auto found = suspect([&](CheckedEntry& entry) {
    if (layout.weight(1).range().contains(entry.entry)) entry.analytic += 0.01 * entry.weight;
  });
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->tensors, ElementsAre("layer2.weight"));
  EXPECT_THAT(found->hint, HasSubstr("look at the penalty"));
  EXPECT_EQ(found->layer, 2U);
  const auto signs = suspect([&](CheckedEntry& entry) {
    if (layout.weight(0).range().contains(entry.entry)) {
      entry.analytic += entry.weight > 0 ? 0.01 : -0.01;
    }
  });
  ASSERT_TRUE(signs.has_value());
  EXPECT_THAT(signs->hint, HasSubstr("look at the penalty"));
}

TEST(GradientSuspect, TheUppermostLayerThatIsOff) {
  const ParameterLayout layout = made_up_layout();
  const auto up_to = [&](std::size_t layers) {
    return suspect([&, layers](CheckedEntry& entry) {
      const auto x = static_cast<double>(entry.entry);
      if (entry.entry < layout.layer(layers - 1).end) entry.analytic += 0.01 * std::sin(5 * x * x);
    });
  };
  for (const std::size_t layer : {1U, 2U}) {
    const auto found = up_to(layer);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->layer, layer);
    EXPECT_EQ(found->tensors.size(), 2 * layer);
    EXPECT_THAT(found->hint, HasSubstr("(W and b) is off and no layer above it"));
  }
  const auto all = up_to(3);
  ASSERT_TRUE(all.has_value());
  EXPECT_FALSE(all->layer.has_value());
  EXPECT_THAT(all->hint, HasSubstr("the output layer (layer 3) is off already"));
}

TEST(GradientSuspect, OneTensorAlone) {
  const ParameterLayout layout = made_up_layout();
  const auto found = suspect([&](CheckedEntry& entry) {
    const auto x = static_cast<double>(entry.entry);
    if (layout.bias(1).range().contains(entry.entry)) entry.analytic += 0.01 * std::sin(5 * x * x);
  });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->layer, 2U);
  EXPECT_THAT(found->hint, HasSubstr("only layer2.bias is off"));
}

}  // namespace
}  // namespace lockstep

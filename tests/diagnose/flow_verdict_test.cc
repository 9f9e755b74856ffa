// Verdicts on made-up numbers.

#include "diagnose/flow_verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

NetworkSpec spec_of(std::size_t hidden, Activation activation, InitializerSpec initializer) {
  const HiddenLayer layer{
      .units = 10, .activation = activation, .keep_prob = 1, .initializer = initializer};
  return network_spec(10, std::vector(hidden, layer), 3, Loss::softmax_cross_entropy,
                      {WeightVariance::xavier, 1});
}

// Activations times `forward` from layer to layer, deltas times `backward` from a
// layer to the one before; both 1 at their beginning.
FlowRecord record_of(std::size_t hidden, double forward, double backward) {
  FlowRecord record;
  record.examples = 256;
  for (std::size_t i = 0; i <= hidden; ++i) {
    LayerFlow layer;
    layer.units = 10;
    layer.activation_rms = std::pow(forward, static_cast<double>(i));
    layer.delta_rms = std::pow(backward, static_cast<double>(hidden) - 1 - static_cast<double>(i));
    layer.weight_norm = 1;
    record.layers.push_back(layer);
  }
  return record;
}

std::vector<std::string> kinds(const FlowRecord& record) {
  std::vector<std::string> names;
  for (const FlowFinding& finding : record.findings) names.push_back(finding.kind);
  return names;
}

FlowRecord judged(FlowRecord record, const NetworkSpec& spec, bool judges_updates = false) {
  judge_flow(spec, judges_updates, record);
  return record;
}

const NetworkSpec kLecture = spec_of(150, Activation::linear, {WeightVariance::identity, 1.5});

TEST(FlowVerdict, SoundSignalsHaveNoFindings) {
  const FlowRecord record = judged(record_of(150, 1.01, 0.99), kLecture);
  EXPECT_THAT(record.findings, IsEmpty());
  EXPECT_NEAR(*record.activation_factor, 1.01, 1e-12);
  EXPECT_NEAR(*record.delta_factor, 0.99, 1e-12);
  EXPECT_THAT(flow_verdict(record), HasSubstr("sound"));
}

TEST(FlowVerdict, TheLecturesFactorsExplodeAndVanish) {
  const FlowRecord large = judged(record_of(150, 1.5, 1.5), kLecture);
  EXPECT_THAT(kinds(large), ElementsAre("exploding_activations", "exploding_gradients"));
  EXPECT_NEAR(*large.activation_factor, 1.5, 1e-12);
  EXPECT_THAT(flow_verdict(large), HasSubstr("a factor of 1.5 per layer (1.10)"));
  EXPECT_THAT(flow_verdict(large), HasSubstr("in layer 150"));
  for (const double factor : {0.5, 0.9}) {
    const FlowRecord small = judged(record_of(150, factor, factor), kLecture);
    EXPECT_THAT(kinds(small), ElementsAre("vanishing_activations", "vanishing_gradients"));
    EXPECT_NEAR(*small.delta_factor, factor, 1e-12);
  }
}

TEST(FlowVerdict, TheBoundIsOnTheRatioOfFirstAndLast) {
  const NetworkSpec spec = spec_of(4, Activation::relu, {WeightVariance::he, 1});
  // 3 steps from layer 1 to layer 4.
  EXPECT_THAT(judged(record_of(4, 9.9, 1), spec).findings, IsEmpty());
  EXPECT_THAT(kinds(judged(record_of(4, 10.1, 1), spec)), ElementsAre("exploding_activations"));
  EXPECT_THAT(judged(record_of(4, 1, 1 / 9.9), spec).findings, IsEmpty());
  EXPECT_THAT(kinds(judged(record_of(4, 1, 1 / 10.1), spec)), ElementsAre("vanishing_gradients"));
}

// Signals that shrink to nothing and grow again are no better than those that end small.
TEST(FlowVerdict, WhatHappensInsideTheNetworkCounts) {
  FlowRecord record = record_of(30, 1, 1);
  for (std::size_t i = 0; i < 30; ++i) {
    const double from_ends = static_cast<double>(std::min(i, 29 - i));
    record.layers[i].activation_rms = std::pow(0.1, from_ends);
    record.layers[i].delta_rms = std::pow(10, from_ends);
  }
  record = judged(record, spec_of(30, Activation::linear, {WeightVariance::identity, 1}));
  EXPECT_THAT(kinds(record), ElementsAre("vanishing_activations", "exploding_gradients"));
  EXPECT_THAT(record.findings[0].text, HasSubstr("1e-14 in layer 15: a factor of 0.1 per layer"));
  EXPECT_NEAR(*record.activation_factor, 1, 1e-12);
}

TEST(FlowVerdict, AGradientOfZeroAtTheOutputIsNotSound) {
  FlowRecord record = record_of(0, 1, 1);
  record.layers[0].delta_rms = 0;
  record = judged(record, spec_of(0, Activation::linear, {}));
  EXPECT_THAT(kinds(record), ElementsAre("vanishing_gradients"));
  EXPECT_THAT(flow_verdict(record), HasSubstr("exactly 0 at the output"));
}

TEST(FlowVerdict, OverflowIsAnExplosionAndSaysWhere) {
  FlowRecord record = record_of(150, 2, 2);
  for (std::size_t i = 128; i < record.layers.size(); ++i) {
    record.layers[i].activation_rms = i == 128 ? kInfinity : std::nan("");
  }
  for (LayerFlow& layer : record.layers) layer.delta_rms = std::nan("");
  const FlowRecord result = judged(record, kLecture);
  EXPECT_THAT(kinds(result), ElementsAre("exploding_activations"));
  EXPECT_NEAR(*result.activation_factor, 2, 1e-12);
  EXPECT_FALSE(result.delta_factor.has_value());
  EXPECT_THAT(flow_verdict(result), HasSubstr("too large for float in layer 129"));
}

TEST(FlowVerdict, OverflowInTheOutputAlone) {
  FlowRecord record = record_of(2, 1, 1);
  record.layers.back().activation_rms = kInfinity;
  for (LayerFlow& layer : record.layers) layer.delta_rms = std::nan("");
  EXPECT_THAT(kinds(judged(record, spec_of(2, Activation::relu, {}))),
              ElementsAre("exploding_activations"));
  FlowRecord logistic = record_of(0, 1, 1);
  logistic.layers.back().activation_rms = std::nan("");
  EXPECT_THAT(kinds(judged(logistic, spec_of(0, Activation::relu, {}))),
              ElementsAre("exploding_activations"));
}

TEST(FlowVerdict, OnlyTheGradientOverflows) {
  FlowRecord record = record_of(3, 1, 1);
  record.layers[0].delta_rms = kInfinity;
  const FlowRecord result = judged(record, spec_of(3, Activation::relu, {}));
  EXPECT_THAT(kinds(result), ElementsAre("exploding_gradients"));
  EXPECT_THAT(flow_verdict(result), HasSubstr("too large for float in layer 1"));
}

TEST(FlowVerdict, UnderflowVanishesAndDoesNotSpoilTheFactor) {
  FlowRecord record = record_of(150, 0.5, 1);
  for (LayerFlow& layer : record.layers) {
    if (layer.activation_rms < 1e-38) layer.activation_rms = 0;
  }
  const FlowRecord result = judged(record, kLecture);
  EXPECT_THAT(kinds(result), ElementsAre("vanishing_activations"));
  EXPECT_NEAR(*result.activation_factor, 0.5, 1e-12);
  EXPECT_THAT(flow_verdict(result), HasSubstr("exactly 0 in layer 128"));
}

TEST(FlowVerdict, NoSignalFromTheFirstLayerOn) {
  const FlowRecord result = judged(record_of(3, 0, 1), spec_of(3, Activation::relu, {}));
  // record_of: 0^0 is 1 in the first layer.
  EXPECT_THAT(kinds(result), ElementsAre("vanishing_activations"));
  FlowRecord none = record_of(3, 1, 1);
  for (LayerFlow& layer : none.layers) layer.activation_rms = layer.delta_rms = 0;
  EXPECT_THAT(kinds(judged(none, spec_of(3, Activation::relu, {}))),
              ElementsAre("vanishing_activations", "vanishing_gradients"));
}

TEST(FlowVerdict, OneHiddenLayerHasNothingToCompare) {
  const FlowRecord result = judged(record_of(1, 1, 1), spec_of(1, Activation::relu, {}));
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_FALSE(result.activation_factor.has_value());
  EXPECT_THAT(flow_verdict(result), Not(HasSubstr("factor")));
}

TEST(FlowVerdict, DeadReluUnits) {
  const NetworkSpec spec = spec_of(6, Activation::relu, {WeightVariance::he, 1});
  FlowRecord record = record_of(6, 1, 1);
  for (LayerFlow& layer : record.layers) layer.dead_fraction = 0.5;
  EXPECT_THAT(judged(record, spec).findings, IsEmpty()) << "half may be chance in deep networks";
  record.layers[2].dead_fraction = 0.8;
  const FlowRecord result = judged(record, spec);
  EXPECT_THAT(kinds(result), ElementsAre("dead_relus"));
  EXPECT_THAT(flow_verdict(result), HasSubstr("in layer 3 80% of the ReLU units are dead"));
  record.layers[2].dead_fraction = kDeadBound;
  EXPECT_THAT(kinds(judged(record, spec)), ElementsAre("dead_relus")) << "at the bound";
  for (LayerFlow& layer : record.layers) layer.dead_fraction = 0.9;
  EXPECT_THAT(flow_verdict(judged(record, spec)),
              HasSubstr("in layers 1, 2, 3 and 3 others up to 90%"));
}

TEST(FlowVerdict, SaturatedUnits) {
  const NetworkSpec spec = spec_of(2, Activation::tanh, {WeightVariance::xavier, 1});
  FlowRecord record = record_of(2, 1, 1);
  record.layers[0].saturated_fraction = 0.49;
  record.layers[1].saturated_fraction = 0.51;
  const FlowRecord result = judged(record, spec);
  EXPECT_THAT(kinds(result), ElementsAre("saturated_units"));
  EXPECT_THAT(flow_verdict(result), HasSubstr("in layer 2 51%"));
  record.layers[1].saturated_fraction = kSaturatedBound;
  EXPECT_THAT(kinds(judged(record, spec)), ElementsAre("saturated_units")) << "at the bound";
}

TEST(FlowVerdict, UpdatesThatAreLostOrTooLarge) {
  const NetworkSpec spec = spec_of(2, Activation::relu, {WeightVariance::he, 1});
  FlowRecord record = record_of(2, 1, 1);
  record.step = 100;
  for (LayerFlow& layer : record.layers) layer.update_ratio = 1e-3;
  EXPECT_THAT(judged(record, spec, true).findings, IsEmpty());
  record.layers[0].update_ratio = 1e-8;
  const FlowRecord small = judged(record, spec, true);
  EXPECT_THAT(kinds(small), ElementsAre("no_updates"));
  EXPECT_EQ(small.findings[0].remedy, "a larger learning rate");
  EXPECT_THAT(judged(record, spec, false).findings, IsEmpty()) << "warming up";
  for (const double bound : {kLeastUpdate, kLargestUpdate}) {
    record.layers[0].update_ratio = bound;
    EXPECT_THAT(judged(record, spec, true).findings, IsEmpty()) << bound;
  }
  record.layers[0].update_ratio = 1.5;
  const FlowRecord large = judged(record, spec, true);
  EXPECT_THAT(kinds(large), ElementsAre("large_updates"));
  EXPECT_THAT(flow_verdict(large), HasSubstr("layer 1 by 1.5 times their size"));
}

TEST(FlowVerdict, RemediesFitTheCause) {
  const auto remedy = [](const NetworkSpec& spec, std::uint64_t step) {
    FlowRecord record = record_of(20, 0.5, 1);
    record.step = step;
    judge_flow(spec, false, record);
    return record.findings.at(0).remedy;
  };
  EXPECT_THAT(remedy(spec_of(20, Activation::relu, {WeightVariance::xavier, 1}), 0),
              HasSubstr("HE, 2 / inputs"));
  EXPECT_THAT(remedy(spec_of(20, Activation::relu, {WeightVariance::he, 0.5}), 0),
              HasSubstr("multiplier 1"));
  EXPECT_THAT(remedy(spec_of(20, Activation::tanh, {WeightVariance::he, 1}), 0),
              HasSubstr("XAVIER"));
  EXPECT_THAT(remedy(spec_of(20, Activation::sigmoid, {WeightVariance::xavier, 1}), 0),
              HasSubstr("instead of SIGMOID"));
  EXPECT_THAT(remedy(spec_of(20, Activation::relu, {WeightVariance::he, 1}), 0),
              HasSubstr("fewer layers"));
  EXPECT_THAT(remedy(spec_of(20, Activation::relu, {WeightVariance::he, 1}), 500),
              HasSubstr("smaller learning rate"));
}

TEST(FlowVerdict, ARemedyOfSeveralFindingsIsToldOnce) {
  const std::string verdict = flow_verdict(judged(record_of(150, 1.5, 1.5), kLecture));
  EXPECT_EQ(verdict.find("try:"), verdict.rfind("try:"));
}

}  // namespace
}  // namespace lockstep

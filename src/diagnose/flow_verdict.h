#pragma once
// Signal flow in words (lecture 1.10, 1.11). Pure functions of the numbers.

#include <string>

#include "nn/spec.h"
#include "records/flow.h"

namespace lockstep {

// Between the first and any other hidden layer that the signal reaches: activations, or the
// gradient on its way back, explode when their rms grows by so much, and vanish when it shrinks by
// as much. (Over 10 layers that is a factor of 2 in each.)
constexpr double kFlowBound = 1e3;
// Of a layer's ReLU units. In deep networks with random weights up to half of the
// units are zero for every example, so more than half is needed for a fault.
constexpr double kDeadBound = 0.75;
// Of a layer's tanh or sigmoid activations.
constexpr double kSaturatedBound = 0.5;
// Updates that are a smaller part of the weights are lost when float (2^-24) adds
// them; a larger one than 1 replaces the weights.
constexpr double kLeastUpdate = 6e-8;
constexpr double kLargestUpdate = 1;

// Fills in factors and findings of a record that has all numbers. `spec` is of
// the network, `judges_updates`: small updates are not meant to be small.
void judge_flow(const NetworkSpec& spec, bool judges_updates, FlowRecord& record);

// What a judged record says, in one or more lines without a newline at the end.
std::string flow_verdict(const FlowRecord& record);

}  // namespace lockstep

#pragma once
// Describes signal flow in words (lecture 1.10, 1.11). Pure functions of the numbers.

#include <string>

#include "nn/spec.h"
#include "records/flow.h"

namespace lockstep {

// Activations, or the gradient on its way back, explode when their rms grows by this factor
// between the first hidden layer that the signal reaches and any other, and vanish when it shrinks
// by this factor. (Over 10 layers that is a factor of 2 in each.)
constexpr double kFlowBound = 1e3;
// Fraction of a layer's ReLU units. In deep networks with random weights up to half of the units
// are zero for every example, so a fault must show in more than half.
constexpr double kDeadBound = 0.75;
// Fraction of a layer's tanh or sigmoid activations.
constexpr double kSaturatedBound = 0.5;
// Updates that are a smaller part of the weights than this are lost when float (2^-24) adds them;
// updates larger than the weights replace them.
constexpr double kLeastUpdate = 6e-8;
constexpr double kLargestUpdate = 1;

// Adds factors and findings to a record that has all numbers. `spec`: that of the network.
// `judges_updates`: small updates are not small on purpose.
void judge_flow(const NetworkSpec& spec, bool judges_updates, FlowRecord& record);

// The verdict of a judged record, in one or more lines without a newline at the end.
std::string flow_verdict(const FlowRecord& record);

}  // namespace lockstep

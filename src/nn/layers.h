#pragma once
// What follows from the description of a network. Pure functions that visit the kinds of its
// layers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nn/spec.h"

namespace lockstep {

// The needs of every layer, first to last. A bias of an epilogue is the last tensor of its layer:
// "bias" [C], zero at the start and not penalized.
std::vector<LayerNeeds> needs_of(const NetworkSpec& network);

// Values of the network's output for one row, O.
std::uint64_t output_size(const NetworkSpec& network);

// Values of the input and of every layer's output for one row: [784, 512, 10]. [L + 1]
std::vector<std::uint64_t> layer_sizes(const NetworkSpec& network);

// Multiplications (with an addition each) of a forward pass for one row.
double multiply_adds(const NetworkSpec& network);

// Parameters, counted in double, so that no size overflows.
double parameter_count(const NetworkSpec& network);

// A text such as "784-512-10". A layer that does not follow the one before it names its inputs, as
// in "784-512-512-sum(1,2)-10".
std::string describe(const NetworkSpec& network);

// The tensor W [O, I] of a kind whose output is W x, where x has all values of its one input, as an
// index of its needs; none for other kinds.
std::optional<std::size_t> layer_matrix(const LayerKind& kind);

std::optional<LayerWidth> layer_width(const LayerKind& kind);
std::vector<OnnxNode> layer_onnx_nodes(const LayerKind& kind);

}  // namespace lockstep

#include "nn/parameters.h"

#include <algorithm>

#include <fmt/format.h>

#include "nn/layers.h"

namespace lockstep {

std::span<const ParameterTensor> ParameterLayout::of_layer(std::size_t layer) const {
  const auto [first, last] = std::ranges::equal_range(tensors, layer, {}, &ParameterTensor::layer);
  return {first, last};
}

ParameterLayout parameter_layout(const NetworkSpec& spec) {
  ParameterLayout layout;
  const std::vector<LayerNeeds> needs = needs_of(spec);
  for (std::size_t layer = 0; layer < needs.size(); ++layer) {
    const std::uint64_t begin = layout.size;
    for (const TensorNeed& tensor : needs[layer].tensors) {
      layout.tensors.push_back({.name = fmt::format("layer{}.{}", layer + 1, tensor.name),
                                .layer = layer,
                                .role = tensor.role,
                                .shape = tensor.shape,
                                .penalized = tensor.penalized,
                                .offset = layout.size});
      layout.size += size_of(tensor.shape);
    }
    layout.layers.push_back({begin, layout.size});
  }
  return layout;
}

std::vector<Range> penalized_ranges(const ParameterLayout& layout, bool include_biases) {
  std::vector<Range> ranges;
  for (const ParameterTensor& tensor : layout.tensors) {
    if (is_penalized(tensor, include_biases)) ranges.push_back(tensor.range());
  }
  return ranges;
}

}  // namespace lockstep

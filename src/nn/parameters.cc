#include "nn/parameters.h"

#include <algorithm>

#include <fmt/format.h>

#include "nn/layers.h"

namespace lockstep {

std::span<const ParameterTensor> ParameterTable::of_layer(std::size_t layer) const {
  const auto [first, last] = std::ranges::equal_range(tensors, layer, {}, &ParameterTensor::layer);
  return {first, last};
}

ParameterTable parameter_table(const NetworkSpec& spec) {
  ParameterTable table;
  const std::vector<LayerNeeds> needs = needs_of(spec);
  for (std::size_t layer = 0; layer < needs.size(); ++layer) {
    const std::uint64_t begin = table.size;
    for (const TensorNeed& tensor : needs[layer].tensors) {
      table.tensors.push_back({.name = fmt::format("layer{}.{}", layer + 1, tensor.name),
                               .layer = layer,
                               .role = tensor.role,
                               .shape = tensor.shape,
                               .penalized = tensor.penalized,
                               .offset = table.size});
      table.size += size_of(tensor.shape);
    }
    table.layers.push_back({begin, table.size});
  }
  return table;
}

std::vector<Range> penalized_ranges(const ParameterTable& table, bool include_biases) {
  std::vector<Range> ranges;
  for (const ParameterTensor& tensor : table.tensors) {
    if (is_penalized(tensor, include_biases)) ranges.push_back(tensor.range());
  }
  return ranges;
}

}  // namespace lockstep

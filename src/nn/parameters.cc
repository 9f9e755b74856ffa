#include "nn/parameters.h"

#include <fmt/format.h>

namespace lockstep {

ParameterLayout parameter_layout(const NetworkSpec& spec) {
  ParameterLayout layout;
  const auto append = [&](std::string name, ParameterKind kind, std::uint64_t rows,
                          std::uint64_t columns) {
    layout.tensors.push_back({std::move(name), kind, rows, columns, layout.size});
    layout.size += rows * columns;
  };
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const DenseSpec& layer = spec.layers[i];
    append(fmt::format("layer{}.weight", i + 1), ParameterKind::weight, layer.outputs,
           layer.inputs);
    append(fmt::format("layer{}.bias", i + 1), ParameterKind::bias, layer.outputs, 1);
  }
  return layout;
}

std::vector<Range> penalised_ranges(const ParameterLayout& layout, bool include_biases) {
  std::vector<Range> ranges;
  for (const ParameterTensor& tensor : layout.tensors) {
    if (include_biases || tensor.kind == ParameterKind::weight) ranges.push_back(tensor.range());
  }
  return ranges;
}

}  // namespace lockstep

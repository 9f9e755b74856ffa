#include "nn/layers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"

namespace lockstep {
namespace {

// The shape of layer `number`'s output; 0 is the network's input.
const Shape& shape_of(const NetworkSpec& network, std::span<const LayerNeeds> needs,
                      std::uint32_t number) {
  check(number <= needs.size(), "a layer takes the outputs of layers before it");
  return number == 0 ? network.input : needs[number - 1].output;
}

TensorNeed bias_of(const Shape& output) {
  return {.name = "bias",
          .role = ParameterRole::bias,
          .shape = {output.back()},
          .penalized = false,
          .initial = FilledWith{0}};
}

}  // namespace

std::vector<LayerNeeds> needs_of(const NetworkSpec& network) {
  std::vector<LayerNeeds> all;
  for (const LayerSpec& layer : network.layers) {
    std::vector<Shape> inputs;
    inputs.reserve(layer.inputs.size());
    for (const std::uint32_t number : layer.inputs) {
      inputs.push_back(shape_of(network, all, number));
    }
    LayerNeeds of_layer =
        std::visit([&](const auto& kind) { return needs(kind, inputs); }, layer.kind);
    if (layer.epilogue.bias) of_layer.tensors.push_back(bias_of(of_layer.output));
    all.push_back(std::move(of_layer));
  }
  return all;
}

std::uint64_t output_size(const NetworkSpec& network) { return layer_sizes(network).back(); }

std::vector<std::uint64_t> layer_sizes(const NetworkSpec& network) {
  std::vector<std::uint64_t> sizes = {size_of(network.input)};
  for (const LayerNeeds& layer : needs_of(network)) sizes.push_back(size_of(layer.output));
  return sizes;
}

double multiply_adds(const NetworkSpec& network) {
  double sum = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    sum += static_cast<double>(layer.multiply_adds);
  }
  return sum;
}

double parameter_count(const NetworkSpec& network) {
  double sum = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    for (const TensorNeed& tensor : layer.tensors) {
      double values = 1;
      for (const std::uint64_t extent : tensor.shape) values *= static_cast<double>(extent);
      sum += values;
    }
  }
  return sum;
}

std::string describe(const NetworkSpec& network) {
  std::string text = std::to_string(size_of(network.input));
  for (std::uint32_t before = 0; before < network.layers.size(); ++before) {
    const LayerSpec& layer = network.layers[before];
    text += "-" + std::visit([](const auto& kind) { return describe(kind); }, layer.kind);
    if (layer.inputs != std::vector{before}) {
      text += fmt::format("({})", fmt::join(layer.inputs, ","));
    }
  }
  return text;
}

std::optional<std::size_t> layer_matrix(const LayerKind& kind) {
  return std::visit([](const auto& of_kind) { return matrix_of(of_kind); }, kind);
}

std::optional<LayerWidth> layer_width(const LayerKind& kind) {
  return std::visit([](const auto& of_kind) { return width_of(of_kind); }, kind);
}

std::vector<OnnxNode> layer_onnx_nodes(const LayerKind& kind) {
  return std::visit([](const auto& of_kind) { return onnx_nodes(of_kind); }, kind);
}

}  // namespace lockstep

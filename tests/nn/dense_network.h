#pragma once
// Networks of dense layers one after the other, and their parts, for tests.

#include <cstdint>
#include <variant>
#include <vector>

#include "nn/parameters.h"
#include "nn/spec.h"

namespace lockstep {

struct HiddenLayer {
  std::uint64_t units;
  Activation activation;
  double keep_prob = 1;
  InitializerSpec initializer = {};
};

inline NetworkSpec network_spec(std::uint64_t inputs, const std::vector<HiddenLayer>& hidden,
                                std::uint64_t outputs, Loss loss,
                                InitializerSpec initializer = {}) {
  NetworkSpec spec;
  spec.input = {inputs};
  spec.loss = loss;
  for (const HiddenLayer& layer : hidden) {
    spec.layers.push_back(
        {.kind = DenseSpec{layer.units, layer.initializer},
         .epilogue = {.activation = layer.activation, .keep_prob = layer.keep_prob},
         .inputs = {static_cast<std::uint32_t>(spec.layers.size())}});
  }
  spec.layers.push_back({.kind = DenseSpec{outputs, initializer},
                         .epilogue = {},
                         .inputs = {static_cast<std::uint32_t>(spec.layers.size())}});
  return spec;
}

// The dense layer of a LayerSpec or LayerConfig.
template <typename Layer>
auto& dense(Layer& layer) {
  return std::get<DenseSpec>(layer.kind);
}

// W and b of a dense layer, counted from 0.
inline const ParameterTensor& weight_of(const ParameterTable& table, std::size_t layer) {
  return table.of_layer(layer)[0];
}
inline const ParameterTensor& bias_of(const ParameterTable& table, std::size_t layer) {
  return table.of_layer(layer)[1];
}

}  // namespace lockstep

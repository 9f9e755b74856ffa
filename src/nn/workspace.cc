#include "nn/workspace.h"

#include <type_traits>

#include "linalg/stride.h"
#include "nn/epilogue.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// Columns of a layer's buffers.
struct LayerColumns {
  std::uint64_t output;
  std::uint64_t slopes;
  std::uint64_t delta;
  std::uint64_t kept_of_rows;
};

LayerColumns columns_of(const LayerSpec& layer, const LayerNeeds& needs) {
  const std::uint64_t size = size_of(needs.output);
  return {size, keeps_slopes(layer.epilogue) ? size : 0, size, needs.kept_per_row};
}

}  // namespace

template <typename T>
Workspace<T>::Buffer::Buffer(std::uint64_t rows, std::uint64_t columns)
    : values(rows * stride_of(columns)), view{values.data(), rows, columns, stride_of(columns)} {}

template <typename T>
Workspace<T>::Workspace(const NetworkSpec& spec, std::uint64_t max_rows)
    : max_rows_(max_rows),
      input_(max_rows, size_of(spec.input)),
      pairs_(spec, std::is_same_v<T, float> ? max_rows : 0) {
  const std::vector<LayerNeeds> needs = needs_of(spec);
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const LayerColumns columns = columns_of(spec.layers[i], needs[i]);
    layers_.push_back({.output = {max_rows, columns.output},
                       .slopes = {max_rows, columns.slopes},
                       .delta = {max_rows, columns.delta},
                       .kept_of_rows = {max_rows, columns.kept_of_rows}});
  }
}

template <typename T>
std::uint64_t Workspace<T>::bytes(const NetworkSpec& spec, std::uint64_t max_rows) {
  const std::vector<LayerNeeds> needs = needs_of(spec);
  std::uint64_t values = stride_of(size_of(spec.input));
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto [output, slopes, delta, kept_of_rows] = columns_of(spec.layers[i], needs[i]);
    for (const std::uint64_t columns : {output, slopes, delta, kept_of_rows}) {
      values += stride_of(columns);
    }
  }
  return values * max_rows * sizeof(T) +
         OperandPairs::bytes(spec, std::is_same_v<T, float> ? max_rows : 0);
}

template class Workspace<float>;
template class Workspace<double>;

}  // namespace lockstep

#include "nn/panels.h"

#include <algorithm>
#include <type_traits>

#include "linalg/transpose.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

std::uint64_t panels_in(std::uint64_t rows) { return (rows + kPanel - 1) / kPanel; }

}  // namespace

template <typename T>
Panels<T>::Panels(const NetworkSpec& network) {
  const ParameterLayout layout = parameter_layout(network);
  std::uint64_t size = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    for (const TensorNeed& need : layer.tensors) {
      const ParameterTensor& tensor = layout.tensors[tensors_.size()];
      const bool wanted = need.in_panels && std::is_same_v<T, float>;
      tensors_.push_back({tensor.offset, wanted ? tensor.rows() : 0, tensor.columns(), size});
      if (wanted) size += tensor.rows() * tensor.columns();
    }
  }
  values_.resize(size);
}

template <typename T>
std::uint64_t Panels<T>::bytes(const NetworkSpec& network) {
  std::uint64_t values = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    for (const TensorNeed& need : layer.tensors) {
      if (need.in_panels && std::is_same_v<T, float>) values += size_of(need.shape);
    }
  }
  return values * sizeof(T);
}

template <typename T>
void Panels<T>::fill(std::span<const T> weights, const Team& team) {
  if constexpr (std::is_same_v<T, float>) {
    for (const Tensor& tensor : tensors_) {
      const Range mine = team.part(panels_in(tensor.rows));
      for (std::uint64_t panel = mine.begin; panel < mine.end; ++panel) {
        const std::uint64_t first = panel * kPanel;
        const std::uint64_t rows = std::min(kPanel, tensor.rows - first);
        const std::uint64_t at = first * tensor.columns;
        transpose(weights.data() + tensor.offset + at, tensor.columns, rows, tensor.columns,
                  values_.data() + tensor.begin + at, rows);
      }
    }
  }
}

template <typename T>
const T* Panels<T>::of_tensor(std::size_t tensor) const {
  return tensors_[tensor].rows == 0 ? nullptr : values_.data() + tensors_[tensor].begin;
}

template class Panels<float>;
template class Panels<double>;

}  // namespace lockstep

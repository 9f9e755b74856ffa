#include "nn/panels.h"

#include <algorithm>
#include <type_traits>

#include "linalg/pair_product.h"
#include "linalg/transpose.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

std::uint64_t panels_in(std::uint64_t rows) { return (rows + kPanel - 1) / kPanel; }

// How deep the panels of a tensor with `columns` columns are.
std::uint64_t depth_of(const NetworkSpec& network, std::uint64_t columns) {
  return network.precision == Precision::bfloat16 ? pairs_in(columns) : columns;
}

}  // namespace

template <typename T>
Panels<T>::Panels(const NetworkSpec& network) {
  const ParameterTable table = parameter_table(network);
  std::uint64_t size = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    for (const TensorNeed& need : layer.tensors) {
      const ParameterTensor& tensor = table.tensors[tensors_.size()];
      const bool wanted = need.in_panels && std::is_same_v<T, float>;
      tensors_.push_back({tensor.offset, wanted ? tensor.rows() : 0, tensor.columns(), size});
      if (wanted) size += tensor.rows() * depth_of(network, tensor.columns());
    }
  }
  if (network.precision == Precision::bfloat16) {
    pairs_.resize(size);
  } else {
    values_.resize(size);
  }
}

template <typename T>
std::uint64_t Panels<T>::bytes(const NetworkSpec& network) {
  std::uint64_t values = 0;
  for (const LayerNeeds& layer : needs_of(network)) {
    for (const TensorNeed& need : layer.tensors) {
      if (!need.in_panels || !std::is_same_v<T, float>) continue;
      values += need.shape[0] * depth_of(network, size_of(need.shape) / need.shape[0]);
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
        const Matrix<const float> of_panel(weights.data() + tensor.offset + first * tensor.columns,
                                           rows, tensor.columns);
        if (pairs_.empty()) {
          transpose(of_panel.data, of_panel.stride, rows, tensor.columns,
                    values_.data() + tensor.begin + first * tensor.columns, rows);
        } else {
          pair_transposed(of_panel, pairs_.data() + tensor.begin + first * pairs_in(tensor.columns),
                          rows);
        }
      }
    }
  }
}

template <typename T>
TensorPanels<T> Panels<T>::of_tensor(std::size_t tensor) const {
  if (tensors_[tensor].rows == 0) return {};
  if (pairs_.empty()) return {.values = values_.data() + tensors_[tensor].begin};
  return {.pairs = pairs_.data() + tensors_[tensor].begin};
}

template class Panels<float>;
template class Panels<double>;

}  // namespace lockstep

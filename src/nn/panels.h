#pragma once
// Weights in panels, as products of a forward pass read them. The panels of a tensor [O, I] hold
// its transposed rows, kPanel at a time: [I, 64], [I, 64], ... and [I, O % 64] at the end, one
// after the other. In bfloat16 they hold pairs of neighbours along I, so that a panel is
// [pairs_in(I), 64].

#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "linalg/matrix.h"
#include "linalg/pairs.h"
#include "nn/layer.h"
#include "nn/parameters.h"
#include "nn/spec.h"

namespace lockstep {

constexpr std::uint64_t kPanel = 64;

// The panel of `outputs`, a panel's range of them, among `panels` that are `depth` values or pairs
// deep. [depth, outputs]
template <typename Value>
Matrix<const Value> panel_of(const Value* panels, std::uint64_t depth, Range outputs) {
  return {panels + outputs.begin * depth, depth, outputs.size()};
}

// The panels of all tensors that want some. Others have none; in double, nothing has.
template <typename T>
class Panels {
 public:
  explicit Panels(const NetworkSpec& network);
  // Bytes of such panels.
  static std::uint64_t bytes(const NetworkSpec& network);

  // Called by all threads of a team: copies all parameters `weights` into the panels.
  void fill(std::span<const T> weights, const Team& team);

  // The panels of a tensor, given by its number in the network's ParameterTable.
  [[nodiscard]] TensorPanels<T> of_tensor(std::size_t tensor) const;

 private:
  struct Tensor {
    std::uint64_t offset = 0;  // in the flat parameter vector
    std::uint64_t rows = 0;    // 0: no panels
    std::uint64_t columns = 0;
    std::uint64_t begin = 0;  // in values_ or pairs_
  };
  std::vector<Tensor> tensors_;
  std::vector<T> values_;
  std::vector<Pair> pairs_;  // in bfloat16, instead of values_
};

// All parameters, and their panels, if a caller has filled some.
template <typename T>
struct NetworkWeights {
  NetworkWeights(std::span<const T> all) : flat(all) {}     // NOLINT: views convert
  NetworkWeights(std::span<T> all) : flat(all) {}           // NOLINT: views convert
  NetworkWeights(const std::vector<T>& all) : flat(all) {}  // NOLINT: views convert
  NetworkWeights(std::span<const T> all, const Panels<T>& filled) : flat(all), panels(&filled) {}

  std::span<const T> flat;
  const Panels<T>* panels = nullptr;
};

}  // namespace lockstep

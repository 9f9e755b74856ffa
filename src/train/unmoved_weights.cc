#include "train/unmoved_weights.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace lockstep {

std::uint64_t digest_without_biases(const ParameterTable& table,
                                    std::span<const float> parameters) {
  Digest digest;
  for (const ParameterTensor& tensor : table.tensors) {
    if (tensor.role != ParameterRole::weight) continue;
    const Range range = tensor.range();
    digest.add(std::as_bytes(parameters.subspan(range.begin, range.size())));
  }
  return digest.value();
}

bool UnmovedWeights::observe(std::uint64_t digest) {
  const bool first = digest == last_ && !reported_;
  reported_ = reported_ || first;
  last_ = digest;
  return first;
}

std::string unmoved_weights_caution(std::uint64_t step, double learning_rate) {
  return fmt::format(
      "caution: no weight has changed by a bit in the steps before step {}: their gradient is "
      "0, or its updates (learning rate {:g}) are too small, compared with the weights, to have an "
      "effect in float",
      step, learning_rate);
}

}  // namespace lockstep

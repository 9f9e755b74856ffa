#include "nn/prediction.h"

#include <algorithm>

#include "nn/layers.h"
#include "nn/softmax.h"
#include "numerics/lanes.h"

namespace lockstep {
namespace {

template <typename T>
void sigmoid(std::span<T> row) {
  numerics::for_each_pack<T>(row.size(), [&]<typename Pack>(std::size_t i) {
    const Pack z = numerics::load<Pack>(row.data() + i);
    const Pack e = numerics::exp(-numerics::abs(z));
    const Pack one(1);
    numerics::store(numerics::select(z >= Pack(0), one, e) / (one + e), row.data() + i);
  });
}

}  // namespace

template <typename T>
void to_predictions(Loss loss, Matrix<T> logits) {
  if (predicts_values(loss)) return;
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<T> row = logits.row(r);
    if (loss == Loss::softmax_cross_entropy) {
      softmax<T>(row, row);
    } else {
      sigmoid(row);
    }
  }
}

template <typename T>
std::uint64_t decided_class(std::span<const T> row) {
  return static_cast<std::uint64_t>(std::ranges::max_element(row) - row.begin());
}

template void to_predictions(Loss, Matrix<float>);
template void to_predictions(Loss, Matrix<double>);
template std::uint64_t decided_class(std::span<const float>);
template std::uint64_t decided_class(std::span<const double>);

bool decides_by_unit(const NetworkSpec& network, std::uint64_t label_width) {
  return network.loss == Loss::logistic && label_width == output_size(network);
}

}  // namespace lockstep

#include "nn/guessing.h"

#include <numbers>

#include "nn/layers.h"
#include "numerics/functions.h"

namespace lockstep {

double loss_of_guessing(const NetworkSpec& network) {
  const auto outputs = static_cast<double>(output_size(network));
  switch (network.loss) {
    case Loss::softmax_cross_entropy:
      return numerics::log(outputs);
    case Loss::logistic:
      return outputs * std::numbers::ln2;
    case Loss::squared_error:
    case Loss::absolute_error:
    case Loss::huber:
      break;
  }
  return 0;
}

bool is_beyond_guessing(const NetworkSpec& network, double mean_loss) {
  const double guessing = loss_of_guessing(network);
  return guessing > 0 && mean_loss > kBeyondGuessing * guessing;
}

}  // namespace lockstep

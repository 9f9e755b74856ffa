#include "reference/network.h"

#include <functional>

#include "reference/activation.h"
#include "reference/dropout.h"
#include "reference/numbers.h"

namespace reference {

// The chain of a dense layer over the pairs 0 ... n-1.
static float dense_chain(Precision precision, std::size_t n,
                         const std::function<Pair(std::size_t)>& pair) {
  return precision == Precision::bfloat16 ? pair_chain(n, pair) : chain(n, pair);
}

// What a hidden layer makes of its sums, in place: its values. Returns its slopes.
static Tensor activate_layer(const Job& job, std::size_t l, Tensor& values,
                             std::optional<MaskKey> key) {
  const Layer& layer = job.layers[l];
  const bool drops = key.has_value() && layer.keep_prob < 1;
  Tensor slopes;
  for (std::size_t o = 0; o < values.size(); ++o) {
    Activated result = activate(layer.activation, values[o]);
    if (drops) {
      const float m = mask(job, {key->step, l + 1, key->example}, layer.keep_prob, o);
      result = {result.value * m, result.slope * m};
    }
    values[o] = result.value;
    slopes.push_back(result.slope);
  }
  return slopes;
}

RowPass forward(const Job& job, Precision precision, const Parameters& parameters,
                std::span<const float> x, std::optional<MaskKey> key) {
  RowPass pass;
  Tensor values(x.begin(), x.end());
  if (key.has_value() && job.input_keep_prob < 1) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = values[i] * mask(job, {key->step, 0, key->example}, job.input_keep_prob, i);
    }
  }
  for (std::size_t l = 0; l < job.layers.size(); ++l) {
    const Tensor& weights = parameters[2 * l];
    const Tensor& bias = parameters[2 * l + 1];
    const std::size_t inputs = values.size();
    Tensor sums;
    for (std::size_t o = 0; o < bias.size(); ++o) {
      const float z = dense_chain(precision, inputs, [&](std::size_t i) {
        return Pair{values[i], weights[o * inputs + i]};
      });
      sums.push_back(z + bias[o]);
    }
    pass.inputs.push_back(std::move(values));
    pass.slopes.push_back(activate_layer(job, l, sums, key));
    values = std::move(sums);
  }
  pass.outputs = std::move(values);
  return pass;
}

// Weights and bias of layer l. d: [B][O].
static void gradients_of_layer(Precision precision, const std::vector<RowPass>& rows,
                               const std::vector<Tensor>& d, std::size_t l, Tensor& weights,
                               Tensor& bias) {
  const std::size_t inputs = weights.size() / bias.size();
  for (std::size_t o = 0; o < bias.size(); ++o) {
    for (const Tensor& row : d) bias[o] += row[o];
    for (std::size_t i = 0; i < inputs; ++i) {
      weights[o * inputs + i] = dense_chain(precision, rows.size(), [&](std::size_t r) {
        return Pair{d[r][o], rows[r].inputs[l][i]};
      });
    }
  }
}

// The gradient of a layer's inputs, for one row. d: [O].
static Tensor gradient_of_inputs(Precision precision, const Tensor& weights, const Tensor& d) {
  const std::size_t inputs = weights.size() / d.size();
  Tensor result;
  for (std::size_t i = 0; i < inputs; ++i) {
    result.push_back(dense_chain(precision, d.size(), [&](std::size_t o) {
      return Pair{d[o], weights[o * inputs + i]};
    }));
  }
  return result;
}

Parameters backward(const Job& job, const Parameters& parameters, const std::vector<RowPass>& rows,
                    std::vector<Tensor> gradient_of_outputs) {
  std::vector<Tensor> d = std::move(gradient_of_outputs);
  Parameters gradients;
  for (const Tensor& tensor : parameters) gradients.emplace_back(tensor.size(), 0.0F);
  for (std::size_t l = job.layers.size(); l-- > 0;) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t o = 0; o < d[r].size(); ++o) d[r][o] *= rows[r].slopes[l][o];
    }
    gradients_of_layer(job.training_precision, rows, d, l, gradients[2 * l], gradients[2 * l + 1]);
    if (l > 0) {
      for (Tensor& row : d) {
        row = gradient_of_inputs(job.training_precision, parameters[2 * l], row);
      }
    }
  }
  return gradients;
}

}  // namespace reference

#pragma once
// What every kind of layer says about itself, and what its passes read and write. A kind is a plain
// struct with these free functions, in a file of its own (nn/dense.h is the example):
//
//   LayerNeeds needs(const Kind&, std::span<const Shape> inputs);
//   template <typename T> void forward(const Kind&, const ForwardViews<T>&);
//   template <typename T> void backward(const Kind&, const BackwardViews<T>&);
//   std::optional<LayerWidth> width_of(const Kind&);
//   std::vector<OnnxNode> onnx_nodes(const Kind&);
//   std::string describe(const Kind&);
//
// Bias, activation and dropout are not part of a kind: they are the layer's epilogue, which all
// kinds share (nn/epilogue.h).
//
// Dimension letters used in this folder: B rows of a batch, I values of an input and O values of
// the output of a layer, C channels, L layers.

#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "linalg/matrix.h"
#include "nn/initializer_spec.h"

namespace lockstep {

// The extents of one example's values, for example [features] or [height, width, channels]. The
// last one counts channels, of which each has one bias. Never empty.
using Shape = std::vector<std::uint64_t>;

inline std::uint64_t size_of(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
}

enum class ParameterRole { weight, bias };

// A tensor starts with one value everywhere,
struct FilledWith {
  double value = 0;
};
// or with the initializer's, for units with this many inputs and outputs.
struct DrawnWith {
  InitializerSpec initializer;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
};
using InitialValues = std::variant<FilledWith, DrawnWith>;

// A tensor of parameters.
struct TensorNeed {
  std::string name;  // within its layer: "weight"
  ParameterRole role = ParameterRole::weight;
  Shape shape;            // as a matrix: the first extent by all others
  bool penalised = true;  // by L2 and L1, and by a decay of weights
  InitialValues initial;
};

// What a layer needs. It never depends on the layout of ranks and threads.
struct LayerNeeds {
  Shape output = {};
  std::vector<TensorNeed> tensors = {};
  // Values that forward keeps for backward: for each row, and once for all rows of a pass.
  std::uint64_t kept_per_row = 0;
  std::uint64_t kept_per_pass = 0;
  std::uint64_t multiply_adds = 0;  // of a forward pass, for each row
};

// What a forward pass reads, and writes: `output`, before the epilogue, and what is kept.
template <typename T>
struct ForwardViews {
  std::span<const Matrix<const T>> inputs;   // [B, I] each
  std::span<const Matrix<const T>> tensors;  // of the layer, in the order of its needs
  Matrix<T> output;                          // [B, O]
  Matrix<T> kept_of_rows;                    // [B, kept_per_row]
  std::span<T> kept_of_pass;                 // [kept_per_pass]
};

// The place of a gradient: values = beta * values + gradient, with beta 0 or 1.
template <typename T>
struct GradientView {
  Matrix<T> values;
  T beta = 0;

  [[nodiscard]] bool is_wanted() const { return values.data != nullptr; }
};

// What a backward pass reads, and writes: the gradients of the inputs that want one, and those of
// the tensors, summed over the rows.
template <typename T>
struct BackwardViews {
  std::span<const Matrix<const T>> inputs;
  std::span<const Matrix<const T>> tensors;
  Matrix<const T> kept_of_rows;
  std::span<const T> kept_of_pass;
  Matrix<const T> delta;                              // dLoss/doutput [B, O]
  std::span<const GradientView<T>> input_gradients;   // [B, I] each
  std::span<const GradientView<T>> tensor_gradients;  // like the tensors
};

// How wide a layer is, if a job may choose that.
struct LayerWidth {
  std::uint64_t units = 0;
  const char* field = "";  // of the layer in proto/job.proto
};

// A value that an operator of ONNX reads: an input of the layer, a tensor of its needs, the bias of
// its epilogue, or the output of an earlier node of the layer.
struct OnnxValue {
  enum class Of { input, tensor, bias, node };
  Of of = Of::input;
  std::size_t index = 0;
};

struct OnnxNode {
  const char* op = "";
  std::vector<OnnxValue> inputs;
  struct Attribute {
    const char* name;
    std::variant<std::int64_t, float> value;
  };
  std::vector<Attribute> attributes = {};
};

}  // namespace lockstep

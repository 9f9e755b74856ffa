#pragma once
// What every kind of layer says about itself, and what its passes read and write. A kind is a plain
// struct with these free functions, in a file of its own (nn/dense.h is the example):
//
//   LayerNeeds needs(const Kind&, std::span<const Shape> inputs);
//   template <typename T> void forward(const Kind&, const ForwardViews<T>&, const Block& output);
//   template <typename T> void input_gradient(const Kind&, const BackwardViews<T>&,
//                                             std::size_t input, const Block&, GradientView<T>);
//   template <typename T> void tensor_gradient(const Kind&, const BackwardViews<T>&,
//                                              std::size_t tensor, const Block&,
//                                              const GradientSums<T>&);
//   std::optional<std::size_t> matrix_of(const Kind&);
//   std::optional<LayerWidth> width_of(const Kind&);
//   std::vector<OnnxNode> onnx_nodes(const Kind&);
//   std::string describe(const Kind&);
//
// A pass is divided into blocks that several threads compute at the same time. No value may depend
// on how.
//
// Bias, activation and dropout are not part of a kind: they are the layer's epilogue, which all
// kinds share (nn/epilogue.h).
//
// Dimension letters used in this folder: B rows of a batch, I values of an input and O values of
// the output of a layer, C channels, L layers.

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "linalg/matrix.h"
#include "linalg/pairs.h"
#include "linalg/precision.h"
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
  bool penalized = true;  // by L2 and L1, and by a decay of weights
  InitialValues initial;
  // Whether forward reads the tensor in panels as well: see nn/panels.h.
  bool in_panels = false;
};

// What a layer needs. It never depends on the layout of ranks and threads.
struct LayerNeeds {
  Shape output = {};
  // Whether a block may have some of the columns of the output, or of an input's gradient. Blocks
  // of other kinds have whole rows.
  bool divides_columns = false;
  std::vector<TensorNeed> tensors = {};
  // Values that forward keeps for backward, for each row.
  std::uint64_t kept_per_row = 0;
  std::uint64_t multiply_adds = 0;  // of a forward pass, for each row
};

// The panels of a tensor (nn/panels.h): values, or pairs in bfloat16; null where there are none.
template <typename T>
struct TensorPanels {
  const T* values = nullptr;
  const Pair* pairs = nullptr;
};

// What a forward pass reads and writes. The views have all rows of the pass.
template <typename T>
struct ForwardViews {
  std::span<const Matrix<const T>> inputs;   // [B, I] each
  std::span<const Matrix<const T>> tensors;  // of the layer, in the order of its needs
  std::span<const TensorPanels<T>> panels;   // of each tensor
  Matrix<T> output;                          // [B, O], before the epilogue
  Matrix<T> kept_of_rows;                    // [B, kept_per_row]
  // In bfloat16 the inputs in pairs of columns (nn/operand_pairs.h), otherwise empty.
  std::span<const Matrix<const Pair>> input_pairs = {};
};

// Where a gradient goes: into `values`, or added to what is there if it continues.
template <typename T>
struct GradientView {
  Matrix<T> values;
  bool continues = false;
};

// What a backward pass reads.
template <typename T>
struct BackwardViews {
  std::span<const Matrix<const T>> inputs;
  std::span<const Matrix<const T>> tensors;
  Matrix<const T> kept_of_rows;
  Matrix<const T> delta;  // dLoss/doutput [B, O]
  // In bfloat16 the inputs in pairs of rows, and delta in both (nn/operand_pairs.h), otherwise
  // empty.
  std::span<const Matrix<const Pair>> input_pairs = {};
  Matrix<const Pair> delta_pairs_of_columns = {};
  Matrix<const Pair> delta_pairs_of_rows = {};
};

// The rows of one shard in a pass, for which a gradient is summed in order: a leaf of the gradient
// tree, or a part of one.
struct LeafRows {
  Range rows;
  std::uint32_t additions = 0;  // of the last two sums after it: left + right
  bool continues = false;       // it continues the last sum
  bool ends = true;             // these are the last rows of the shard in the step
};

// What a pass adds to the gradients of a block of a tensor.
template <typename T>
struct GradientSums {
  std::span<const LeafRows> leaves;  // their rows follow each other
  std::uint32_t standing = 0;        // sums that stand from earlier passes
  // Those that stand, left to right, and then those that remain. All have one stride.
  std::span<const Matrix<T>> sums;
  // In bfloat16 every whole leaf and every sum of two is rounded (for T = float only).
  Precision precision = Precision::float32;
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

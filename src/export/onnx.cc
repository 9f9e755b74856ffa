#include "export/onnx.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "nn/activations.h"
#include "proto/onnx.pb.h"

namespace lockstep {
namespace {

constexpr std::int64_t kIrVersion = 8;
constexpr std::int64_t kOpset = 13;
constexpr std::int32_t kFloat = 1;

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

// Builds a chain of nodes, each of which takes the output of the previous one.
class GraphBuilder {
 public:
  GraphBuilder(onnx::GraphProto& graph, std::string input)
      : graph_(graph), value_(std::move(input)) {}

  // Appends a node and returns it; its output is the next one's input.
  onnx::NodeProto& then(const std::string& op, const std::string& name,
                        const std::vector<std::string>& constants = {}) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(name);
    node.add_input(value_);
    for (const std::string& constant : constants) node.add_input(constant);
    value_ = name + ".out";
    node.add_output(value_);
    return node;
  }

  // The name of the last node's output.
  [[nodiscard]] const std::string& value() const { return value_; }

  std::string constant(const std::string& name, std::span<const float> values,
                       const std::vector<std::uint64_t>& shape) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kFloat);
    for (const std::uint64_t size : shape) tensor.add_dims(static_cast<std::int64_t>(size));
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
  }

  // Names the last node's output `name`.
  void finish(const std::string& name) {
    check(graph_.node_size() > 0, "a network has a layer");
    graph_.mutable_node(graph_.node_size() - 1)->set_output(0, name);
  }

 private:
  onnx::GraphProto& graph_;
  std::string value_;
};

void set_attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_i(value);
  attribute.set_type(onnx::AttributeProto::INT);
}

void set_attribute(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_f(value);
  attribute.set_type(onnx::AttributeProto::FLOAT);
}

// Replaces missing values: Where(IsNaN(x), mean, x).
void add_missing(GraphBuilder& graph, const OnnxNetwork& network) {
  if (network.missing_means.empty()) return;
  const std::string input = graph.value();
  graph.then("IsNaN", "missing");
  const std::string means =
      graph.constant("input.missing_mean", network.missing_means, {network.spec.inputs});
  graph.then("Where", "filled", {means, input});
}

void add_normalization(GraphBuilder& graph, const OnnxNetwork& network) {
  if (network.mean.empty()) return;
  std::vector<float> deviation;  // infinite where the inverse is 0, so that the result is 0
  for (const float inverse : network.inverse_deviation) deviation.push_back(1.0F / inverse);
  // One dimension: some readers do not broadcast [1, I] along the rows.
  const std::uint64_t inputs = network.spec.inputs;
  graph.then("Sub", "centre", {graph.constant("input.mean", network.mean, {inputs})});
  graph.then("Div", "scale", {graph.constant("input.deviation", deviation, {inputs})});
}

void add_activation(GraphBuilder& graph, Activation activation, const std::string& name) {
  const std::string z = graph.value();
  const std::span<const OnnxStep> steps = onnx_steps(activation);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const OnnxStep& step = steps[i];
    const std::string node = i + 1 == steps.size() ? name : fmt::format("{}.{}", name, i + 1);
    std::vector<std::string> second;
    if (step.second == OnnxStep::Second::z) second = {z};
    if (step.second == OnnxStep::Second::constant) {
      second = {graph.constant(node + ".constant", std::span(&step.constant, 1), {})};
    }
    onnx::NodeProto& added = graph.then(step.op, node, second);
    if (step.attribute != nullptr) set_attribute(added, step.attribute, step.attribute_value);
  }
}

void add_layers(GraphBuilder& graph, const OnnxNetwork& network) {
  for (std::size_t i = 0; i < network.spec.layers.size(); ++i) {
    const std::string layer = fmt::format("layer{}", i + 1);
    const auto constant = [&](const ParameterTensor& tensor,
                              const std::vector<std::uint64_t>& shape) {
      return graph.constant(tensor.name,
                            network.weights.subspan(tensor.offset, tensor.range().size()), shape);
    };
    const ParameterTensor& weight = network.layout.weight(i);
    const ParameterTensor& bias = network.layout.bias(i);
    onnx::NodeProto& gemm =
        graph.then("Gemm", layer,
                   {constant(weight, {weight.rows, weight.columns}), constant(bias, {bias.rows})});
    // All attributes are written, because readers differ in their defaults.
    set_attribute(gemm, "alpha", 1.0F);
    set_attribute(gemm, "beta", 1.0F);
    set_attribute(gemm, "transA", std::int64_t{0});
    set_attribute(gemm, "transB", std::int64_t{1});
    add_activation(graph, network.spec.layers[i].activation, layer + ".activation");
  }
}

void add_output(GraphBuilder& graph, Loss loss) {
  if (loss == Loss::softmax_cross_entropy) {
    set_attribute(graph.then("Softmax", "probabilities"), "axis", std::int64_t{1});
  }
  if (loss == Loss::logistic) graph.then("Sigmoid", "probabilities");
}

// Describes a matrix with any number of rows.
void describe(onnx::ValueInfoProto& value, const std::string& name, std::uint64_t columns) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(kFloat);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  tensor.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(columns));
}

}  // namespace

std::string onnx_model(const OnnxNetwork& network) {
  constexpr std::uint64_t kRoomForTheRest = 1 << 20;
  const std::uint64_t bytes = (network.weights.size() + 2 * network.mean.size()) * sizeof(float);
  if (bytes > std::numeric_limits<std::int32_t>::max() - kRoomForTheRest) {
    throw Error(ExitCode::usage,
                fmt::format("{} parameters do not fit an ONNX file, which ends at 2 GiB",
                            network.weights.size()));
  }
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("lockstep");
  model.set_producer_version(network.version);
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  for (const auto& [key, value] : network.metadata) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(network.name);
  describe(*graph.add_input(), "input", network.spec.inputs);
  describe(*graph.add_output(), "output", network.spec.layers.back().outputs);
  GraphBuilder builder(graph, "input");
  add_missing(builder, network);
  add_normalization(builder, network);
  add_layers(builder, network);
  add_output(builder, network.spec.loss);
  builder.finish("output");
  return model.SerializeAsString();
}

}  // namespace lockstep

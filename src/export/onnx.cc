#include "export/onnx.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "nn/activations.h"
#include "nn/layers.h"
#include "proto/onnx.pb.h"

namespace lockstep {
namespace {

constexpr std::int64_t kIrVersion = 8;
constexpr std::int64_t kOpset = 13;
constexpr std::int32_t kFloat = 1;
constexpr std::int32_t kInt64 = 7;

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

// Appends nodes to a graph.
class GraphBuilder {
 public:
  GraphBuilder(onnx::GraphProto& graph, std::string input)
      : graph_(graph), value_(std::move(input)) {}

  // Appends a node that takes these values.
  onnx::NodeProto& add(const std::string& op, const std::string& name,
                       const std::vector<std::string>& inputs) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    value_ = name + ".out";
    node.add_output(value_);
    return node;
  }

  // Appends a node that takes the last node's output, and then these values.
  onnx::NodeProto& then(const std::string& op, const std::string& name,
                        const std::vector<std::string>& others = {}) {
    std::vector<std::string> inputs = {value_};
    inputs.insert(inputs.end(), others.begin(), others.end());
    return add(op, name, inputs);
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

  // Names the last node's output `name`; it is an output of the graph.
  void finish(const std::string& name) {
    check(graph_.node_size() > 0, "a network has a layer");
    graph_.mutable_node(graph_.node_size() - 1)->set_output(0, name);
  }

  // The next node takes `value`, an output of an earlier node, instead of the last one's.
  void go_back_to(std::string value) { value_ = std::move(value); }

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

// Replaces missing values: Where(IsNaN(x), value, x).
void add_missing(GraphBuilder& graph, const OnnxNetwork& network) {
  if (network.fill_values.empty()) return;
  const std::string input = graph.value();
  graph.then("IsNaN", "missing");
  const std::string values =
      graph.constant("input.fill_value", network.fill_values, {size_of(network.spec.input)});
  graph.then("Where", "filled", {values, input});
}

void add_normalization(GraphBuilder& graph, const OnnxNetwork& network) {
  if (network.mean.empty()) return;
  std::vector<float> deviation;  // infinite where the inverse is 0, so that the result is 0
  for (const float inverse : network.inverse_deviation) deviation.push_back(1.0F / inverse);
  // One dimension: some readers do not broadcast [1, I] along the rows.
  const std::uint64_t inputs = size_of(network.spec.input);
  graph.then("Sub", "centre", {graph.constant("input.mean", network.mean, {inputs})});
  graph.then("Div", "scale", {graph.constant("input.deviation", deviation, {inputs})});
  if (network.clip == 0) return;
  const std::string z = graph.value();
  graph.then("Div", "clip.part", {graph.constant("input.clip", std::span(&network.clip, 1), {})});
  graph.then("Mul", "clip.square", {graph.value()});
  constexpr float kOne = 1;
  graph.then("Add", "clip.sum", {graph.constant("clip.one", std::span(&kOne, 1), {})});
  graph.then("Sqrt", "clip.root");
  const std::string root = graph.value();
  graph.go_back_to(z);
  graph.then("Div", "clip", {root});
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

// The names of what the nodes of a layer read.
struct LayerValues {
  std::vector<std::string> inputs;   // outputs of the layers that it takes
  std::vector<std::string> tensors;  // of its kind
  std::optional<std::string> bias;   // of its epilogue
  std::vector<std::string> nodes;    // outputs of its nodes so far

  [[nodiscard]] const std::string& at(const OnnxValue& value) const {
    switch (value.of) {
      case OnnxValue::Of::input:
        return inputs.at(value.index);
      case OnnxValue::Of::tensor:
        return tensors.at(value.index);
      case OnnxValue::Of::bias:
        check(bias.has_value(), "only a layer with a bias reads it");
        return *bias;
      case OnnxValue::Of::node:
        break;
    }
    return nodes.at(value.index);
  }
};

// The tensors of a layer as constants. `inputs`: the values that it takes.
LayerValues layer_values(GraphBuilder& graph, const OnnxNetwork& network, std::size_t layer,
                         std::vector<std::string> inputs) {
  LayerValues values;
  values.inputs = std::move(inputs);
  for (const ParameterTensor& tensor : network.parameter_table.of_layer(layer)) {
    values.tensors.push_back(graph.constant(
        tensor.name, network.weights.subspan(tensor.offset, tensor.range().size()), tensor.shape));
  }
  if (network.spec.layers[layer].epilogue.bias) {
    values.bias = values.tensors.back();
    values.tensors.pop_back();
  }
  return values;
}

// Appends the nodes of layer `layer`, from 0, and its epilogue without dropout.
void add_layer(GraphBuilder& graph, const LayerSpec& layer, const std::string& name,
               LayerValues values) {
  bool has_bias = !values.bias.has_value();
  const std::vector<OnnxNode> nodes = layer_onnx_nodes(layer.kind);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::vector<std::string> inputs;
    for (const OnnxValue& value : nodes[i].inputs) {
      if (value.of == OnnxValue::Of::bias && !values.bias) continue;  // it is optional
      has_bias = has_bias || value.of == OnnxValue::Of::bias;
      inputs.push_back(values.at(value));
    }
    const std::string node = i + 1 == nodes.size() ? name : fmt::format("{}.{}", name, i + 1);
    onnx::NodeProto& added = graph.add(nodes[i].op, node, inputs);
    for (const OnnxNode::Attribute& attribute : nodes[i].attributes) {
      std::visit([&](auto value) { set_attribute(added, attribute.name, value); }, attribute.value);
    }
    values.nodes.push_back(graph.value());
  }
  if (!has_bias) graph.then("Add", name + ".biased", {*values.bias});
  add_activation(graph, layer.epilogue.activation, name + ".activation");
}

void add_layers(GraphBuilder& graph, const OnnxNetwork& network) {
  std::vector<std::string> outputs = {graph.value()};  // of the input and of each layer
  for (std::size_t i = 0; i < network.spec.layers.size(); ++i) {
    const LayerSpec& layer = network.spec.layers[i];
    std::vector<std::string> inputs;
    inputs.reserve(layer.inputs.size());
    for (const std::uint32_t input : layer.inputs) inputs.push_back(outputs[input]);
    add_layer(graph, layer, fmt::format("layer{}", i + 1),
              layer_values(graph, network, i, std::move(inputs)));
    outputs.push_back(graph.value());
  }
}

// Brings values to the units of the file.
void add_target_scale(GraphBuilder& graph, const OnnxNetwork& network) {
  if (network.target_mean.empty()) return;
  const std::uint64_t outputs = output_size(network.spec);
  const auto in_float = [](std::span<const double> numbers) {
    return std::vector<float>(numbers.begin(), numbers.end());
  };
  graph.then("Mul", "stretched",
             {graph.constant("output.deviation", in_float(network.target_deviation), {outputs})});
  graph.then("Add", "values",
             {graph.constant("output.mean", in_float(network.target_mean), {outputs})});
}

// Appends 1 where the probability of the last unit is at least the threshold, and otherwise 0.
void add_threshold(GraphBuilder& graph, const OnnxNetwork& network) {
  const std::uint64_t outputs = output_size(network.spec);
  const auto number = [&](const std::string& name, float value) {
    return graph.constant(name, std::span(&value, 1), {1});
  };
  if (network.spec.loss == Loss::softmax_cross_entropy) {
    set_attribute(graph.then("Softmax", "label.probabilities"), "axis", std::int64_t{1});
  } else {
    graph.then("Sigmoid", "label.probabilities");
  }
  std::vector<float> last(outputs, 0.0F);
  last.back() = -1;
  onnx::NodeProto& missing = graph.then("Gemm", "label.missing",
                                        {graph.constant("label.last", last, {1, outputs}),
                                         number("label.threshold", network.threshold)});
  set_attribute(missing, "transB", std::int64_t{1});
  graph.then("Sign", "label.sign");
  graph.then("Relu", "label.below");
  graph.then("Mul", "label.negative", {number("label.minus_one", -1)});
  graph.then("Add", "label.above", {number("label.one", 1)});
}

// Appends the decision, from logits as `lockstep predict` decides; the next node takes the logits.
// OpenCV 4.6 reads no comparison, so a sign takes its place.
void add_decision(GraphBuilder& graph, const OnnxNetwork& network) {
  const OnnxDecision decision = network.decision;
  if (decision == OnnxDecision::none) return;
  const std::string logits = graph.value();
  if (decision == OnnxDecision::threshold) {
    add_threshold(graph, network);
    set_attribute(graph.then("Cast", "label"), "to", std::int64_t{kInt64});
  } else if (decision == OnnxDecision::one_class) {
    onnx::NodeProto& largest = graph.then("ArgMax", "label");
    set_attribute(largest, "axis", std::int64_t{1});
    set_attribute(largest, "keepdims", std::int64_t{1});
  } else {
    graph.then("Sign", "label.sign");
    graph.then("Relu", "label.above");
    set_attribute(graph.then("Cast", "label"), "to", std::int64_t{kInt64});
  }
  graph.finish("label");
  graph.go_back_to(logits);
}

// Turns logits into the probabilities or values of `lockstep predict`.
void add_output(GraphBuilder& graph, const OnnxNetwork& network) {
  const Loss loss = network.spec.loss;
  if (loss == Loss::softmax_cross_entropy) {
    set_attribute(graph.then("Softmax", "probabilities"), "axis", std::int64_t{1});
  }
  if (loss == Loss::logistic) graph.then("Sigmoid", "probabilities");
  if (predicts_values(loss)) add_target_scale(graph, network);
}

// Describes a matrix with any number of rows.
void describe(onnx::ValueInfoProto& value, const std::string& name, std::int32_t type,
              std::uint64_t columns, const std::string& text) {
  value.set_name(name);
  if (!text.empty()) value.set_doc_string(text);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
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
  const std::uint64_t outputs = output_size(network.spec);
  describe(*graph.add_input(), "input", kFloat, size_of(network.spec.input), network.input_text);
  if (network.decision != OnnxDecision::none) {
    const std::uint64_t labels = network.decision == OnnxDecision::by_unit ? outputs : 1;
    // In front: OpenCV takes the last output for the result, unless it is told a name.
    describe(*graph.add_output(), "label", kInt64, labels, network.label_text);
  }
  describe(*graph.add_output(), "output", kFloat, outputs, network.output_text);
  GraphBuilder builder(graph, "input");
  add_missing(builder, network);
  add_normalization(builder, network);
  add_layers(builder, network);
  add_decision(builder, network);
  add_output(builder, network);
  builder.finish("output");
  return model.SerializeAsString();
}

}  // namespace lockstep

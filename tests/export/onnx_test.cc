#include "export/onnx.h"

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"
#include "proto/onnx.pb.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

class Onnx : public testing::Test {
 protected:
  // The model of spec_, read back.
  onnx::ModelProto model() {
    table_ = parameter_table(spec_);
    weights_.resize(table_.size);
    std::iota(weights_.begin(), weights_.end(), 1.0F);
    onnx::ModelProto read;
    EXPECT_TRUE(read.ParseFromString(onnx_model({.spec = spec_,
                                                 .parameter_table = table_,
                                                 .weights = weights_,
                                                 .mean = mean_,
                                                 .inverse_deviation = inverse_,
                                                 .target_mean = target_mean_,
                                                 .target_deviation = target_deviation_,
                                                 .fill_values = fill_values_,
                                                 .decision = decision_,
                                                 .input_text = "the input",
                                                 .label_text = "the label",
                                                 .output_text = "the output",
                                                 .name = "tiny",
                                                 .version = "1.2.3",
                                                 .metadata = {{"job", "tiny"}}})));
    return read;
  }

  static std::vector<std::string> operations(const onnx::ModelProto& model) {
    std::vector<std::string> all;
    for (const auto& node : model.graph().node()) all.push_back(node.op_type());
    return all;
  }

  static std::vector<float> values(const onnx::TensorProto& tensor) {
    std::vector<float> numbers(tensor.raw_data().size() / sizeof(float));
    std::memcpy(numbers.data(), tensor.raw_data().data(), tensor.raw_data().size());
    return numbers;
  }

  NetworkSpec spec_ =
      network_spec(3, {{4, Activation::leaky_relu, 0.5}}, 2, Loss::softmax_cross_entropy);
  ParameterTable table_;
  std::vector<float> weights_;
  std::vector<float> mean_ = {1, 2, 3};
  std::vector<float> inverse_ = {0.5F, 0.25F, 1};
  std::vector<double> target_mean_;
  std::vector<double> target_deviation_;
  std::vector<float> fill_values_;
  OnnxDecision decision_ = OnnxDecision::none;
};

TEST_F(Onnx, NormalizesThenGoesThroughTheLayersWithoutDropout) {
  const onnx::ModelProto read = model();
  EXPECT_EQ(read.ir_version(), 8);
  EXPECT_EQ(read.opset_import(0).version(), 13);
  EXPECT_EQ(read.producer_version(), "1.2.3");
  EXPECT_EQ(read.metadata_props(0).key(), "job");
  EXPECT_THAT(operations(read), ElementsAre("Sub", "Div", "Gemm", "LeakyRelu", "Gemm", "Softmax"));
  EXPECT_EQ(read.graph().input(0).name(), "input");
  EXPECT_EQ(read.graph().input(0).type().tensor_type().shape().dim(1).dim_value(), 3);
  EXPECT_EQ(read.graph().output(0).type().tensor_type().shape().dim(1).dim_value(), 2);
  std::string value = "input";
  for (const auto& node : read.graph().node()) {
    EXPECT_EQ(node.input(0), value) << node.name();
    value = node.output(0);
  }
  EXPECT_EQ(value, "output");
}

// What a reader would otherwise take a default for.
TEST_F(Onnx, WritesEveryNumberOfItsOperations) {
  const onnx::ModelProto read = model();
  EXPECT_EQ(read.graph().name(), "tiny");
  EXPECT_EQ(read.producer_name(), "lockstep");
  EXPECT_EQ(read.metadata_props(0).value(), "tiny");
  const auto attribute = [&](int node, const std::string& name) {
    for (const auto& of_node : read.graph().node(node).attribute()) {
      if (of_node.name() == name) return of_node;
    }
    ADD_FAILURE() << "no " << name;
    return onnx::AttributeProto();
  };
  for (const int gemm : {2, 4}) {
    EXPECT_EQ(attribute(gemm, "alpha").f(), 1);
    EXPECT_EQ(attribute(gemm, "beta").f(), 1);
    EXPECT_EQ(attribute(gemm, "transA").i(), 0);
    EXPECT_EQ(attribute(gemm, "transB").i(), 1);
    EXPECT_EQ(attribute(gemm, "transB").type(), onnx::AttributeProto::INT);
  }
  EXPECT_EQ(attribute(3, "alpha").f(), 0.01F);  // of the leaky ReLU, as src/nn has it
  EXPECT_EQ(attribute(3, "alpha").type(), onnx::AttributeProto::FLOAT);
  EXPECT_EQ(attribute(5, "axis").i(), 1);  // over the classes of a row
}

TEST_F(Onnx, HoldsWeightsAsTheyStand) {
  const onnx::ModelProto read = model();
  const auto& initializers = read.graph().initializer();
  ASSERT_EQ(initializers.size(), 6);
  EXPECT_THAT(values(initializers[0]), ElementsAre(1, 2, 3));
  EXPECT_THAT(values(initializers[1]), ElementsAre(2, 4, 1));
  EXPECT_EQ(initializers[2].name(), "layer1.weight");
  EXPECT_THAT(initializers[2].dims(), ElementsAre(4, 3));
  EXPECT_EQ(values(initializers[2]), std::vector<float>(weights_.begin(), weights_.begin() + 12));
  EXPECT_THAT(initializers[5].dims(), ElementsAre(2));
  EXPECT_EQ(values(initializers[5]), std::vector<float>(weights_.end() - 2, weights_.end()));
  const auto& gemm = read.graph().node(2);
  EXPECT_EQ(gemm.attribute(3).name(), "transB");
  EXPECT_EQ(gemm.attribute(3).i(), 1);
}

TEST_F(Onnx, FillsInWhatIsMissingFirst) {
  fill_values_ = {7, 8, 9};
  const onnx::ModelProto read = model();
  EXPECT_THAT(operations(read),
              ElementsAre("IsNaN", "Where", "Sub", "Div", "Gemm", "LeakyRelu", "Gemm", "Softmax"));
  const auto& where = read.graph().node(1);
  EXPECT_EQ(read.graph().node(0).input(0), "input");
  EXPECT_THAT(where.input(),
              ElementsAre(read.graph().node(0).output(0), "input.fill_value", "input"));
  EXPECT_THAT(values(read.graph().initializer(0)), ElementsAre(7, 8, 9));
  EXPECT_EQ(read.graph().node(2).input(0), where.output(0));
}

TEST_F(Onnx, DecidesFromTheLogitsBesideTheOutput) {
  mean_ = inverse_ = {};
  decision_ = OnnxDecision::one_class;
  const onnx::ModelProto one = model();
  EXPECT_THAT(operations(one), ElementsAre("Gemm", "LeakyRelu", "Gemm", "ArgMax", "Softmax"));
  EXPECT_EQ(one.graph().node(3).input(0), one.graph().node(2).output(0));
  EXPECT_EQ(one.graph().node(3).output(0), "label");
  EXPECT_EQ(one.graph().node(4).input(0), one.graph().node(2).output(0));
  ASSERT_EQ(one.graph().output_size(), 2);
  EXPECT_EQ(one.graph().output(0).name(), "label");
  EXPECT_EQ(one.graph().output(0).type().tensor_type().elem_type(), 7);
  EXPECT_EQ(one.graph().output(0).type().tensor_type().shape().dim(1).dim_value(), 1);
  EXPECT_EQ(one.graph().output(1).name(), "output");
  spec_.loss = Loss::logistic;
  decision_ = OnnxDecision::by_unit;
  const onnx::ModelProto units = model();
  EXPECT_THAT(operations(units),
              ElementsAre("Gemm", "LeakyRelu", "Gemm", "Sign", "Relu", "Cast", "Sigmoid"));
  EXPECT_EQ(units.graph().node(6).input(0), units.graph().node(2).output(0));
  EXPECT_EQ(units.graph().output(0).type().tensor_type().shape().dim(1).dim_value(), 2);
}

TEST_F(Onnx, SaysWhatItsColumnsAre) {
  decision_ = OnnxDecision::one_class;
  const onnx::ModelProto read = model();
  EXPECT_EQ(read.graph().input(0).doc_string(), "the input");
  EXPECT_EQ(read.graph().output(0).doc_string(), "the label");
  EXPECT_EQ(read.graph().output(1).doc_string(), "the output");
}

TEST_F(Onnx, EndsAsTheLossSays) {
  mean_ = inverse_ = {};
  spec_.loss = Loss::logistic;
  EXPECT_THAT(operations(model()), ElementsAre("Gemm", "LeakyRelu", "Gemm", "Sigmoid"));
  spec_.loss = Loss::squared_error;
  spec_.layers[0].epilogue.activation = Activation::linear;
  const onnx::ModelProto read = model();
  EXPECT_THAT(operations(read), ElementsAre("Gemm", "Gemm"));
  EXPECT_EQ(read.graph().node(1).output(0), "output");
}

TEST_F(Onnx, DecidesByAThreshold) {
  mean_ = inverse_ = {};
  decision_ = OnnxDecision::threshold;
  const std::vector<std::string> steps = operations(model());
  EXPECT_THAT(steps, ElementsAre("Gemm", "LeakyRelu", "Gemm", "Softmax", "Gemm", "Sign", "Relu",
                                 "Mul", "Add", "Cast", "Softmax"));
}

TEST_F(Onnx, BringsValuesToTheUnitsOfTheFile) {
  mean_ = inverse_ = {};
  spec_.loss = Loss::squared_error;
  target_mean_ = {100, -2};
  target_deviation_ = {8, 0.5};
  const onnx::ModelProto read = model();
  EXPECT_THAT(operations(read), ElementsAre("Gemm", "LeakyRelu", "Gemm", "Mul", "Add"));
  const auto& initializers = read.graph().initializer();
  EXPECT_THAT(values(initializers[initializers.size() - 2]), ElementsAre(8, 0.5));
  EXPECT_THAT(values(initializers[initializers.size() - 1]), ElementsAre(100, -2));
  EXPECT_EQ(read.graph().node(4).output(0), "output");
}

}  // namespace
}  // namespace lockstep

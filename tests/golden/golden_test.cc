// Costs, gradients and ten steps of every optimizer against the values of an
// independent implementation, make_golden.py, from the weights and data it
// reads too.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "golden/arrays.h"
#include "linalg/vector_ops.h"
#include "nn/dense_network.h"
#include "nn/network.h"
#include "nn/regularizer.h"
#include "optim/clipping.h"
#include "optim/optimizer.h"

namespace lockstep {
namespace {

constexpr int kSteps = 10;

const GoldenArrays& problem() {
  static const GoldenArrays arrays = read_golden_arrays(LOCKSTEP_GOLDEN_DIR "/problem.txt");
  return arrays;
}

const GoldenArrays& golden() {
  static const GoldenArrays arrays = read_golden_arrays(LOCKSTEP_GOLDEN_DIR "/golden.txt");
  return arrays;
}

double setting(const std::string& name) { return problem().at(name).values.at(0); }

// What the C++ values may be off, relative to the golden ones.
template <typename T>
constexpr double kTolerance = std::is_same_v<T, float> ? 1e-6 : 1e-12;

// Relative to the largest value: a small one is a difference of larger ones.
template <typename T>
void expect_golden(const std::string& name, const std::vector<T>& values) {
  const std::vector<double>& expected = golden().at(name).values;
  ASSERT_EQ(values.size(), expected.size()) << name;
  const double largest =
      std::abs(*std::ranges::max_element(expected, {}, [](double v) { return std::abs(v); }));
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(values[i], expected[i], kTolerance<T> * largest) << name << ", value " << i;
  }
}

template <typename T>
std::vector<T> as(const std::vector<double>& values) {
  std::vector<T> result(values.size());
  std::ranges::transform(values, result.begin(), [](double v) { return static_cast<T>(v); });
  return result;
}

// 7-5-4-outputs, tanh and ReLU: the problem's network with its first outputs.
NetworkSpec spec_of(Loss loss, std::uint64_t outputs) {
  return network_spec(7, {{5, Activation::tanh}, {4, Activation::relu}}, outputs, loss);
}

RegularizationSpec for_all_layers(LayerPenalty lambdas, bool include_biases = false) {
  return {{lambdas, lambdas, lambdas}, include_biases};
}

// Full-batch cost and gradient of the golden problem in T.
template <typename T>
class Learner {
 public:
  Learner(Loss loss, std::uint64_t outputs, const std::string& labels, std::uint64_t label_width,
          const RegularizationSpec& regularization)
      : network_(spec_of(loss, outputs)),
        regularizer_(regularization, network_.parameter_table(), problem().at("inputs").rows),
        label_width_(label_width) {
    for (const ParameterTensor& tensor : network_.parameter_table().tensors) {
      const std::vector<T> values = as<T>(problem().at(tensor.name).values);
      weights.insert(weights.end(), values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(tensor.range().size()));
    }
    const GoldenArray& all = problem().at(labels);
    for (std::size_t row = 0; row < all.rows; ++row) {
      for (std::size_t i = 0; i < label_width; ++i) {
        labels_.push_back(static_cast<float>(all.values[row * all.columns + i]));
      }
    }
  }

  // J of the present weights; `gradient` becomes dJ/dweights.
  double cost(std::vector<T>& gradient) const {
    const GoldenArray& inputs = problem().at("inputs");
    Workspace<T> workspace(network_.spec(), inputs.rows);
    std::ranges::copy(as<T>(inputs.values), workspace.input().values().begin());
    network_.forward(weights, workspace, inputs.rows, std::nullopt, {});
    gradient.resize(weights.size());
    const LossSums sums = network_.backward(
        weights, workspace, {labels_.data(), inputs.rows, label_width_}, gradient, false);
    for (T& value : gradient) value /= static_cast<T>(inputs.rows);
    regularizer_.add_gradient<T>({0, weights.size()}, weights, gradient);
    return sums.loss / static_cast<double>(inputs.rows) + regularizer_.penalty<T>(weights).sum();
  }

  [[nodiscard]] const ParameterTable& parameter_table() const { return network_.parameter_table(); }

  std::vector<T> weights;

 private:
  Network<T> network_;
  Regularizer regularizer_;
  std::uint64_t label_width_;
  std::vector<float> labels_;
};

struct LossCase {
  std::string name;
  Loss loss;
  std::uint64_t outputs;
  std::string labels;
  std::uint64_t label_width;
};

std::ostream& operator<<(std::ostream& out, const LossCase& test) { return out << test.name; }

class GoldenLoss : public testing::TestWithParam<LossCase> {
 protected:
  template <typename T>
  void expect_cost_and_gradient() const {
    const LossCase& test = GetParam();
    const double l2 = setting("l2_lambda");
    const double l1 = setting("l1_lambda");
    const std::pair<std::string, RegularizationSpec> penalties[] = {
        {"", {}},
        {".l2", for_all_layers({l2, 0})},
        {".l2_with_biases", for_all_layers({l2, 0}, true)},
        {".l1", for_all_layers({0, l1})},
        {".l2_l1", for_all_layers({l2, l1})},
        {".l2_l1_of_layers", {{{l2, 0}, {0, l1}, {2 * l2, 3 * l1}}, true}}};
    for (const auto& [suffix, penalty] : penalties) {
      const Learner<T> learner(test.loss, test.outputs, test.labels, test.label_width, penalty);
      std::vector<T> gradient;
      const double cost = learner.cost(gradient);
      const double expected = golden().at(test.name + suffix + ".cost").values.at(0);
      EXPECT_NEAR(cost, expected, kTolerance<T> * expected) << test.name << suffix;
      expect_golden(test.name + suffix + ".gradient", gradient);
    }
  }
};

TEST_P(GoldenLoss, InDouble) { expect_cost_and_gradient<double>(); }
TEST_P(GoldenLoss, InFloat) { expect_cost_and_gradient<float>(); }

INSTANTIATE_TEST_SUITE_P(
    , GoldenLoss,
    testing::Values(
        LossCase{"softmax", Loss::softmax_cross_entropy, 3, "class_numbers", 1},
        LossCase{"logistic_class_number", Loss::logistic, 3, "class_numbers", 1},
        LossCase{"logistic_unit_targets", Loss::logistic, 3, "unit_targets", 3},
        LossCase{"logistic_one_unit", Loss::logistic, 1, "unit_targets", 1},
        LossCase{"squared_error_class_number", Loss::squared_error, 3, "class_numbers", 1},
        LossCase{"squared_error_real_targets", Loss::squared_error, 3, "real_targets", 3},
        LossCase{"squared_error_one_unit", Loss::squared_error, 1, "real_targets", 1},
        LossCase{"absolute_error_real_targets", Loss::absolute_error, 3, "real_targets", 3},
        LossCase{"huber_real_targets", Loss::huber, 3, "real_targets", 3}),
    [](const auto& test) { return test.param.name; });

Optimizer optimizer_named(const std::string& name) {
  const auto of = [&](const char* field) { return setting(name + "." + field); };
  if (name == "momentum") return Momentum{.beta = of("beta")};
  if (name == "nesterov") return Nesterov{.beta = of("beta")};
  if (name == "rmsprop") return RmsProp{.beta = of("beta"), .epsilon = of("epsilon")};
  if (name == "adam") {
    return Adam{.beta1 = of("beta1"), .beta2 = of("beta2"), .epsilon = of("epsilon")};
  }
  if (name == "adamw") {
    return AdamW{.beta1 = of("beta1"),
                 .beta2 = of("beta2"),
                 .epsilon = of("epsilon"),
                 .weight_decay = of("weight_decay")};
  }
  return GradientDescent{};
}

template <typename T>
void clip(std::vector<T>& gradient) {
  const double norm = std::sqrt(sum_of_squares<T>(gradient));
  const double factor = clip_factor({setting("clipped.max_norm")}, norm);
  ASSERT_LT(factor, 1) << "clipping is tested where it does something";
  for (T& value : gradient) value *= static_cast<T>(factor);
}

class GoldenOptimizer : public testing::TestWithParam<std::string> {
 protected:
  template <typename T>
  void expect_ten_steps() const {
    const Optimizer optimizer = optimizer_named(GetParam());
    Learner<T> learner(Loss::softmax_cross_entropy, 3, "class_numbers", 1,
                       for_all_layers({setting("l2_lambda"), 0}));
    const std::vector<Range> penalized = penalized_ranges(learner.parameter_table(), false);
    std::vector<T> gradient;
    std::vector<T> slots[kMaxOptimizerSlots];
    for (std::vector<T>& slot : slots) slot.resize(learner.weights.size());
    std::vector<T> costs;
    for (std::uint64_t step = 1; step <= kSteps; ++step) {
      costs.push_back(static_cast<T>(learner.cost(gradient)));
      if (GetParam() == "clipped") clip(gradient);
      update<T>(optimizer, {setting(GetParam() + ".learning_rate"), step},
                {learner.weights, gradient, {slots[0], slots[1]}, penalized});
    }
    costs.push_back(static_cast<T>(learner.cost(gradient)));
    expect_golden(GetParam() + ".costs", costs);
    expect_golden(GetParam() + ".weights", learner.weights);
  }
};

TEST_P(GoldenOptimizer, TenStepsInDouble) { expect_ten_steps<double>(); }
TEST_P(GoldenOptimizer, TenStepsInFloat) { expect_ten_steps<float>(); }

INSTANTIATE_TEST_SUITE_P(, GoldenOptimizer,
                         testing::Values("gradient_descent", "momentum", "nesterov", "rmsprop",
                                         "adam", "adamw", "clipped"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace lockstep

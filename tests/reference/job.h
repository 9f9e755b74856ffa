#pragma once
// A training as plain values: what a job file says, filled in by hand.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace reference {

enum class Activation { linear, relu, leaky_relu, sigmoid, tanh, elu, gelu, silu };
enum class Loss { softmax, logistic, squared_error, absolute_error, huber };
enum class Initializer { he, xavier, glorot, lecun, zero, identity };
enum class Optimizer { gradient_descent, momentum, nesterov, rmsprop, adam, adamw };
enum class Schedule { constant, step, exponential, cosine };
enum class Normalization { none, scale, per_feature, per_channel, all, robust };
enum class Metric { dev_error, dev_cost };
enum class Precision { float32, bfloat16 };  // of factors in products, or of sums that travel

struct Layer {
  std::size_t units = 0;
  Activation activation = Activation::relu;
  double keep_prob = 1;
  Initializer initializer = Initializer::he;
  double multiplier = 1;
  double l2_lambda = 0;
  double l1_lambda = 0;
};

struct OptimizerConstants {
  Optimizer kind = Optimizer::gradient_descent;
  double learning_rate = 0.1;
  double beta = 0.9;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

struct ScheduleConstants {
  Schedule kind = Schedule::constant;
  double warmup_epochs = 0;
  double every_epochs = 10;
  double factor = 0.1;
  double factor_per_epoch = 0.95;
  double final_factor = 0;
};

struct EarlyStopping {
  Metric metric = Metric::dev_error;
  std::size_t patience = 10;
  double min_improvement = 0;
};

// All examples of the file, in its order. targets: [n, outputs]; for softmax [n, 1], the class.
struct Examples {
  std::size_t features = 0;
  std::vector<float> x;  // [n, features]
  std::vector<float> targets;
};

inline bool predicts_values(Loss loss) { return loss != Loss::softmax && loss != Loss::logistic; }

struct Job {
  std::uint32_t seed = 1;
  std::size_t dev_count = 0;
  std::size_t test_count = 0;
  std::size_t train_dev_count = 0;
  Normalization normalization = Normalization::per_feature;
  double clip = 0.0;
  double divisor = 255;
  std::size_t channels = 1;

  double input_keep_prob = 1;
  std::vector<Layer> layers;  // the last one is the output
  Loss loss = Loss::softmax;
  double huber_delta = 1;
  bool standardized_targets = true;        // if the loss predicts values
  std::vector<double> class_weights = {};  // empty: all classes count the same

  bool penalized_biases = false;
  std::optional<double> max_norm = {};
  OptimizerConstants optimizer = {};
  ScheduleConstants schedule = {};

  Precision training_precision = Precision::float32;
  std::optional<Precision> evaluation_precision = {};  // absent: that of training
  Precision exchange_precision = Precision::float32;

  std::size_t batch_size = 1;  // of all shards together
  std::size_t shards = 1;
  std::size_t epochs = 1;
  std::optional<std::size_t> steps = {};  // instead of epochs
  std::size_t evaluate_every_epochs = 1;
  std::size_t sample = 0;  // training examples that are evaluated during the run; 0: all
  std::optional<EarlyStopping> early_stopping = {};
};

}  // namespace reference

// The program against the reference: the same job, data and seed give the same digest of the
// weights, and the same logged numbers, although the two share no code. Each case changes
// one thing of a base job, once in the job file's words and once in the reference's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/lower_case.h"
#include "comm/communicator.h"
#include "config/job_file.h"
#include "nn/activations.h"
#include "reference/digest.h"
#include "reference/job.h"
#include "reference/numbers.h"
#include "reference/train.h"
#include "support/collective.h"
#include "support/optimizers.h"
#include "train/trainer.h"

namespace {

using reference::Activation;
using reference::Initializer;
using reference::Job;
using reference::Loss;
using reference::Metric;
using reference::Normalization;
using reference::Optimizer;
using reference::Precision;
using reference::Schedule;

constexpr std::size_t kFeatures = 6;
constexpr std::size_t kOutputs = 3;

// Of 97 examples, 77 to train on and 3 shards of 26, 26 and 25: with batches of 12, 4 rows of each,
// the last batch of an epoch has 2, 2 and 1.
constexpr const char* kBaseJob = R"(
  name: "reference" seed: 7
  data {
    train { npy { features: "features.npy" labels: "classes.npy" } }
    split { dev { count: 20 } }
  }
  network {
    layer { units: 9 activation: RELU }
    layer { units: 5 activation: RELU }
    output { units: 3 }
  }
  optimizer { gradient_descent { learning_rate: 0.1 } }
  training { batch_size: 12 shards: 3 epochs: 3 }
  checkpointing { enabled: false })";

Job base_job() {
  Job job;
  job.seed = 7;
  job.dev_count = 20;
  job.layers = {
      {.units = 9},
      {.units = 5},
      {.units = kOutputs, .activation = Activation::linear, .initializer = Initializer::xavier}};
  job.batch_size = 12;
  job.shards = 3;
  job.epochs = 3;
  return job;
}

struct Case {
  std::string name;
  std::vector<std::string> overrides;  // of the job file
  std::function<void(Job&)> change;    // the same, of the reference's job
  int threads = 1;
  bool same_as_base = false;  // the change must not change the weights
  std::size_t examples = 97;
  std::size_t features = kFeatures;
  std::function<float(float)> feature = {};  // what becomes of each feature of the points
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

// A float from a fixed sequence, about evenly spread over [0, 1).
class Noise {
 public:
  float next() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<float>(state_ >> 8U) * 0x1p-24F;
  }

 private:
  std::uint32_t state_ = 12345;
};

// What the labels of the examples are.
struct Labels {
  std::vector<float> classes;  // [n]
  std::vector<float> targets;  // [n, outputs], 0 or 1
  std::vector<float> values;   // [n, outputs]
};

// Points whose class shows in some of their features; the last feature is constant.
struct Points {
  std::size_t width = kFeatures;     // features of an example
  std::vector<float> features = {};  // [n, width]
  Labels labels = {};
};

Points make_points(std::size_t examples, std::size_t width = kFeatures) {
  Points points = {.width = width};
  Noise noise;
  for (std::size_t n = 0; n < examples; ++n) {
    const std::size_t label = n % kOutputs;
    points.labels.classes.push_back(static_cast<float>(label));
    for (std::size_t j = 0; j < width; ++j) {
      const float sign = j % kOutputs == label ? 1.0F : 0.0F;
      points.features.push_back(j + 1 == width ? 2.5F : 10.0F * noise.next() + 3.0F * sign);
    }
    for (std::size_t o = 0; o < kOutputs; ++o) {
      points.labels.targets.push_back(o == label || noise.next() < 0.2F ? 1.0F : 0.0F);
      points.labels.values.push_back(2.0F * noise.next() - 1.0F);
    }
  }
  return points;
}

Points points_of(const Case& c) {
  Points points = make_points(c.examples, c.features);
  if (c.feature) std::ranges::transform(points.features, points.features.begin(), c.feature);
  return points;
}

void write_npy(const std::filesystem::path& path, const std::string& shape,
               const std::vector<float>& values) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.append(118 - header.size() - 1, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size()) << '\0' << header;
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
}

void write_points(const std::filesystem::path& directory, const Points& points) {
  const std::string n = std::to_string(points.labels.classes.size());
  const std::string outputs = n + ", " + std::to_string(kOutputs);
  write_npy(directory / "features.npy", n + ", " + std::to_string(points.width), points.features);
  write_npy(directory / "classes.npy", n + ",", points.labels.classes);
  write_npy(directory / "targets.npy", outputs, points.labels.targets);
  write_npy(directory / "values.npy", outputs, points.labels.values);
}

const std::vector<float>& labels_for(Loss loss, const Labels& labels) {
  switch (loss) {
    case Loss::softmax:
      return labels.classes;
    case Loss::logistic:
      return labels.targets;
    case Loss::squared_error:
    case Loss::absolute_error:
    case Loss::huber:
      return labels.values;
  }
  return labels.values;
}

reference::Result train_reference(const Job& job, const Points& points) {
  return reference::train(job, {.features = points.width,
                                .x = points.features,
                                .targets = labels_for(job.loss, points.labels)});
}

std::string digest_of(const Job& job, const Case& c) {
  return reference::weights_digest(train_reference(job, points_of(c)).weights);
}

// Keeps the evaluations of a run.
class EvaluationKeeper : public lockstep::TrainingObserver {
 public:
  explicit EvaluationKeeper(std::vector<lockstep::Evaluation>& kept) : kept_(kept) {}
  void on_evaluation(const lockstep::Evaluation& evaluation) override {
    kept_.push_back(evaluation);
  }

 private:
  std::vector<lockstep::Evaluation>& kept_;
};

// By the program.
struct Trained {
  lockstep::Summary summary;
  std::vector<lockstep::Evaluation> evaluations;
};

class Reference : public testing::TestWithParam<Case> {
 protected:
  Trained train_program(const Case& c, const Points& points) {
    write_points(directory_, points);
    const lockstep::LoadedJob job =
        lockstep::parse_job(kBaseJob, "reference", directory_, c.overrides);
    lockstep::TrainOptions options;
    options.layout.threads = c.threads;
    options.run_dir = directory_ / "run";
    Trained trained;
    lockstep::TrainingObservers observers;
    observers.push_back(std::make_unique<EvaluationKeeper>(trained.evaluations));
    trained.summary = lockstep::train(job.job, job.resolved_text, lockstep::Communicator::self(),
                                      options, observers);
    return trained;
  }

 private:
  std::filesystem::path directory_ = lockstep::collective_temp_dir();
};

// The fraction of wrong decisions; none of values.
std::optional<double> error_of(const reference::Score& score, Loss loss) {
  if (predicts_values(loss)) return std::nullopt;
  return static_cast<double>(score.wrong) / static_cast<double>(score.decisions);
}

// Of a Summary: its names for what an Evaluation calls cost.
double cost_of(const lockstep::Summary& summary) { return summary.train_cost.value(); }
double cost_of(const lockstep::Evaluation& evaluation) { return evaluation.cost; }

// Every bit of what the program (a Summary or an Evaluation) says of its weights.
template <typename Record>
void expect_measures(const Record& program, const reference::Measures& measures, Loss loss) {
  EXPECT_EQ(cost_of(program), measures.cost);
  EXPECT_EQ(program.dev_cost, measures.dev.cost);
  EXPECT_EQ(program.train_error, error_of(measures.train, loss));
  EXPECT_EQ(program.dev_error, error_of(measures.dev, loss));
  EXPECT_EQ(program.l2_penalty, measures.penalty.l2);
  EXPECT_EQ(program.l1_penalty, measures.penalty.l1);
  EXPECT_EQ(program.weights_norm, measures.weights_norm);
  EXPECT_EQ(program.weights_near_zero, measures.weights_near_zero);
}

TEST_P(Reference, ArrivesAtTheDigestAndTheNumbersOfTheProgram) {
  const Case& c = GetParam();
  const Points points = points_of(c);
  const auto [summary, evaluations] = train_program(c, points);
  Job job = base_job();
  c.change(job);
  const reference::Result result = train_reference(job, points);
  EXPECT_EQ(summary.weights_digest, reference::weights_digest(result.weights));
  EXPECT_EQ(summary.steps, result.steps);
  EXPECT_EQ(summary.stop_reason == "early_stopping", job.early_stopping.has_value());
  expect_measures(summary, result.at_end, job.loss);
  ASSERT_EQ(evaluations.size(), result.evaluations.size());
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const reference::Evaluation& expected = result.evaluations[i];
    SCOPED_TRACE(testing::Message() << "step " << expected.step);
    EXPECT_EQ(evaluations[i].step, expected.step);
    EXPECT_EQ(evaluations[i].batch_cost, expected.batch_cost);
    EXPECT_EQ(evaluations[i].learning_rate, expected.learning_rate);
    EXPECT_EQ(evaluations[i].gradient_norm.value_or(0.0), expected.gradient_norm);
    expect_measures(evaluations[i], expected.measures, job.loss);
  }
}

// A change that both sides overlook would agree, too.
TEST_P(Reference, NoticesWhatTheCaseChanges) {
  const Case& c = GetParam();
  Job job = base_job();
  const std::string before = digest_of(job, c);
  c.change(job);
  EXPECT_EQ(digest_of(job, c) == before, c.same_as_base);
}

std::vector<Case> cases_of_data() {
  return {
      {"base", {}, [](Job&) {}, 1, true},
      {"base_with_two_threads", {}, [](Job&) {}, 2, true},
      {"another_seed", {"seed=123456"}, [](Job& j) { j.seed = 123456; }},
      {"largest_seed", {"seed=4294967295"}, [](Job& j) { j.seed = 4294967295U; }},
      {"one_shard", {"training.shards=1"}, [](Job& j) { j.shards = 1; }},
      {"eight_shards",
       {"training.shards=8", "training.batch_size=16"},
       [](Job& j) {
         j.shards = 8;
         j.batch_size = 16;
       },
       2},
      // 5 training examples: shards of one row, and three without any.
      {"shards_without_rows",
       {"training.shards=8", "training.batch_size=16", "data.split.dev.count=92"},
       [](Job& j) {
         j.shards = 8;
         j.batch_size = 16;
         j.dev_count = 92;
       }},
      // Shards of 10 and 9 rows: only some of them have a row in the last step of an epoch.
      {"shards_that_run_out",
       {"training.shards=8", "training.batch_size=24"},
       [](Job& j) {
         j.shards = 8;
         j.batch_size = 24;
       }},
      {"full_batch", {"training.full_batch=true"}, [](Job& j) { j.batch_size = 300; }},
      {"all_parts",
       {"data.split.test.count=9", "data.split.train_dev.count=7"},
       [](Job& j) {
         j.test_count = 9;
         j.train_dev_count = 7;
       }},
      {"not_normalized",
       {"data.normalization.none={}"},
       [](Job& j) { j.normalization = Normalization::none; }},
      {"scaled",
       {"data.normalization.scale.divisor=7"},
       [](Job& j) {
         j.normalization = Normalization::scale;
         j.divisor = 7;
       }},
      // Inputs near the smallest normal number: most products with them are subnormal.
      {"subnormal_numbers",
       {"data.normalization.scale.divisor=8e37", "network.layer=[]",
        "network.output.initializer.kind=ZERO"},
       [](Job& j) {
         j.normalization = Normalization::scale;
         j.divisor = 8e37;
         j.layers.erase(j.layers.begin(), j.layers.begin() + 2);
         j.layers[0].initializer = Initializer::zero;
       }},
      {"one_mean_for_each_channel",
       {"data.image={channels: 2 height: 3 width: 1}",
        "data.normalization.standardize.per=CHANNEL"},
       [](Job& j) {
         j.normalization = Normalization::per_channel;
         j.channels = 2;
       }},
      {"one_mean_for_all_features",
       {"data.normalization.standardize.per=ALL"},
       [](Job& j) { j.normalization = Normalization::all; }},
      {"robust",
       {"data.normalization.robust.clip=1.3"},
       [](Job& j) {
         j.normalization = Normalization::robust;
         j.clip = 1.3;
       }},
      {"fractions",
       {"data.split={dev{fraction: 0.213} test{fraction: 0.1}}"},
       [](Job& j) {
         j.dev_count = 21;
         j.test_count = 10;
       }},
      {"steps", {"training.steps=17"}, [](Job& j) { j.steps = 17; }},
      {"sample_of_the_training_set",
       {"evaluation.train_examples=20"},
       [](Job& j) { j.sample = 20; },
       1,
       true},
      // More than a block of 256 rows in the dev set and in each shard.
      {"several_blocks",
       {"network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy",
        "data.split.dev.count=300", "early_stopping={metric: DEV_COST patience: 1}",
        "training={batch_size: 60 shards: 2 epochs: 100}"},
       [](Job& j) {
         j.loss = Loss::squared_error;
         j.dev_count = 300;
         j.early_stopping = {.metric = Metric::dev_cost, .patience = 1};
         j.batch_size = 60;
         j.shards = 2;
         j.epochs = 100;
       },
       2,
       false,
       900},
  };
}

Case activation_case(const std::string& word, Activation activation, Initializer initializer) {
  return {"activation_" + word, {"network.layer[*].activation=" + word}, [=](Job& j) {
            for (std::size_t l = 0; l < 2; ++l) {
              j.layers[l].activation = activation;
              j.layers[l].initializer = initializer;
            }
          }};
}

Case initializer_case(const std::string& word, Initializer initializer) {
  return {"initializer_" + word,
          {"network.layer[0].initializer={kind: " + word + " multiplier: 0.7}"},
          [=](Job& j) {
            j.layers[0].initializer = initializer;
            j.layers[0].multiplier = 0.7;
          }};
}

std::vector<Case> cases_of_networks() {
  return {
      {"one_layer",
       {"network.layer=[]"},
       [](Job& j) { j.layers.erase(j.layers.begin(), j.layers.begin() + 2); }},
      {"two_layers",
       {"network.layer=[{units: 11}]"},
       [](Job& j) {
         j.layers.erase(j.layers.begin());
         j.layers[0].units = 11;
       }},
      // Wider than blocks of products, and of draws of dropout.
      {"wide_layers",
       {"network.layer=[{units: 70 keep_prob: 0.9}, {units: 600 keep_prob: 0.8}]"},
       [](Job& j) {
         j.layers[0].units = 70;
         j.layers[0].keep_prob = 0.9;
         j.layers[1].units = 600;
         j.layers[1].keep_prob = 0.8;
       },
       2},
      activation_case("LINEAR", Activation::linear, Initializer::xavier),
      activation_case("LEAKY_RELU", Activation::leaky_relu, Initializer::he),
      activation_case("SIGMOID", Activation::sigmoid, Initializer::xavier),
      activation_case("TANH", Activation::tanh, Initializer::xavier),
      activation_case("ELU", Activation::elu, Initializer::he),
      activation_case("GELU", Activation::gelu, Initializer::he),
      activation_case("SILU", Activation::silu, Initializer::he),
      initializer_case("HE", Initializer::he),
      initializer_case("XAVIER", Initializer::xavier),
      initializer_case("GLOROT", Initializer::glorot),
      initializer_case("LECUN", Initializer::lecun),
      initializer_case("ZERO", Initializer::zero),
      initializer_case("IDENTITY", Initializer::identity),
      {"logistic",
       {"network.output.loss=LOGISTIC", "data.train.npy.labels=targets.npy"},
       [](Job& j) { j.loss = Loss::logistic; }},
      {"squared_error_of_shards_that_run_out",
       {"network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy",
        "training={batch_size: 24 shards: 8 epochs: 4}", "network.layer[0].keep_prob=0.7"},
       [](Job& j) {
         j.loss = Loss::squared_error;
         j.batch_size = 24;
         j.shards = 8;
         j.epochs = 4;
         j.layers[0].keep_prob = 0.7;
       }},
      {"squared_error",
       {"network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy"},
       [](Job& j) { j.loss = Loss::squared_error; }},
      {"class_weights",
       {"training.class_weights={weight { of: \"2\" value: 3.5 } weight { of: \"0\" value: 0 }}"},
       [](Job& j) {
         j.class_weights = {0, 1, 3.5};
       }},
      {"targets_as_given",
       {"network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy",
        "data.targets=AS_GIVEN"},
       [](Job& j) {
         j.loss = Loss::squared_error;
         j.standardized_targets = false;
       }},
      {"absolute_error",
       {"network.output.loss=ABSOLUTE_ERROR", "data.train.npy.labels=values.npy"},
       [](Job& j) { j.loss = Loss::absolute_error; }},
      {"huber",
       {"network.output={units: 3 loss: HUBER huber_delta: 0.75}",
        "data.train.npy.labels=values.npy"},
       [](Job& j) {
         j.loss = Loss::huber;
         j.huber_delta = 0.75;
       }},
  };
}

std::vector<Case> cases_of_regularization() {
  return {
      {"dropout_of_the_input",
       {"network.input_keep_prob=0.8"},
       [](Job& j) { j.input_keep_prob = 0.8; },
       2},
      {"dropout_of_layers",
       {"network.layer[0].keep_prob=0.6", "network.layer[1].keep_prob=0.9"},
       [](Job& j) {
         j.layers[0].keep_prob = 0.6;
         j.layers[1].keep_prob = 0.9;
       }},
      {"dropout_behind_linear_layers",
       {"network.layer[*].activation=LINEAR", "network.layer[*].keep_prob=0.5"},
       [](Job& j) {
         for (std::size_t l = 0; l < 2; ++l) {
           j.layers[l].activation = Activation::linear;
           j.layers[l].initializer = Initializer::xavier;
           j.layers[l].keep_prob = 0.5;
         }
       }},
      {"l2",
       {"regularization.l2_lambda=30"},
       [](Job& j) {
         for (auto& layer : j.layers) layer.l2_lambda = 30;
       }},
      {"l1",
       {"regularization.l1_lambda=0.7"},
       [](Job& j) {
         for (auto& layer : j.layers) layer.l1_lambda = 0.7;
       }},
      {"l1_and_l2_with_biases",
       {"regularization={l2_lambda: 0.3 l1_lambda: 0.2 include_biases: true}"},
       [](Job& j) {
         j.penalized_biases = true;
         for (auto& layer : j.layers) {
           layer.l2_lambda = 0.3;
           layer.l1_lambda = 0.2;
         }
       }},
      {"penalties_of_layers",
       {"regularization.l2_lambda=0.5", "network.layer[0].regularization.l2_lambda=0",
        "network.layer[1].regularization.l1_lambda=0.4"},
       [](Job& j) {
         j.layers[1].l2_lambda = 0.5;
         j.layers[1].l1_lambda = 0.4;
         j.layers[2].l2_lambda = 0.5;
       }},
      {"clipping", {"optimizer.clipping.max_norm=0.3"}, [](Job& j) { j.max_norm = 0.3; }},
      // More parameters than a block of the norm has, and clipping of some of the steps.
      {"clipping_of_several_blocks",
       {"optimizer.clipping.max_norm=1", "network.layer[0].units=130", "network.layer[1].units=17"},
       [](Job& j) {
         j.max_norm = 1;
         j.layers[0].units = 130;
         j.layers[1].units = 17;
       }},
      {"early_stopping_by_error",
       {"early_stopping.patience=2", "training.epochs=40",
        "optimizer.gradient_descent.learning_rate=0.05"},
       [](Job& j) {
         j.epochs = 40;
         j.optimizer.learning_rate = 0.05;
         j.early_stopping = {.metric = Metric::dev_error, .patience = 2};
       }},
      // 0.1 of 20 examples are 2.
      {"early_stopping_by_improvements_above_a_minimum",
       {"early_stopping={patience: 4 min_improvement: 0.1}", "training.epochs=60",
        "evaluation.every_epochs=2"},
       [](Job& j) {
         j.epochs = 60;
         j.evaluate_every_epochs = 2;
         j.early_stopping = {.metric = Metric::dev_error, .patience = 4, .min_improvement = 0.1};
       }},
      {"early_stopping_by_cost",
       {"early_stopping={metric: DEV_COST patience: 3}", "training.epochs=40",
        "optimizer.gradient_descent.learning_rate=0.4"},
       [](Job& j) {
         j.epochs = 40;
         j.optimizer.learning_rate = 0.4;
         j.early_stopping = {.metric = Metric::dev_cost, .patience = 3};
       },
       2},
  };
}

Case optimizer_case(const std::string& word, const std::string& constants,
                    const reference::OptimizerConstants& optimizer) {
  return {"optimizer_" + word, {"optimizer." + word + "={" + constants + "}"}, [=](Job& j) {
            j.optimizer = optimizer;
          }};
}

std::vector<Case> cases_of_optimizers() {
  return {
      optimizer_case("momentum", "learning_rate: 0.2 beta: 0.8",
                     {.kind = Optimizer::momentum, .learning_rate = 0.2, .beta = 0.8}),
      optimizer_case("nesterov", "learning_rate: 0.2 beta: 0.8",
                     {.kind = Optimizer::nesterov, .learning_rate = 0.2, .beta = 0.8}),
      optimizer_case("rmsprop", "learning_rate: 0.01",
                     {.kind = Optimizer::rmsprop, .learning_rate = 0.01}),
      optimizer_case("adam", "learning_rate: 0.01",
                     {.kind = Optimizer::adam, .learning_rate = 0.01}),
      optimizer_case("adamw", "learning_rate: 0.01 weight_decay: 0.3",
                     {.kind = Optimizer::adamw, .learning_rate = 0.01, .weight_decay = 0.3}),
      {"adamw_decays_biases_that_are_included",
       {"optimizer.adamw.weight_decay=0.3", "regularization.include_biases=true"},
       [](Job& j) {
         j.penalized_biases = true;
         j.optimizer = {.kind = Optimizer::adamw, .learning_rate = 0.001, .weight_decay = 0.3};
       }},
  };
}

Case schedule_case(const std::string& name, const std::string& text,
                   const reference::ScheduleConstants& schedule) {
  return {"schedule_" + name, {"optimizer.schedule={" + text + "}"}, [=](Job& j) {
            j.schedule = schedule;
          }};
}

std::vector<Case> cases_of_schedules() {
  Case within_a_step =
      schedule_case("warmup_within_a_step", "warmup_epochs: 0.1", {.warmup_epochs = 0.1});
  within_a_step.same_as_base = true;
  return {
      within_a_step,
      schedule_case("warmup", "warmup_epochs: 1.5", {.warmup_epochs = 1.5}),
      // 7 / (7 * 0.2) is 4.999... in double, and 5 within rounding.
      schedule_case("step", "step { every_epochs: 0.2 factor: 0.7 }",
                    {.kind = Schedule::step, .every_epochs = 0.2, .factor = 0.7}),
      schedule_case("exponential", "warmup_epochs: 0.5 exponential { factor_per_epoch: 0.6 }",
                    {.kind = Schedule::exponential, .warmup_epochs = 0.5, .factor_per_epoch = 0.6}),
      schedule_case("cosine", "warmup_epochs: 0.25 cosine { final_factor: 0.05 }",
                    {.kind = Schedule::cosine, .warmup_epochs = 0.25, .final_factor = 0.05}),
  };
}

// The case with training, and so evaluation, in BFLOAT16. Its limit of the norm is never reached,
// and shows the last bits of the gradients, of which few reach the weights.
Case in_bfloat16(Case c) {
  c.name = "bfloat16_" + c.name;
  c.overrides.emplace_back("training.precision=BFLOAT16");
  c.overrides.emplace_back("optimizer.clipping.max_norm=1e6");
  c.change = [change = c.change](Job& j) {
    change(j);
    j.training_precision = Precision::bfloat16;
    j.max_norm = 1e6;
  };
  return c;
}

// Chains over 9 inputs, 3 units or the last row of a shard are odd.
std::vector<Case> cases_of_shapes_in_bfloat16() {
  return {
      in_bfloat16({"uneven_batches", {}, [](Job&) {}}),
      // 11 rows of each shard, then 4, 4 and 3.
      in_bfloat16({"odd_batches",
                   {"training={batch_size: 33 shards: 3 epochs: 4}"},
                   [](Job& j) {
                     j.batch_size = 33;
                     j.epochs = 4;
                   }}),
      in_bfloat16({"full_batch_of_77_rows",
                   {"training={full_batch: true shards: 1 epochs: 5}"},
                   [](Job& j) {
                     j.batch_size = 300;
                     j.shards = 1;
                     j.epochs = 5;
                   },
                   2}),
      in_bfloat16({.name = "seven_inputs", .overrides = {}, .change = [](Job&) {}, .features = 7}),
      in_bfloat16({"layers_of_one_unit",
                   {"network.layer[*]={units: 1 activation: TANH}"},
                   [](Job& j) {
                     for (std::size_t l = 0; l < 2; ++l) {
                       j.layers[l].units = 1;
                       j.layers[l].activation = Activation::tanh;
                       j.layers[l].initializer = Initializer::xavier;
                     }
                   }}),
      // Terms of many magnitudes, whose sum depends on their order.
      in_bfloat16({.name = "features_of_many_magnitudes",
                   .overrides = {"data.normalization.none={}",
                                 "network.layer=[{units: 33 activation: GELU}, {units: 17}]",
                                 "training={full_batch: true shards: 2 epochs: 8}"},
                   .change =
                       [](Job& j) {
                         j.normalization = Normalization::none;
                         j.layers[0].units = 33;
                         j.layers[0].activation = Activation::gelu;
                         j.layers[1].units = 17;
                         j.batch_size = 300;
                         j.shards = 2;
                         j.epochs = 8;
                       },
                   .features = 7,
                   .feature = [](float x) { return x * x * x * x * 0x1p-14F; }}),
      // Wider than blocks of products, by an odd number.
      in_bfloat16({"wide_layers",
                   {"network.layer=[{units: 71 keep_prob: 0.9}, {units: 601 keep_prob: 0.8}]"},
                   [](Job& j) {
                     j.layers[0].units = 71;
                     j.layers[0].keep_prob = 0.9;
                     j.layers[1].units = 601;
                     j.layers[1].keep_prob = 0.8;
                   },
                   2}),
  };
}

std::vector<Case> cases_of_losses_in_bfloat16() {
  return {
      in_bfloat16({"softmax_with_dropout",
                   {"network.input_keep_prob=0.8", "network.layer[0].keep_prob=0.6",
                    "network.layer[1].keep_prob=0.9"},
                   [](Job& j) {
                     j.input_keep_prob = 0.8;
                     j.layers[0].keep_prob = 0.6;
                     j.layers[1].keep_prob = 0.9;
                   }}),
      in_bfloat16({"logistic_of_shards_that_run_out",
                   {"network.output.loss=LOGISTIC", "data.train.npy.labels=targets.npy",
                    "training={batch_size: 24 shards: 8 epochs: 4}"},
                   [](Job& j) {
                     j.loss = Loss::logistic;
                     j.batch_size = 24;
                     j.shards = 8;
                     j.epochs = 4;
                   }}),
      in_bfloat16({"squared_error_of_shards_without_rows",
                   {"network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy",
                    "training={batch_size: 16 shards: 8 epochs: 6}", "data.split.dev.count=92"},
                   [](Job& j) {
                     j.loss = Loss::squared_error;
                     j.batch_size = 16;
                     j.shards = 8;
                     j.epochs = 6;
                     j.dev_count = 92;
                   }}),
      // More than a block of 256 rows in the dev set and in each shard.
      in_bfloat16({.name = "early_stopping_by_several_blocks",
                   .overrides = {"early_stopping={metric: DEV_COST patience: 1}",
                                 "data.split.dev.count=301",
                                 "training={batch_size: 120 shards: 2 epochs: 60}",
                                 "optimizer.gradient_descent.learning_rate=0.4"},
                   .change =
                       [](Job& j) {
                         j.early_stopping = {.metric = Metric::dev_cost, .patience = 1};
                         j.dev_count = 301;
                         j.batch_size = 120;
                         j.shards = 2;
                         j.epochs = 60;
                         j.optimizer.learning_rate = 0.4;
                       },
                   .threads = 2,
                   .examples = 900}),
  };
}

// Numbers whose rounding to bfloat16 is a special case.
std::vector<Case> cases_of_rounding_to_bfloat16() {
  return {
      // Multiples of 2^-10 below 1.63: many lie halfway between two numbers of 8 bits.
      in_bfloat16({.name = "halfway_features",
                   .overrides = {"data.normalization.none={}"},
                   .change = [](Job& j) { j.normalization = Normalization::none; },
                   .feature = [](float x) { return std::floor(x * 128.0F) * 0x1p-10F; }}),
      // Small numbers, many of them the largest subnormal one, which would round to a normal one.
      // The weights are so large that products are about 1; only the biases learn.
      in_bfloat16(
          {.name = "subnormal_features",
           .overrides = {"data.normalization.none={}", "network.layer=[]",
                         "network.output.initializer={kind: IDENTITY multiplier: 1e38}",
                         "network.output.loss=SQUARED_ERROR", "data.train.npy.labels=values.npy"},
           .change =
               [](Job& j) {
                 j.normalization = Normalization::none;
                 j.layers.erase(j.layers.begin(), j.layers.begin() + 2);
                 j.layers[0].initializer = Initializer::identity;
                 j.layers[0].multiplier = 1e38;
                 j.loss = Loss::squared_error;
               },
           .feature = [](float x) { return x < 5.0F ? 0x1.fffffcp-127F : x * 0x1p-126F; }}),
  };
}

std::vector<Case> cases_of_evaluation_precision() {
  return {
      {"float32_with_evaluation_in_bfloat16",
       {"evaluation.precision=BFLOAT16"},
       [](Job& j) { j.evaluation_precision = Precision::bfloat16; },
       1,
       true},
      in_bfloat16({"with_evaluation_in_float32",
                   {"evaluation.precision=FLOAT32"},
                   [](Job& j) { j.evaluation_precision = Precision::float32; },
                   2}),
      // Evaluations in FLOAT32 stop this run after 77 steps, those in BFLOAT16 after 84.
      {"float32_with_early_stopping_in_bfloat16",
       {"early_stopping.patience=3", "training.epochs=60",
        "optimizer.gradient_descent.learning_rate=0.05", "evaluation.precision=BFLOAT16"},
       [](Job& j) {
         j.epochs = 60;
         j.optimizer.learning_rate = 0.05;
         j.early_stopping = {.metric = Metric::dev_error, .patience = 3};
         j.evaluation_precision = Precision::bfloat16;
       }},
  };
}

// The case with gradients and changes of weights that are exchanged in BFLOAT16.
Case exchanged_in_bfloat16(Case c) {
  c.name = "exchange_in_bfloat16_" + c.name;
  c.overrides.emplace_back("exchange.precision=BFLOAT16");
  c.change = [change = c.change](Job& j) {
    change(j);
    j.exchange_precision = Precision::bfloat16;
  };
  return c;
}

std::vector<Case> cases_of_exchange_precision() {
  std::vector<Case> all = {
      exchanged_in_bfloat16({"uneven_batches", {}, [](Job&) {}}),
      exchanged_in_bfloat16({"one_shard", {"training.shards=1"}, [](Job& j) { j.shards = 1; }}),
      exchanged_in_bfloat16({"full_batch_of_9_shards",
                             {"training={full_batch: true shards: 9 epochs: 30}"},
                             [](Job& j) {
                               j.batch_size = 300;
                               j.shards = 9;
                               j.epochs = 30;
                             }}),
      exchanged_in_bfloat16(
          {"penalties_and_clipping",
           {"regularization={l2_lambda: 0.3 l1_lambda: 0.1}", "optimizer.clipping.max_norm=0.5"},
           [](Job& j) {
             for (reference::Layer& layer : j.layers) {
               layer.l2_lambda = 0.3;
               layer.l1_lambda = 0.1;
             }
             j.max_norm = 0.5;
           }}),
      exchanged_in_bfloat16(in_bfloat16({"products", {}, [](Job&) {}})),
  };
  for (const Case& c : cases_of_optimizers()) all.push_back(exchanged_in_bfloat16(c));
  return all;
}

std::vector<Case> cases_of_precision() {
  std::vector<Case> all;
  for (const std::vector<Case>& cases :
       {cases_of_shapes_in_bfloat16(), cases_of_losses_in_bfloat16(),
        cases_of_rounding_to_bfloat16(), cases_of_evaluation_precision(),
        cases_of_exchange_precision()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

// The weights [outputs, features] with their columns from last to first.
reference::Tensor reversed_columns(const reference::Tensor& weights) {
  reference::Tensor result;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t row = i / kFeatures * kFeatures;
    result.push_back(weights[row + kFeatures - 1 - i % kFeatures]);
  }
  return result;
}

// The same training with features from last to first, which adds up each chain of the forward
// pass in another order and changes nothing else.
TEST(ReferenceOrder, AChainInAnotherOrderIsAnotherDigest) {
  Job job = base_job();
  job.layers = {
      {.units = kOutputs, .activation = Activation::linear, .initializer = Initializer::zero}};
  Points points = make_points(97);
  const reference::Parameters straight = train_reference(job, points).weights;
  points.features = reversed_columns(points.features);
  reference::Parameters reversed = train_reference(job, points).weights;
  reversed[0] = reversed_columns(reversed[0]);
  EXPECT_NE(reference::weights_digest(reversed), reference::weights_digest(straight));
  EXPECT_THAT(reversed[0], testing::Pointwise(testing::FloatNear(1e-5F), straight[0]));
}

TEST(ReferencePrecision, ANumberIsRoundedToEightSignificantBits) {
  using reference::round_to_bfloat16;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(round_to_bfloat16(0x1.02p0F), 0x1.02p0F);
  EXPECT_EQ(round_to_bfloat16(0x1.01p0F), 0x1p0F);
  EXPECT_EQ(round_to_bfloat16(0x1.010002p0F), 0x1.02p0F);
  EXPECT_EQ(round_to_bfloat16(-0x1.03p-5F), -0x1.04p-5F);
  EXPECT_EQ(round_to_bfloat16(0x1.fefffep127F), 0x1.fep127F);
  EXPECT_EQ(round_to_bfloat16(-0x1.ffp127F), -kInfinity);
  EXPECT_EQ(round_to_bfloat16(kInfinity), kInfinity);
  EXPECT_EQ(round_to_bfloat16(0x1.fffffcp-127F), 0.0F);
  EXPECT_TRUE(std::signbit(round_to_bfloat16(-0x1.fffffcp-127F)));
  EXPECT_TRUE(std::isnan(round_to_bfloat16(std::numeric_limits<float>::quiet_NaN())));
}

// A precision that both sides overlook would agree, too.
TEST(ReferencePrecision, EachCaseDependsOnThePrecision) {
  for (const Case& c : cases_of_precision()) {
    SCOPED_TRACE(c.name);
    Job job = base_job();
    c.change(job);
    const reference::Result result = train_reference(job, points_of(c));
    job.training_precision = Precision::float32;
    job.evaluation_precision = Precision::float32;
    job.exchange_precision = Precision::float32;
    const reference::Result in_float32 = train_reference(job, points_of(c));
    EXPECT_NE(result.at_end.dev.cost, in_float32.at_end.dev.cost);
  }
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

// Whether `text` has `name` as a whole word: RELU is not in LEAKY_RELU.
bool has_word(const std::string& text, std::string_view name) {
  const auto is_of_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    const bool begins = at == 0 || !is_of_word(text[at - 1]);
    if (begins && (end == text.size() || !is_of_word(text[end]))) return true;
  }
  return false;
}

// Names that docs/numerics.md writes as words: "Gradient descent" for gradient_descent.
std::string as_named(std::string text) {
  std::ranges::replace(text, ' ', '_');
  return lockstep::lower_case(text);
}

TEST(ReferenceCases, AndThePageHaveEveryActivationLossAndOptimizer) {
  std::string cases = kBaseJob;
  for (const auto& some : {cases_of_networks(), cases_of_optimizers()}) {
    for (const Case& c : some) cases += fmt::format("\n{}", fmt::join(c.overrides, "\n"));
  }
  std::ifstream file(LOCKSTEP_NUMERICS_PAGE);
  const std::string page(std::istreambuf_iterator<char>(file), {});
  const std::string named = as_named(page);
  for (const std::string_view name : lockstep::all_enum_names<lockstep::Activation>()) {
    EXPECT_TRUE(has_word(cases, name)) << name;
    EXPECT_THAT(page, testing::HasSubstr(fmt::format("\n| {} | ", name)));
  }
  for (const std::string_view name : lockstep::all_enum_names<lockstep::Loss>()) {
    if (name == "SOFTMAX_CROSS_ENTROPY") continue;  // of the base job, by default
    EXPECT_TRUE(has_word(cases, name)) << name;
    EXPECT_THAT(named, testing::HasSubstr(fmt::format("**{}**", lockstep::lower_case(name))));
  }
  for (const std::string_view name : lockstep::optimizer_names()) {
    EXPECT_TRUE(has_word(cases, name)) << name;
    EXPECT_THAT(named, testing::HasSubstr(fmt::format("**{}**:", name)));
  }
}

INSTANTIATE_TEST_SUITE_P(Data, Reference, testing::ValuesIn(cases_of_data()), name_of);
INSTANTIATE_TEST_SUITE_P(Networks, Reference, testing::ValuesIn(cases_of_networks()), name_of);
INSTANTIATE_TEST_SUITE_P(Regularization, Reference, testing::ValuesIn(cases_of_regularization()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Optimizers, Reference, testing::ValuesIn(cases_of_optimizers()), name_of);
INSTANTIATE_TEST_SUITE_P(Precision, Reference, testing::ValuesIn(cases_of_precision()), name_of);
INSTANTIATE_TEST_SUITE_P(Schedules, Reference, testing::ValuesIn(cases_of_schedules()), name_of);

}  // namespace

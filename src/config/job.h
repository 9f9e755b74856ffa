#pragma once
// The validated job as plain values: what a run computes, with every default filled in. The meaning
// of each field is documented in proto/job.proto, which alone defines the defaults of job files:
// config/to_job.h sets every member. An initial value here is for code that builds a part of a job
// without that member.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "data/spec.h"
#include "nn/spec.h"
#include "optim/clipping.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "records/metric.h"

namespace lockstep {

// ---- data ----

struct DataConfig {
  DataSource train;
  std::optional<DataSource> dev;
  std::optional<DataSource> test;
  std::optional<DataSource> held_out;
  DevAndTestFrom dev_and_test_from;
  double max_copied_share;  // of dev, test and train-dev
  SplitRules split;
  NormalizationRule normalization;
  bool standardizes_targets;        // if they are values
  std::optional<ImageShape> image;  // absent: as the files define
  std::optional<AugmentationRules> augmentation;
};

// ---- network ----

// A hidden layer. It takes the output of the layer before it.
struct LayerConfig {
  LayerKind kind;  // an AUTO initializer is resolved by the layer's activation
  EpilogueSpec epilogue;
  LayerPenalty penalty;  // in effect: the layer's own or the job's
  bool frozen = false;
};

// The path of a hidden layer, numbered from 0, in a job file.
inline std::string layer_path(std::size_t index) {
  return "network.layer[" + std::to_string(index) + "]";
}

// The output layer, which is dense and linear.
struct OutputConfig {
  std::uint32_t units;
  Loss loss;
  InitializerSpec initializer;
  LayerPenalty penalty;
  double huber_delta;  // 0 with another loss
  bool frozen = false;
};

struct NetworkConfig {
  double input_keep_prob;
  std::vector<LayerConfig> hidden;
  OutputConfig output;
  Precision precision = Precision::float32;             // training.precision
  Precision evaluation_precision = Precision::float32;  // evaluation.precision
};

// The lambdas are in the layers.
struct RegularizationConfig {
  bool include_biases;
};

// ---- training ----

enum class OnNonfinite { stop, skip_step, roll_back };

constexpr auto enum_names(OnNonfinite) {
  using enum OnNonfinite;
  return std::to_array<EnumName<OnNonfinite>>(
      {{stop, "STOP"}, {skip_step, "SKIP_STEP"}, {roll_back, "ROLLBACK"}});
}

struct RollbackConfig {
  double rate_factor;
  std::uint32_t limit;
};

struct ClassWeight {
  std::string of;  // name or number of the class
  double value = 1;
};

struct ClassWeights {
  bool balanced = false;
  std::vector<ClassWeight> given;  // empty if balanced
};

struct TrainingConfig {
  std::optional<std::uint32_t> batch_size;  // absent: the full training set
  std::uint32_t shards;
  std::optional<std::uint32_t> epochs;  // exactly one of epochs and steps
  std::optional<std::uint64_t> steps;
  OnNonfinite on_nonfinite = {};
  RollbackConfig rollback = {};  // used with roll_back
  std::optional<ClassWeights> class_weights = {};
  std::string weights_from = {};  // empty: all layers start as their initializers say
};

// How the smallest probability at which the second class is decided is chosen.
struct LargestF1 {};
struct MinPrecision {
  double value = 0;
};
struct MinRecall {
  double value = 0;
};
struct DecisionCosts {
  double false_yes = 0;
  double false_no = 0;
};
using ThresholdGoal = std::variant<LargestF1, MinPrecision, MinRecall, DecisionCosts>;

struct EvaluationConfig {
  std::uint32_t every_epochs;
  std::uint64_t train_examples;  // 0: all
  double smallest_improvement;
  std::optional<ThresholdGoal> threshold = {};
};

struct EarlyStoppingConfig {
  Metric metric;
  std::uint32_t patience;  // evaluations
  double min_improvement;
};

struct CheckpointingConfig {
  bool enabled;
  std::uint32_t every_epochs;      // 0: never by epochs
  std::uint64_t every_steps = {};  // 0: never by steps
  double every_minutes = {};       // 0: never by time
  std::uint32_t keep_last;
  std::uint32_t fatal_failures = {};         // failed saves in a row that end the run
  std::uint64_t background_from_bytes = {};  // smaller states are waited for
};

struct ExchangeConfig {
  std::uint64_t bucket_bytes;
  bool shared_memory;
  double link_gigabits_per_second;
  std::uint32_t compare_weights_every_steps = {};  // 0: never
  Precision precision = Precision::float32;
};

struct DiagnosisConfig {
  double base_error;
  double base_rmse;  // with a loss that predicts values, in the units of the file
  double high_gap;
  double high_share;
};

struct MonitorConfig {
  std::uint32_t every_steps;
  std::uint32_t examples;
};

struct Job {
  std::string name;
  std::uint32_t seed;
  DataConfig data;
  NetworkConfig network;
  RegularizationConfig regularization;
  Optimizer optimizer;
  LearningRateSchedule schedule;
  std::optional<GradientClipping> clipping;
  TrainingConfig training;
  EvaluationConfig evaluation;
  std::optional<EarlyStoppingConfig> early_stopping;
  CheckpointingConfig checkpointing;
  ExchangeConfig exchange;
  DiagnosisConfig diagnosis;
  std::optional<MonitorConfig> monitor;  // absent: off
};

}  // namespace lockstep

#pragma once
// The validated job as plain values: what a run computes, with every default
// filled in. The meaning of each field is documented in proto/job.proto, which
// also holds the defaults; nothing here has one of its own.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nn/spec.h"
#include "optim/clipping.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

namespace lockstep {

// ---- data ----

struct IdxSource {
  std::filesystem::path features;  // absolute, or relative to the working directory
  std::filesystem::path labels;    // empty: examples without labels, for predictions
  std::optional<std::filesystem::path> groups;
};

struct LibsvmSource {
  std::filesystem::path file;
  std::optional<std::uint32_t> features;
  bool labelled = true;  // false: examples without labels, for predictions
};

struct NpySource {
  std::filesystem::path features;
  std::filesystem::path labels;  // empty: examples without labels, for predictions
  std::optional<std::filesystem::path> groups;
  bool channels_last;
};

enum class CifarLabels { cifar10, cifar100_fine, cifar100_coarse };
struct CifarSource {
  std::vector<std::filesystem::path> files;
  CifarLabels kind;
  bool labelled = true;  // false: labels are passed over, for predictions
};

struct TwoSpiralsConfig {
  double turns;
  double noise;
};
struct BlobsConfig {
  std::uint32_t classes;
  std::uint32_t features;
  double distance;
};
struct TeacherConfig {
  std::uint32_t features;
  std::uint32_t layers;
  std::uint32_t units;
  std::uint32_t classes;
  double gain;
  std::uint32_t seed;
};
struct SyntheticSource {
  std::uint32_t examples;
  std::uint32_t seed;
  double label_noise;
  std::variant<TwoSpiralsConfig, BlobsConfig, TeacherConfig> kind;
};

enum class LabelCodingKind { as_is, minus_one_plus_one, one_based };

enum class ColumnRoleKind { number, category, label, class_name, group, ignored };
struct ColumnConfig {
  std::string name;     // empty: by index
  std::uint32_t index;  // counts from 1; 0: by name
  ColumnRoleKind role;
};
enum class WhenMissingKind { refuse, training_mean };
enum class UnknownCategoryKind { error, all_zero };
struct TableConfig {
  std::vector<ColumnConfig> columns;
  ColumnRoleKind other_columns;
  WhenMissingKind when_missing;
  std::vector<std::string> missing;
  UnknownCategoryKind unknown_category;
};

struct CsvSource {
  std::filesystem::path file;  // absolute, or relative to the working directory
  bool header;
  char delimiter;
  std::optional<TableConfig> table;  // of the training source alone
  bool labelled = true;              // false: examples without labels, for predictions
};

struct CorruptionConfig {
  double gaussian_noise;
  std::uint32_t seed;
};

struct DataSource {
  std::variant<IdxSource, CsvSource, LibsvmSource, NpySource, CifarSource, SyntheticSource> format;
  std::optional<CorruptionConfig> corruption;
  LabelCodingKind label_coding = LabelCodingKind::as_is;
};

struct PartCount {
  std::uint64_t examples;
};
struct PartFraction {
  double fraction;
};
using PartSize = std::variant<PartCount, PartFraction>;

struct SplitConfig {
  std::optional<PartSize> dev;
  std::optional<PartSize> test;
  std::optional<PartSize> train_dev;
  bool stratified;
  bool by_group;
};

enum class DevAndTestFrom { one_source, one_distribution, different_distributions };

enum class StatisticsPer { feature, all, channel };
struct Standardize {
  StatisticsPer per;
};
struct ScaleInputs {
  double divisor;
};
struct KeepInputs {};
using NormalizationConfig = std::variant<Standardize, ScaleInputs, KeepInputs>;

struct ImageConfig {
  std::uint32_t channels;
  std::uint32_t height;
  std::uint32_t width;
};

struct FlipConfig {
  double probability;
};
struct CropConfig {
  double probability;
  double min_side;
  double max_side;
};
struct ZoomConfig {
  double probability;
  double min_factor;
  double max_factor;
};
struct RotationConfig {
  double probability;
  double degrees;
};
struct ShiftConfig {
  double probability;
  std::uint32_t horizontal;
  std::uint32_t vertical;
};
struct ElasticConfig {
  double probability;
  double alpha;
  double sigma;
};
struct BrightnessConfig {
  double probability;
  double max_change;
};
struct ContrastConfig {
  double probability;
  double max_change;
};
struct ErasingConfig {
  double probability;
  double min_area;
  double max_area;
  double max_aspect;
  double value;
};
struct ValueRangeConfig {
  double low;
  double high;
};
enum class BorderKind { constant, nearest };
struct AugmentationConfig {
  std::optional<FlipConfig> horizontal_flip;
  std::optional<CropConfig> crop;
  std::optional<ZoomConfig> zoom;
  std::optional<RotationConfig> rotation;
  std::optional<ShiftConfig> shift;
  std::optional<ElasticConfig> elastic;
  std::optional<BrightnessConfig> brightness;
  std::optional<ContrastConfig> contrast;
  std::optional<ErasingConfig> erasing;
  BorderKind border;
  double border_value;
  std::optional<ValueRangeConfig> value_range;
};

struct DataConfig {
  DataSource train;
  std::optional<DataSource> dev;
  std::optional<DataSource> test;
  std::optional<DataSource> held_out;
  DevAndTestFrom dev_and_test_from;
  SplitConfig split;
  NormalizationConfig normalization;
  std::optional<ImageConfig> image;  // absent: what the files say
  std::optional<AugmentationConfig> augmentation;
};

// ---- network ----

struct DenseConfig {
  std::uint32_t units;
  Activation activation;
  double keep_prob;
  InitializerSpec initializer;  // AUTO is resolved by the layer's activation
  LayerPenalty penalty;         // in force: its own or the job's
};

struct OutputConfig {
  std::uint32_t units;
  Loss loss;
  InitializerSpec initializer;
  LayerPenalty penalty;
};

struct NetworkConfig {
  double input_keep_prob;
  std::vector<DenseConfig> hidden;
  OutputConfig output;
};

// The lambdas are those of the layers.
struct RegularizationConfig {
  bool include_biases;
};

// ---- training ----

struct TrainingConfig {
  std::optional<std::uint32_t> batch_size;  // absent: the full training set
  std::uint32_t shards;
  std::optional<std::uint32_t> epochs;  // exactly one of epochs and steps
  std::optional<std::uint64_t> steps;
};

struct EvaluationConfig {
  std::uint32_t every_epochs;
  std::uint64_t train_examples;  // 0: all
  double smallest_improvement;
};

enum class StoppingMetric { dev_error, dev_cost };
struct EarlyStoppingConfig {
  StoppingMetric metric;
  std::uint32_t patience;  // evaluations
  double min_improvement;
};

struct CheckpointingConfig {
  bool enabled;
  std::uint32_t every_epochs;
  std::uint32_t keep_last;
};

struct ExchangeConfig {
  std::uint64_t bucket_bytes;
  bool shared_memory;
};

struct DiagnosisConfig {
  double base_error;
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

#pragma once
// A job's settings of its data, as plain values. The meaning of each field is documented in
// proto/job.proto, which also defines the ranges and the defaults; the initial values here are the
// same (tests/config/spec_defaults_test.cc).

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/enum_names.h"

namespace lockstep {

// ---- formats ----

struct IdxSource {
  std::filesystem::path features;
  std::filesystem::path labels;  // empty: examples without labels, for predictions
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
  bool channels_last = false;
};

enum class CifarKind { cifar10, cifar100_fine, cifar100_coarse };

constexpr auto enum_names(CifarKind) {
  using enum CifarKind;
  return std::to_array<EnumName<CifarKind>>({{cifar10, "CIFAR_10"},
                                             {cifar100_fine, "CIFAR_100_FINE"},
                                             {cifar100_coarse, "CIFAR_100_COARSE"}});
}

struct CifarSource {
  std::vector<std::filesystem::path> files;
  CifarKind kind = CifarKind::cifar10;
  bool labelled = true;  // false: labels are skipped, for predictions
};

struct TwoSpiralsSpec {
  double turns = 1.5;
  double noise = 0.02;
  bool operator==(const TwoSpiralsSpec&) const = default;
};
struct BlobsSpec {
  std::uint32_t classes = 2;
  std::uint32_t features = 2;
  double distance = 2;
  bool operator==(const BlobsSpec&) const = default;
};
struct TeacherSpec {
  std::uint32_t features = 16;
  std::uint32_t layers = 1;  // hidden layers
  std::uint32_t units = 16;  // units of each hidden layer
  std::uint32_t classes = 2;
  double gain = 2;         // the larger, the less linear
  std::uint32_t seed = 1;  // seed of the teacher's weights, not of the points
  bool operator==(const TeacherSpec&) const = default;
};
struct SyntheticSource {
  std::uint32_t examples = 0;
  std::uint32_t seed = 1;  // seed of the points
  double label_noise = 0;
  std::variant<TwoSpiralsSpec, BlobsSpec, TeacherSpec> kind;
  bool operator==(const SyntheticSource&) const = default;
};

// ---- tables ----

// How the bytes of a text file are read.
struct CsvDialect {
  char delimiter = ',';
  bool header = true;  // the first record names the columns
  bool operator==(const CsvDialect&) const = default;
};

enum class ColumnRole {
  number,
  category,
  label,
  class_name,
  group,
  ignored,
  kept,
  id,
  ordinal,
  weight
};

constexpr auto enum_names(ColumnRole) {
  using enum ColumnRole;
  return std::to_array<EnumName<ColumnRole>>({{number, "NUMBER"},
                                              {category, "CATEGORY"},
                                              {label, "LABEL"},
                                              {class_name, "CLASS_NAME"},
                                              {group, "GROUP"},
                                              {ignored, "IGNORED"},
                                              {kept, "KEPT"},
                                              {id, "ID"},
                                              {ordinal, "ORDINAL"},
                                              {weight, "WEIGHT"}});
}

enum class WhenMissing { refuse, training_mean, training_median, training_most_frequent };

constexpr auto enum_names(WhenMissing) {
  using enum WhenMissing;
  return std::to_array<EnumName<WhenMissing>>({{refuse, "REFUSE"},
                                               {training_mean, "TRAINING_MEAN"},
                                               {training_median, "TRAINING_MEDIAN"},
                                               {training_most_frequent, "TRAINING_MOST_FREQUENT"}});
}

enum class UnknownCategory { error, all_zero };

constexpr auto enum_names(UnknownCategory) {
  using enum UnknownCategory;
  return std::to_array<EnumName<UnknownCategory>>({{error, "ERROR"}, {all_zero, "ALL_ZERO"}});
}

// The role of one column, and its other settings.
struct ColumnRule {
  std::string name;         // as in the header, without blanks around it; empty: by index
  std::uint32_t index = 0;  // counts from 1; 0: by name
  ColumnRole role = ColumnRole::number;
  std::vector<std::string> order = {};  // texts of an ordinal column, lowest first
  std::optional<WhenMissing> when_missing = std::nullopt;  // absent: that of the table
  bool missing_indicator = false;                          // an input that says what is missing
  bool operator==(const ColumnRule&) const = default;
};

struct TableRules {
  std::vector<ColumnRule> columns;
  ColumnRole others = ColumnRole::number;  // role of the columns without a rule
  WhenMissing when_missing = WhenMissing::refuse;
  std::vector<std::string> missing_texts;  // in addition to the empty field; see MissingFields
  UnknownCategory unknown_category = UnknownCategory::error;
  bool decimal_comma = false;            // numbers are written as 1,5
  std::uint32_t min_category_count = 1;  // a category with fewer rows is rare
  bool operator==(const TableRules&) const = default;
};

struct CsvSource {
  std::filesystem::path file;
  CsvDialect dialect;
  std::optional<TableRules> table;  // only for the training source
  bool labelled = true;             // false: examples without labels, for predictions
};

// ---- sources ----

// One for each file format; paths are absolute, or relative to the working directory.
using SourceFormat =
    std::variant<IdxSource, CsvSource, LibsvmSource, NpySource, CifarSource, SyntheticSource>;

enum class LabelCoding {
  as_is,
  minus_one_plus_one,  // -1 becomes 0, +1 becomes 1
  one_based,           // k becomes k - 1
};

constexpr auto enum_names(LabelCoding) {
  using enum LabelCoding;
  return std::to_array<EnumName<LabelCoding>>(
      {{as_is, "AS_IS"}, {minus_one_plus_one, "MINUS_ONE_PLUS_ONE"}, {one_based, "ONE_BASED"}});
}

struct Corruption {
  double gaussian_noise = 0;  // standard deviation, in units of the features
  std::uint32_t seed = 1;
  bool operator==(const Corruption&) const = default;
};

struct DataSource {
  SourceFormat format;
  std::optional<Corruption> corruption = std::nullopt;
  LabelCoding label_coding = LabelCoding::as_is;
};

// ---- splits ----

struct PartCount {
  std::uint64_t examples = 0;
  bool operator==(const PartCount&) const = default;
};
struct PartFraction {
  double fraction = 0;
  bool operator==(const PartFraction&) const = default;
};
// One of the folds of the source, see data/folds.h.
struct PartFold {
  std::uint32_t number = 0;
  std::uint32_t of = 0;
  std::uint32_t repeat = 0;
  bool operator==(const PartFold&) const = default;
};
using PartSize = std::variant<PartCount, PartFraction, PartFold>;

struct SplitRules {
  std::optional<PartSize> dev;
  std::optional<PartSize> test;
  std::optional<PartSize> train_dev;
  bool stratified = false;
  bool by_group = false;
  bool by_content = false;
  bool operator==(const SplitRules&) const = default;
};

enum class DevAndTestFrom { one_source, one_distribution, different_distributions };

constexpr auto enum_names(DevAndTestFrom) {
  using enum DevAndTestFrom;
  return std::to_array<EnumName<DevAndTestFrom>>(
      {{one_source, "ONE_SOURCE"},
       {one_distribution, "ONE_DISTRIBUTION"},
       {different_distributions, "DIFFERENT_DISTRIBUTIONS"}});
}

// ---- normalization ----

enum class StatisticsPer { feature, all, channel };

constexpr auto enum_names(StatisticsPer) {
  using enum StatisticsPer;
  return std::to_array<EnumName<StatisticsPer>>(
      {{feature, "FEATURE"}, {all, "ALL"}, {channel, "CHANNEL"}});
}

struct Standardize {
  StatisticsPer per = StatisticsPer::feature;
  bool operator==(const Standardize&) const = default;
};
struct ScaleInputs {
  double divisor = 255;
  bool operator==(const ScaleInputs&) const = default;
};
struct KeepInputs {};
struct RobustScale {
  double clip = 3;  // 0: values are not clipped
  bool operator==(const RobustScale&) const = default;
};
using NormalizationRule = std::variant<Standardize, ScaleInputs, KeepInputs, RobustScale>;

// ---- images ----

// The shape of an example that is an image. Its features are plane after plane, each row by row.
struct ImageShape {
  std::uint32_t channels = 1;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  bool operator==(const ImageShape&) const = default;
};

// The values beyond the edges of an image.
struct Border {
  bool nearest = false;  // the nearest pixel of the image, instead of `value`
  float value = 0;
  bool operator==(const Border&) const = default;
};

// The values of black and white.
struct ValueRange {
  float low = 0;
  float high = 255;
};

// Transforms of training images. Each happens with its probability; parameters are
// uniform in their ranges.
struct HorizontalFlip {
  double probability = 0.5;
  bool operator==(const HorizontalFlip&) const = default;
};
struct Crop {
  double probability = 1;
  double min_side = 0.8;  // side of the part, as a share of the image's
  double max_side = 1;
  bool operator==(const Crop&) const = default;
};
struct Zoom {
  double probability = 1;
  double min_factor = 0.9;
  double max_factor = 1.1;
  bool operator==(const Zoom&) const = default;
};
struct Rotation {
  double probability = 1;
  double degrees = 10;  // at most, either way
  bool operator==(const Rotation&) const = default;
};
struct Shift {
  double probability = 1;
  std::uint32_t horizontal = 2;  // pixels at most, either way
  std::uint32_t vertical = 2;
  bool operator==(const Shift&) const = default;
};
struct Elastic {
  double probability = 1;
  double alpha = 4;  // pixels, see ElasticField
  double sigma = 4;
  bool operator==(const Elastic&) const = default;
};
struct Brightness {
  double probability = 1;
  double max_change = 0.2;  // share of the value range, either way
  bool operator==(const Brightness&) const = default;
};
struct Contrast {
  double probability = 1;
  double max_change = 0.2;  // largest change of the factor 1, either way
  bool operator==(const Contrast&) const = default;
};
struct Erasing {
  double probability = 0.5;
  double min_area = 0.02;  // share of the image's
  double max_area = 0.2;
  double max_aspect = 3;  // largest ratio of the longer to the shorter side
  float value = 0;
  bool operator==(const Erasing&) const = default;
};

struct Transforms {
  std::optional<HorizontalFlip> horizontal_flip;
  std::optional<Crop> crop;
  std::optional<Zoom> zoom;
  std::optional<Rotation> rotation;
  std::optional<Shift> shift;
  std::optional<Elastic> elastic;
  std::optional<Brightness> brightness;
  std::optional<Contrast> contrast;
  std::optional<Erasing> erasing;
  Border border;
};

struct AugmentationRules : Transforms {
  std::optional<ValueRange> value_range;  // absent: the range of bytes
};

}  // namespace lockstep

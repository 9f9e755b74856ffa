#include "train/build.h"

#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "data/cifar.h"
#include "data/corrupted.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/label_coding.h"
#include "data/libsvm.h"
#include "data/npy.h"
#include "train/build_synthetic.h"

namespace lockstep {
namespace {

LabelCoding build_label_coding(LabelCodingKind kind) {
  switch (kind) {
    case LabelCodingKind::as_is:
      return LabelCoding::as_is;
    case LabelCodingKind::minus_one_plus_one:
      return LabelCoding::minus_one_plus_one;
    case LabelCodingKind::one_based:
      return LabelCoding::one_based;
  }
  check(false, "a known coding of labels");
  return LabelCoding::as_is;
}

CifarKind build_cifar_kind(CifarLabels kind) {
  switch (kind) {
    case CifarLabels::cifar10:
      return CifarKind::cifar10;
    case CifarLabels::cifar100_fine:
      return CifarKind::cifar100_fine;
    case CifarLabels::cifar100_coarse:
      return CifarKind::cifar100_coarse;
  }
  check(false, "a known kind of CIFAR");
  return CifarKind::cifar10;
}

std::optional<std::filesystem::path> unless_empty(const std::filesystem::path& path) {
  return path.empty() ? std::nullopt : std::optional(path);
}

ColumnRole build_role(ColumnRoleKind role) {
  switch (role) {
    case ColumnRoleKind::number:
      return ColumnRole::number;
    case ColumnRoleKind::category:
      return ColumnRole::category;
    case ColumnRoleKind::label:
      return ColumnRole::label;
    case ColumnRoleKind::class_name:
      return ColumnRole::class_name;
    case ColumnRoleKind::group:
      return ColumnRole::group;
    case ColumnRoleKind::ignored:
      return ColumnRole::ignored;
  }
  check(false, "a known role");
  return {};
}

CsvFile csv_file(const CsvSource& source, std::shared_ptr<const FittedTable> like) {
  check(like != nullptr || source.table.has_value(), "a table has its rules from somewhere");
  return {.path = source.file,
          .dialect = {source.delimiter, source.header},
          .rules = source.table ? table_rules(*source.table) : TableRules{},
          .like = std::move(like),
          .labelled = source.labelled};
}

struct OpenSource {
  const std::optional<KnownFeatures>& known;

  std::unique_ptr<ExampleSource> operator()(const CsvSource& source) const {
    return std::make_unique<CsvExampleSource>(csv_file(source, known ? known->table : nullptr));
  }
  std::unique_ptr<ExampleSource> operator()(const IdxSource& source) const {
    return std::make_unique<IdxExampleSource>(source.features, unless_empty(source.labels),
                                              source.groups);
  }
  std::unique_ptr<ExampleSource> operator()(const LibsvmSource& source) const {
    LibsvmFeatures features;
    if (known) features = {known->count, known->given_by};
    if (source.features) features = {*source.features, "the job's libsvm.features says"};
    return std::make_unique<LibsvmExampleSource>(source.file, features, source.labelled);
  }
  std::unique_ptr<ExampleSource> operator()(const NpySource& source) const {
    return std::make_unique<NpyExampleSource>(
        source.features, unless_empty(source.labels), source.groups,
        source.channels_last ? NpyChannels::last : NpyChannels::first);
  }
  std::unique_ptr<ExampleSource> operator()(const CifarSource& source) const {
    return std::make_unique<CifarExampleSource>(source.files, build_cifar_kind(source.kind),
                                                source.labelled);
  }
  std::unique_ptr<ExampleSource> operator()(const SyntheticSource& source) const {
    return std::make_unique<SyntheticExampleSource>(build_synthetic(source));
  }
};

struct WithoutLabels {
  const std::filesystem::path& input;
  DataSource operator()(const IdxSource& /*like*/) const {
    return {IdxSource{input, {}, std::nullopt}, std::nullopt};
  }
  DataSource operator()(const LibsvmSource& /*like*/) const {
    return {LibsvmSource{input, std::nullopt, false}, std::nullopt};
  }
  DataSource operator()(const NpySource& like) const {
    return {NpySource{input, {}, std::nullopt, like.channels_last}, std::nullopt};
  }
  DataSource operator()(const CifarSource& like) const {
    return {CifarSource{{input}, like.kind, false}, std::nullopt};
  }
  DataSource operator()(const SyntheticSource& /*like*/) const {
    throw Error(ExitCode::usage,
                "the model was trained on a synthetic source, which has no file format to read "
                "examples from; `lockstep evaluate` scores it on the points of its job");
  }
  DataSource operator()(const CsvSource& like) const {
    return {CsvSource{input, like.header, like.delimiter, std::nullopt, false}, std::nullopt};
  }
};

}  // namespace

namespace {

// Far beyond any memory, and far from where sums of sizes in bytes overflow.
void check_size(const NetworkSpec& network) {
  constexpr double kMostParameters = 1e12;
  double parameters = 0;
  for (const DenseSpec& layer : network.layers) {
    parameters += static_cast<double>(layer.outputs) * (static_cast<double>(layer.inputs) + 1);
  }
  if (parameters <= kMostParameters) return;
  throw Error(ExitCode::usage, fmt::format("the network has {:.3g} parameters; expected at most "
                                           "{:g}: make its layers narrower (network.layer units)",
                                           parameters, kMostParameters));
}

}  // namespace

NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features) {
  NetworkSpec spec;
  spec.inputs = features;
  spec.input_keep_prob = config.input_keep_prob;
  spec.loss = config.output.loss;
  std::uint64_t inputs = features;
  for (const DenseConfig& layer : config.hidden) {
    spec.layers.push_back(
        {inputs, layer.units, layer.activation, layer.keep_prob, layer.initializer});
    inputs = layer.units;
  }
  spec.layers.push_back(
      {inputs, config.output.units, Activation::linear, 1.0, config.output.initializer});
  check_size(spec);
  return spec;
}

RegularizationSpec build_regularization(const Job& job) {
  RegularizationSpec spec;
  for (const DenseConfig& layer : job.network.hidden) spec.layers.push_back(layer.penalty);
  spec.layers.push_back(job.network.output.penalty);
  spec.include_biases = job.regularization.include_biases;
  return spec;
}

TableRules table_rules(const TableConfig& config) {
  TableRules rules;
  for (const auto& [name, index, role] : config.columns) {
    rules.columns.push_back({name, index, build_role(role)});
  }
  rules.others = build_role(config.other_columns);
  rules.when_missing = config.when_missing == WhenMissingKind::training_mean
                           ? WhenMissing::training_mean
                           : WhenMissing::refuse;
  rules.missing_texts = config.missing;
  rules.unknown_category = config.unknown_category == UnknownCategoryKind::all_zero
                               ? UnknownCategory::all_zero
                               : UnknownCategory::error;
  return rules;
}

std::unique_ptr<PartedSource> open_part(const DataSource& source,
                                        std::shared_ptr<const FittedTable> like, std::uint64_t part,
                                        std::uint64_t parts) {
  const auto* csv = std::get_if<CsvSource>(&source.format);
  if (csv == nullptr) return nullptr;
  return std::make_unique<CsvExampleSource>(csv_file(*csv, std::move(like)),
                                            CsvPart{.index = part, .count = parts});
}

std::unique_ptr<ExampleSource> as_configured(std::unique_ptr<ExampleSource> opened,
                                             const DataSource& source) {
  if (source.label_coding != LabelCodingKind::as_is) {
    opened =
        std::make_unique<RecodedSource>(std::move(opened), build_label_coding(source.label_coding));
  }
  if (!source.corruption) return opened;
  const auto& [gaussian_noise, seed] = *source.corruption;
  return std::make_unique<CorruptedSource>(std::move(opened), Corruption{gaussian_noise, seed});
}

std::unique_ptr<ExampleSource> open_source(const DataSource& source,
                                           const std::optional<KnownFeatures>& known) {
  return as_configured(std::visit(OpenSource{known}, source.format), source);
}

DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input) {
  return std::visit(WithoutLabels{input}, like.format);
}

}  // namespace lockstep

#include "config/to_data.h"

#include "base/check.h"
#include "config/from_proto.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// ---- formats ----

IdxSource to_format(const proto::Idx& idx) {
  IdxSource source{.features = idx.features(), .labels = idx.labels(), .groups = std::nullopt};
  if (idx.has_groups()) source.groups = idx.groups();
  return source;
}

LibsvmSource to_format(const proto::Libsvm& libsvm) {
  LibsvmSource source{.file = libsvm.file(), .features = std::nullopt};
  if (libsvm.has_features()) source.features = libsvm.features();
  return source;
}

NpySource to_format(const proto::Npy& npy) {
  NpySource source{.features = npy.features(),
                   .labels = npy.labels(),
                   .groups = std::nullopt,
                   .channels_last = npy.channels_last()};
  if (npy.has_groups()) source.groups = npy.groups();
  return source;
}

CifarSource to_format(const proto::Cifar& cifar) {
  CifarSource source{.files = {}, .kind = from_proto<CifarKind>(cifar.kind())};
  for (const proto::DataFile& file : cifar.file()) source.files.emplace_back(file.path());
  return source;
}

SyntheticSource to_format(const proto::Synthetic& synthetic) {
  SyntheticSource source{.examples = synthetic.examples(),
                         .seed = synthetic.seed(),
                         .label_noise = synthetic.label_noise(),
                         .kind = {}};
  switch (synthetic.kind_case()) {
    case proto::Synthetic::kTwoSpirals:
      source.kind = TwoSpiralsSpec{.turns = synthetic.two_spirals().turns(),
                                   .noise = synthetic.two_spirals().noise()};
      return source;
    case proto::Synthetic::kBlobs:
      source.kind = BlobsSpec{.classes = synthetic.blobs().classes(),
                              .features = synthetic.blobs().features(),
                              .distance = synthetic.blobs().distance()};
      return source;
    case proto::Synthetic::kTeacher: {
      const auto& teacher = synthetic.teacher();
      source.kind = TeacherSpec{.features = teacher.features(),
                                .layers = teacher.layers(),
                                .units = teacher.units(),
                                .classes = teacher.classes(),
                                .gain = teacher.gain(),
                                .seed = teacher.seed()};
      return source;
    }
    case proto::Synthetic::KIND_NOT_SET:
      break;
  }
  check(false, "a validated synthetic source has a kind");
  return source;
}

ColumnRule to_column_rule(const proto::Table::Column& column) {
  ColumnRule rule{.name = column.name(),
                  .index = column.index(),
                  .role = from_proto<ColumnRole>(column.role()),
                  .missing_indicator = column.missing_indicator()};
  for (const auto& ordered : column.order()) rule.order.push_back(ordered.text());
  if (column.has_when_missing()) rule.when_missing = from_proto<WhenMissing>(column.when_missing());
  return rule;
}

TableRules to_table(const proto::Table& table) {
  TableRules rules{.columns = {},
                   .others = from_proto<ColumnRole>(table.other_columns()),
                   .when_missing = from_proto<WhenMissing>(table.when_missing()),
                   .missing_texts = {},
                   .unknown_category = from_proto<UnknownCategory>(table.unknown_category()),
                   .decimal_comma = table.decimal_comma(),
                   .min_category_count = table.min_category_count()};
  for (const auto& column : table.column()) rules.columns.push_back(to_column_rule(column));
  for (const auto& missing : table.missing()) rules.missing_texts.push_back(missing.text());
  return rules;
}

CsvSource to_format(const proto::Csv& csv) {
  CsvSource source{.file = csv.file(),
                   .dialect = {.delimiter = csv.delimiter()[0], .header = csv.header()},
                   .table = std::nullopt};
  if (csv.has_table()) source.table = to_table(csv.table());
  return source;
}

// ---- sources ----

SourceFormat to_source_format(const proto::Source& source) {
  switch (source.format_case()) {
    case proto::Source::kIdx:
      return to_format(source.idx());
    case proto::Source::kCsv:
      return to_format(source.csv());
    case proto::Source::kLibsvm:
      return to_format(source.libsvm());
    case proto::Source::kNpy:
      return to_format(source.npy());
    case proto::Source::kCifar:
      return to_format(source.cifar());
    case proto::Source::kSynthetic:
      return to_format(source.synthetic());
    case proto::Source::FORMAT_NOT_SET:
      break;
  }
  check(false, "a validated source has a format");
  return {};
}

DataSource to_source(const proto::Source& source) {
  DataSource data{.format = to_source_format(source),
                  .corruption = std::nullopt,
                  .label_coding = from_proto<LabelCoding>(source.label_coding())};
  if (source.has_corruption()) {
    data.corruption = {.gaussian_noise = source.corruption().gaussian_noise(),
                       .seed = source.corruption().seed()};
  }
  return data;
}

// ---- splits and normalization ----

PartSize to_part(const proto::Part& part) {
  if (part.has_count()) return PartCount{part.count()};
  if (part.has_fold()) {
    return PartFold{
        .number = part.fold().number(), .of = part.fold().of(), .repeat = part.fold().repeat()};
  }
  return PartFraction{part.fraction()};
}

SplitRules to_split(const proto::Split& split) {
  SplitRules rules{.dev = std::nullopt,
                   .test = std::nullopt,
                   .train_dev = std::nullopt,
                   .stratified = split.stratified(),
                   .by_group = split.by_group(),
                   .by_content = split.by_content()};
  if (split.has_dev()) rules.dev = to_part(split.dev());
  if (split.has_test()) rules.test = to_part(split.test());
  if (split.has_train_dev()) rules.train_dev = to_part(split.train_dev());
  return rules;
}

NormalizationRule to_normalization(const proto::Normalization& normalization) {
  if (normalization.has_standardize()) {
    return Standardize{from_proto<StatisticsPer>(normalization.standardize().per())};
  }
  if (normalization.has_robust()) return RobustScale{normalization.robust().clip()};
  if (normalization.has_scale()) return ScaleInputs{normalization.scale().divisor()};
  return KeepInputs{};
}

// ---- augmentation ----

HorizontalFlip to_transform(const proto::Augmentation::HorizontalFlip& flip) {
  return {.probability = flip.probability()};
}
Crop to_transform(const proto::Augmentation::Crop& crop) {
  return {
      .probability = crop.probability(), .min_side = crop.min_side(), .max_side = crop.max_side()};
}
Zoom to_transform(const proto::Augmentation::Zoom& zoom) {
  return {.probability = zoom.probability(),
          .min_factor = zoom.min_factor(),
          .max_factor = zoom.max_factor()};
}
Rotation to_transform(const proto::Augmentation::Rotation& rotation) {
  return {.probability = rotation.probability(), .degrees = rotation.degrees()};
}
Shift to_transform(const proto::Augmentation::Shift& shift) {
  return {.probability = shift.probability(),
          .horizontal = shift.horizontal(),
          .vertical = shift.vertical()};
}
Elastic to_transform(const proto::Augmentation::Elastic& elastic) {
  return {.probability = elastic.probability(), .alpha = elastic.alpha(), .sigma = elastic.sigma()};
}
Brightness to_transform(const proto::Augmentation::Brightness& brightness) {
  return {.probability = brightness.probability(), .max_change = brightness.max_change()};
}
Contrast to_transform(const proto::Augmentation::Contrast& contrast) {
  return {.probability = contrast.probability(), .max_change = contrast.max_change()};
}
Erasing to_transform(const proto::Augmentation::Erasing& erasing) {
  return {.probability = erasing.probability(),
          .min_area = erasing.min_area(),
          .max_area = erasing.max_area(),
          .max_aspect = erasing.max_aspect(),
          .value = static_cast<float>(erasing.value())};
}

AugmentationRules to_augmentation(const proto::Augmentation& given) {
  AugmentationRules rules;
  if (given.has_horizontal_flip()) rules.horizontal_flip = to_transform(given.horizontal_flip());
  if (given.has_crop()) rules.crop = to_transform(given.crop());
  if (given.has_zoom()) rules.zoom = to_transform(given.zoom());
  if (given.has_rotation()) rules.rotation = to_transform(given.rotation());
  if (given.has_shift()) rules.shift = to_transform(given.shift());
  if (given.has_elastic()) rules.elastic = to_transform(given.elastic());
  if (given.has_brightness()) rules.brightness = to_transform(given.brightness());
  if (given.has_contrast()) rules.contrast = to_transform(given.contrast());
  if (given.has_erasing()) rules.erasing = to_transform(given.erasing());
  rules.border = {.nearest = given.border() == proto::Augmentation::NEAREST,
                  .value = static_cast<float>(given.border_value())};
  if (given.has_value_range()) {
    rules.value_range = {.low = static_cast<float>(given.value_range().low()),
                         .high = static_cast<float>(given.value_range().high())};
  }
  return rules;
}

}  // namespace

DataConfig to_data(const proto::Data& data) {
  DataConfig config{.train = to_source(data.train()),
                    .dev = std::nullopt,
                    .test = std::nullopt,
                    .held_out = std::nullopt,
                    .dev_and_test_from = from_proto<DevAndTestFrom>(data.dev_and_test_from()),
                    .max_copied_share = data.max_copied_share(),
                    .split = to_split(data.split()),
                    .normalization = to_normalization(data.normalization()),
                    .standardizes_targets = data.targets() == proto::Data::STANDARDIZED,
                    .image = std::nullopt,
                    .augmentation = std::nullopt};
  if (data.has_dev()) config.dev = to_source(data.dev());
  if (data.has_test()) config.test = to_source(data.test());
  if (data.has_held_out()) config.held_out = to_source(data.held_out());
  if (data.has_image()) {
    config.image = {.channels = data.image().channels(),
                    .height = data.image().height(),
                    .width = data.image().width()};
  }
  if (data.has_augmentation()) config.augmentation = to_augmentation(data.augmentation());
  return config;
}

}  // namespace lockstep

#include "config/to_job.h"

#include <optional>
#include <type_traits>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/check.h"
#include "nn/activations.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// ---- data ----

IdxSource to_idx(const proto::Idx& idx) {
  IdxSource config{idx.features(), idx.labels(), std::nullopt};
  if (idx.has_groups()) config.groups = idx.groups();
  return config;
}

LibsvmSource to_libsvm(const proto::Libsvm& libsvm) {
  LibsvmSource config{libsvm.file(), std::nullopt};
  if (libsvm.has_features()) config.features = libsvm.features();
  return config;
}

NpySource to_npy(const proto::Npy& npy) {
  NpySource config{npy.features(), npy.labels(), std::nullopt, npy.channels_last()};
  if (npy.has_groups()) config.groups = npy.groups();
  return config;
}

CifarLabels to_cifar_labels(proto::Cifar::Kind kind) {
  switch (kind) {
    case proto::Cifar::CIFAR_10:
      return CifarLabels::cifar10;
    case proto::Cifar::CIFAR_100_FINE:
      return CifarLabels::cifar100_fine;
    case proto::Cifar::CIFAR_100_COARSE:
      return CifarLabels::cifar100_coarse;
  }
  check(false, "every kind of CIFAR in the schema is known");
  return {};
}

CifarSource to_cifar(const proto::Cifar& cifar) {
  CifarSource config{{}, to_cifar_labels(cifar.kind())};
  for (const proto::DataFile& file : cifar.file()) config.files.emplace_back(file.path());
  return config;
}

SyntheticSource to_synthetic(const proto::Synthetic& synthetic) {
  SyntheticSource config{synthetic.examples(), synthetic.seed(), synthetic.label_noise(), {}};
  switch (synthetic.kind_case()) {
    case proto::Synthetic::kTwoSpirals:
      config.kind =
          TwoSpiralsConfig{synthetic.two_spirals().turns(), synthetic.two_spirals().noise()};
      return config;
    case proto::Synthetic::kBlobs:
      config.kind = BlobsConfig{synthetic.blobs().classes(), synthetic.blobs().features(),
                                synthetic.blobs().distance()};
      return config;
    case proto::Synthetic::kTeacher: {
      const auto& teacher = synthetic.teacher();
      config.kind = TeacherConfig{teacher.features(), teacher.layers(), teacher.units(),
                                  teacher.classes(),  teacher.gain(),   teacher.seed()};
      return config;
    }
    case proto::Synthetic::KIND_NOT_SET:
      break;
  }
  check(false, "a validated synthetic source has a kind");
  return config;
}

LabelCodingKind to_label_coding(proto::LabelCoding coding) {
  switch (coding) {
    case proto::AS_IS:
      return LabelCodingKind::as_is;
    case proto::MINUS_ONE_PLUS_ONE:
      return LabelCodingKind::minus_one_plus_one;
    case proto::ONE_BASED:
      return LabelCodingKind::one_based;
  }
  check(false, "every coding of labels in the schema is known");
  return {};
}

ColumnRoleKind to_column_role(proto::Table::Role role) {
  switch (role) {
    case proto::Table::NUMBER:
      return ColumnRoleKind::number;
    case proto::Table::CATEGORY:
      return ColumnRoleKind::category;
    case proto::Table::LABEL:
      return ColumnRoleKind::label;
    case proto::Table::CLASS_NAME:
      return ColumnRoleKind::class_name;
    case proto::Table::GROUP:
      return ColumnRoleKind::group;
    case proto::Table::IGNORED:
      return ColumnRoleKind::ignored;
  }
  check(false, "every role of a column in the schema is known");
  return {};
}

TableConfig to_table(const proto::Table& table) {
  TableConfig config{
      {},
      to_column_role(table.other_columns()),
      table.when_missing() == proto::Table::TRAINING_MEAN ? WhenMissingKind::training_mean
                                                          : WhenMissingKind::refuse,
      {},
      table.unknown_category() == proto::Table::ALL_ZERO ? UnknownCategoryKind::all_zero
                                                         : UnknownCategoryKind::error};
  for (const auto& column : table.column()) {
    config.columns.push_back({column.name(), column.index(), to_column_role(column.role())});
  }
  for (const auto& missing : table.missing()) config.missing.push_back(missing.text());
  return config;
}

CsvSource to_csv(const proto::Csv& csv) {
  CsvSource config{csv.file(), csv.header(), csv.delimiter()[0], std::nullopt};
  if (csv.has_table()) config.table = to_table(csv.table());
  return config;
}

DataSource to_source(const proto::Source& source) {
  DataSource config{to_idx(source.idx()), std::nullopt, to_label_coding(source.label_coding())};
  if (source.has_libsvm()) config.format = to_libsvm(source.libsvm());
  if (source.has_npy()) config.format = to_npy(source.npy());
  if (source.has_cifar()) config.format = to_cifar(source.cifar());
  if (source.has_synthetic()) config.format = to_synthetic(source.synthetic());
  if (source.has_csv()) config.format = to_csv(source.csv());
  if (source.has_corruption()) {
    config.corruption = {source.corruption().gaussian_noise(), source.corruption().seed()};
  }
  return config;
}

PartSize to_part(const proto::Part& part) {
  if (part.has_count()) return PartCount{part.count()};
  return PartFraction{part.fraction()};
}

SplitConfig to_split(const proto::Split& split) {
  SplitConfig config{std::nullopt, std::nullopt, std::nullopt, split.stratified(),
                     split.by_group()};
  if (split.has_dev()) config.dev = to_part(split.dev());
  if (split.has_test()) config.test = to_part(split.test());
  if (split.has_train_dev()) config.train_dev = to_part(split.train_dev());
  return config;
}

StatisticsPer to_statistics_per(proto::Normalization::Standardize::Per per) {
  switch (per) {
    case proto::Normalization::Standardize::FEATURE:
      return StatisticsPer::feature;
    case proto::Normalization::Standardize::ALL:
      return StatisticsPer::all;
    case proto::Normalization::Standardize::CHANNEL:
      return StatisticsPer::channel;
  }
  check(false, "every extent of statistics of the schema has a kind");
  return {};
}

DevAndTestFrom to_dev_and_test_from(proto::Data::DevAndTestFrom from) {
  switch (from) {
    case proto::Data::ONE_SOURCE:
      return DevAndTestFrom::one_source;
    case proto::Data::ONE_DISTRIBUTION:
      return DevAndTestFrom::one_distribution;
    case proto::Data::DIFFERENT_DISTRIBUTIONS:
      return DevAndTestFrom::different_distributions;
  }
  check(false, "every origin of dev and test in the schema is known");
  return {};
}

NormalizationConfig to_normalization(const proto::Normalization& normalization) {
  using proto::Normalization;
  if (normalization.has_standardize()) {
    return Standardize{to_statistics_per(normalization.standardize().per())};
  }
  if (normalization.has_scale()) return ScaleInputs{normalization.scale().divisor()};
  return KeepInputs{};
}

AugmentationConfig to_augmentation(const proto::Augmentation& given) {
  AugmentationConfig config{};
  if (given.has_horizontal_flip()) config.horizontal_flip = {given.horizontal_flip().probability()};
  if (given.has_crop()) {
    const auto& crop = given.crop();
    config.crop = {crop.probability(), crop.min_side(), crop.max_side()};
  }
  if (given.has_zoom()) {
    const auto& zoom = given.zoom();
    config.zoom = {zoom.probability(), zoom.min_factor(), zoom.max_factor()};
  }
  if (given.has_rotation()) {
    config.rotation = {given.rotation().probability(), given.rotation().degrees()};
  }
  if (given.has_shift()) {
    const auto& shift = given.shift();
    config.shift = {shift.probability(), shift.horizontal(), shift.vertical()};
  }
  if (given.has_elastic()) {
    const auto& elastic = given.elastic();
    config.elastic = {elastic.probability(), elastic.alpha(), elastic.sigma()};
  }
  if (given.has_brightness()) {
    config.brightness = {given.brightness().probability(), given.brightness().max_change()};
  }
  if (given.has_contrast()) {
    config.contrast = {given.contrast().probability(), given.contrast().max_change()};
  }
  if (given.has_erasing()) {
    const auto& erasing = given.erasing();
    config.erasing = {erasing.probability(), erasing.min_area(), erasing.max_area(),
                      erasing.max_aspect(), erasing.value()};
  }
  const bool nearest = given.border() == proto::Augmentation::NEAREST;
  config.border = nearest ? BorderKind::nearest : BorderKind::constant;
  config.border_value = given.border_value();
  if (given.has_value_range()) {
    config.value_range = {given.value_range().low(), given.value_range().high()};
  }
  return config;
}

DataConfig to_data(const proto::Data& data) {
  DataConfig config{to_source(data.train()),
                    std::nullopt,
                    std::nullopt,
                    std::nullopt,
                    to_dev_and_test_from(data.dev_and_test_from()),
                    to_split(data.split()),
                    to_normalization(data.normalization()),
                    std::nullopt,
                    std::nullopt};
  if (data.has_dev()) config.dev = to_source(data.dev());
  if (data.has_test()) config.test = to_source(data.test());
  if (data.has_held_out()) config.held_out = to_source(data.held_out());
  if (data.has_image()) {
    config.image = {data.image().channels(), data.image().height(), data.image().width()};
  }
  if (data.has_augmentation()) config.augmentation = to_augmentation(data.augmentation());
  return config;
}

// ---- network ----

Activation to_activation(proto::Activation activation) {
  const auto named = activation_named(proto::Activation_Name(activation));
  check(named.has_value(), "every activation of the schema has a row in nn/activations.h");
  return *named;
}

WeightVariance to_initializer_kind(proto::Initializer::Kind kind) {
  switch (kind) {
    case proto::Initializer::HE:
      return WeightVariance::he;
    case proto::Initializer::XAVIER:
      return WeightVariance::xavier;
    case proto::Initializer::GLOROT:
      return WeightVariance::glorot;
    case proto::Initializer::LECUN:
      return WeightVariance::lecun;
    case proto::Initializer::ZERO:
      return WeightVariance::zero;
    case proto::Initializer::IDENTITY:
      return WeightVariance::identity;
    case proto::Initializer::AUTO:
      break;
  }
  check(false, "AUTO has been resolved");
  return {};
}

Loss to_loss(proto::Output::Loss loss) {
  switch (loss) {
    case proto::Output::SOFTMAX_CROSS_ENTROPY:
      return Loss::softmax_cross_entropy;
    case proto::Output::LOGISTIC:
      return Loss::logistic;
    case proto::Output::SQUARED_ERROR:
      return Loss::squared_error;
  }
  check(false, "every loss of the schema has a kind");
  return {};
}

InitializerSpec to_initializer(const proto::Initializer& initializer) {
  return {to_initializer_kind(initializer.kind()), initializer.multiplier()};
}

LayerPenalty to_penalty(const proto::LayerRegularization& own,
                        const proto::Regularization& of_job) {
  return {own.has_l2_lambda() ? own.l2_lambda() : of_job.l2_lambda(),
          own.has_l1_lambda() ? own.l1_lambda() : of_job.l1_lambda()};
}

NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job) {
  const proto::Output& output = network.output();
  NetworkConfig config{
      network.input_keep_prob(),
      {},
      {output.units(), to_loss(output.loss()), to_initializer(output.initializer()),
       to_penalty(output.regularization(), of_job)}};
  for (const proto::DenseLayer& layer : network.layer()) {
    config.hidden.push_back({layer.units(), to_activation(layer.activation()), layer.keep_prob(),
                             to_initializer(layer.initializer()),
                             to_penalty(layer.regularization(), of_job)});
  }
  return config;
}

// ---- optimizer ----

// The fields of the message of this kind, by their names.
template <typename Kind>
Kind read_optimizer(const google::protobuf::Message& message) {
  Kind kind;
  for (const auto& [name, member] : Kind::fields()) {
    const auto* field = message.GetDescriptor()->FindFieldByName(name);
    check(field != nullptr, "the schema has every field of an optimizer");
    kind.*member = message.GetReflection()->GetDouble(message, field);
  }
  return kind;
}

Optimizer to_optimizer(const proto::Optimizer& optimizer) {
  const auto* oneof = proto::Optimizer::descriptor()->FindOneofByName("kind");
  const auto* field = optimizer.GetReflection()->GetOneofFieldDescriptor(optimizer, oneof);
  check(field != nullptr, "a validated job has an optimizer");
  const google::protobuf::Message& message =
      optimizer.GetReflection()->GetMessage(optimizer, field);
  std::optional<Optimizer> read;
  const auto read_if_named = [&]<typename Kind>() {
    if (field->name() == Kind::kName) read = read_optimizer<Kind>(message);
  };
  [&]<typename... Kinds>(std::type_identity<std::variant<Kinds...>>) {
    (read_if_named.template operator()<Kinds>(), ...);
  }(std::type_identity<Optimizer>{});
  check(read.has_value(), "every optimizer of the schema is one of optim/optimizer.h");
  return *read;
}

LearningRateSchedule to_schedule(const proto::Schedule& schedule) {
  LearningRateSchedule config{schedule.warmup_epochs(), ConstantFactor{}};
  if (schedule.has_step()) {
    config.kind = StepDecay{schedule.step().every_epochs(), schedule.step().factor()};
  } else if (schedule.has_exponential()) {
    config.kind = ExponentialDecay{schedule.exponential().factor_per_epoch()};
  } else if (schedule.has_cosine()) {
    config.kind = CosineDecay{schedule.cosine().final_factor()};
  }
  return config;
}

// ---- training ----

TrainingConfig to_training(const proto::Training& training) {
  TrainingConfig config{std::nullopt, training.shards(), std::nullopt, std::nullopt};
  if (training.has_batch_size()) config.batch_size = training.batch_size();
  if (training.has_epochs()) config.epochs = training.epochs();
  if (training.has_steps()) config.steps = training.steps();
  return config;
}

EarlyStoppingConfig to_early_stopping(const proto::EarlyStopping& stopping) {
  const bool cost = stopping.metric() == proto::EarlyStopping::DEV_COST;
  return {cost ? StoppingMetric::dev_cost : StoppingMetric::dev_error, stopping.patience(),
          stopping.min_improvement()};
}

}  // namespace

Job to_job(const proto::Job& job) {
  Job config{
      job.name(),
      job.seed(),
      to_data(job.data()),
      to_network(job.network(), job.regularization()),
      {job.regularization().include_biases()},
      to_optimizer(job.optimizer()),
      to_schedule(job.optimizer().schedule()),
      std::nullopt,
      to_training(job.training()),
      {job.evaluation().every_epochs(), job.evaluation().train_examples(),
       job.evaluation().smallest_improvement()},
      std::nullopt,
      {job.checkpointing().enabled(), job.checkpointing().every_epochs(),
       job.checkpointing().keep_last()},
      {job.exchange().bucket_bytes(), job.exchange().shared_memory()},
      {job.diagnosis().base_error(), job.diagnosis().high_gap(), job.diagnosis().high_share()},
      std::nullopt,
  };
  if (job.optimizer().has_clipping()) config.clipping = {job.optimizer().clipping().max_norm()};
  if (job.has_early_stopping()) config.early_stopping = to_early_stopping(job.early_stopping());
  if (job.has_monitor()) config.monitor = {job.monitor().every_steps(), job.monitor().examples()};
  return config;
}

}  // namespace lockstep

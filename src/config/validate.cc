#include "config/validate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include "config/validate_augmentation.h"
#include "config/validate_csv.h"
#include "config/validate_formats.h"
#include "config/validate_split.h"
#include "config/value_checks.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// ---- data ----

void check_source(const ValueChecks& checks, const proto::Source& source, const std::string& path) {
  check_choice(checks, source.format_case() != proto::Source::FORMAT_NOT_SET, path,
               *proto::Source::descriptor(), "format");
  if (source.has_corruption()) {
    const std::string noise = path + ".corruption.gaussian_noise";
    if (checks.present(source.corruption().has_gaussian_noise(), noise, "a standard deviation")) {
      checks.positive_float(noise, source.corruption().gaussian_noise());
    }
  }
  check_formats(checks, source, path);
  if (source.has_csv()) check_csv(checks, source.csv(), path + ".csv");
  if (!source.has_idx()) return;
  const proto::Idx& idx = source.idx();
  const auto file = [&](bool is_there, const std::string& value, const std::string& field) {
    if (checks.present(is_there, field, "the path of an IDX file")) {
      checks.require(!value.empty(), field, "\"\"", "the path of an IDX file");
    }
  };
  file(idx.has_features(), idx.features(), path + ".idx.features");
  file(idx.has_labels(), idx.labels(), path + ".idx.labels");
  if (idx.has_groups()) file(true, idx.groups(), path + ".idx.groups");
}

void check_data(const ValueChecks& checks, const proto::Data& data) {
  if (checks.present(data.has_train(), "data.train", "the training examples")) {
    check_source(checks, data.train(), "data.train");
  }
  if (data.has_dev()) check_source(checks, data.dev(), "data.dev");
  if (data.has_test()) check_source(checks, data.test(), "data.test");
  if (data.has_held_out()) check_source(checks, data.held_out(), "data.held_out");
  check_split(checks, data);
  check_tables(checks, data);
  if (data.normalization().has_scale()) {
    const double divisor = data.normalization().scale().divisor();
    const std::string path = "data.normalization.scale.divisor";
    const bool usable = std::isfinite(divisor) && divisor != 0;
    checks.require(usable, path, fmt::to_string(divisor), "a finite number other than 0");
    // Inputs are multiplied by its inverse.
    if (usable && !std::isnormal(static_cast<float>(1 / divisor))) {
      checks.complain(path, fmt::format("{} is {}, whose inverse float does not have; expected a "
                                        "magnitude from 2.94e-39 to 8.5e+37",
                                        path, divisor));
    }
  }
  if (data.has_image()) check_image(checks, data.image());
  if (data.has_augmentation()) check_augmentation(checks, data.augmentation());
}

// ---- network ----

constexpr std::uint32_t kMostRepeats = 1000;
constexpr std::uint64_t kMostLayers = 10000;  // with repeats

void check_network(const ValueChecks& checks, const proto::Network& network) {
  checks.keep_prob("network.input_keep_prob", network.input_keep_prob());
  std::uint64_t layers = 0;
  for (int i = 0; i < network.layer_size(); ++i) {
    const proto::DenseLayer& layer = network.layer(i);
    const std::string path = fmt::format("network.layer[{}]", i);
    layers += layer.repeat();
    if (checks.present(layer.has_units(), path + ".units", "the width of the layer")) {
      checks.at_least(path + ".units", layer.units(), 1);
    }
    checks.keep_prob(path + ".keep_prob", layer.keep_prob());
    checks.require(layer.repeat() >= 1 && layer.repeat() <= kMostRepeats, path + ".repeat",
                   fmt::to_string(layer.repeat()), fmt::format("1 to {}", kMostRepeats));
    checks.not_negative_float(path + ".initializer.multiplier", layer.initializer().multiplier());
  }
  if (layers > kMostLayers) {
    checks.complain("network.layer", fmt::format("network.layer: {} layers with their repeats; "
                                                 "expected at most {}",
                                                 layers, kMostLayers));
  }
  if (!checks.present(network.has_output(), "network.output", "the output layer")) return;
  const proto::Output& output = network.output();
  const std::string units = "network.output.units";
  if (checks.present(output.has_units(), units, "the number of classes or values")) {
    const bool softmax = output.loss() == proto::Output::SOFTMAX_CROSS_ENTROPY &&
                         checks.trusted("network.output.loss");
    checks.require(output.units() >= (softmax ? 2 : 1), units, fmt::to_string(output.units()),
                   softmax ? "at least 2 classes for SOFTMAX_CROSS_ENTROPY (LOGISTIC takes 1 unit)"
                           : "at least 1");
  }
  checks.not_negative_float("network.output.initializer.multiplier",
                            output.initializer().multiplier());
}

// ---- regularization ----

using OwnLambda = std::optional<double>;  // of a layer; absent: the job's

OwnLambda own_lambda(bool is_there, double lambda) {
  return is_there ? OwnLambda(lambda) : std::nullopt;
}

// Complains about a lambda for all layers that no layer takes.
void check_taken(const ValueChecks& checks, const std::string& path, double lambda,
                 const std::vector<OwnLambda>& own) {
  if (!std::isfinite(lambda) || (lambda == 0 && !checks.overridden(path))) return;
  const bool taken =
      std::ranges::any_of(own, [&](const OwnLambda& of) { return of.value_or(lambda) == lambda; });
  if (taken || own.empty()) return;
  checks.complain(path, fmt::format("{} is {}, but every layer has a {} of its own; remove one or "
                                    "the other",
                                    path, lambda, path.substr(path.find('.') + 1)));
}

void check_regularization(const ValueChecks& checks, const proto::Job& job) {
  const std::string l2 = "regularization.l2_lambda";
  const std::string l1 = "regularization.l1_lambda";
  checks.not_negative_float(l2, job.regularization().l2_lambda());
  checks.not_negative_float(l1, job.regularization().l1_lambda());
  std::vector<OwnLambda> own_l2;
  std::vector<OwnLambda> own_l1;
  const auto check_layer = [&](const proto::LayerRegularization& own, const std::string& path) {
    own_l2.push_back(own_lambda(own.has_l2_lambda(), own.l2_lambda()));
    own_l1.push_back(own_lambda(own.has_l1_lambda(), own.l1_lambda()));
    if (own_l2.back()) checks.not_negative_float(path + l2, *own_l2.back());
    if (own_l1.back()) checks.not_negative_float(path + l1, *own_l1.back());
  };
  for (int i = 0; i < job.network().layer_size(); ++i) {
    check_layer(job.network().layer(i).regularization(), fmt::format("network.layer[{}].", i));
  }
  if (job.network().has_output()) {
    check_layer(job.network().output().regularization(), "network.output.");
  }
  check_taken(checks, l2, job.regularization().l2_lambda(), own_l2);
  check_taken(checks, l1, job.regularization().l1_lambda(), own_l1);
}

// ---- optimizer ----

void check_schedule(const ValueChecks& checks, const proto::Schedule& schedule) {
  const std::string path = "optimizer.schedule.";
  checks.not_negative_float(path + "warmup_epochs", schedule.warmup_epochs());
  if (schedule.has_step()) {
    checks.positive_float(path + "step.every_epochs", schedule.step().every_epochs());
    checks.positive_float(path + "step.factor", schedule.step().factor());
  }
  if (schedule.has_exponential()) {
    checks.positive_float(path + "exponential.factor_per_epoch",
                          schedule.exponential().factor_per_epoch());
  }
  if (schedule.has_cosine()) {
    checks.not_negative_float(path + "cosine.final_factor", schedule.cosine().final_factor());
  }
}

void check_optimizer(const ValueChecks& checks, const proto::Optimizer& optimizer) {
  const std::string path = "optimizer.";
  switch (optimizer.kind_case()) {
    case proto::Optimizer::kGradientDescent:
      checks.positive_float(path + "gradient_descent.learning_rate",
                            optimizer.gradient_descent().learning_rate());
      break;
    case proto::Optimizer::kMomentum:
      checks.positive_float(path + "momentum.learning_rate", optimizer.momentum().learning_rate());
      checks.decay(path + "momentum.beta", optimizer.momentum().beta());
      break;
    case proto::Optimizer::kNesterov:
      checks.positive_float(path + "nesterov.learning_rate", optimizer.nesterov().learning_rate());
      checks.decay(path + "nesterov.beta", optimizer.nesterov().beta());
      break;
    case proto::Optimizer::kRmsprop:
      checks.positive_float(path + "rmsprop.learning_rate", optimizer.rmsprop().learning_rate());
      checks.decay(path + "rmsprop.beta", optimizer.rmsprop().beta());
      checks.positive_float(path + "rmsprop.epsilon", optimizer.rmsprop().epsilon());
      break;
    case proto::Optimizer::kAdam:
      checks.positive_float(path + "adam.learning_rate", optimizer.adam().learning_rate());
      checks.decay(path + "adam.beta1", optimizer.adam().beta1());
      checks.decay(path + "adam.beta2", optimizer.adam().beta2());
      checks.positive_float(path + "adam.epsilon", optimizer.adam().epsilon());
      break;
    case proto::Optimizer::KIND_NOT_SET:
      check_choice(checks, false, "optimizer", *proto::Optimizer::descriptor(), "kind");
  }
  check_schedule(checks, optimizer.schedule());
}

// ---- training ----

// Every shard takes the same number of rows of a batch.
void check_batch_divides(const ValueChecks& checks, std::uint64_t batch, std::uint64_t shards) {
  if (batch == 0 || shards == 0 || batch % shards == 0) return;
  const std::uint64_t below = batch - batch % shards;
  const std::uint64_t above = below + shards;
  std::vector<std::uint64_t> nearest;
  if (below > 0) nearest.push_back(below);
  if (above <= std::numeric_limits<std::uint32_t>::max()) nearest.push_back(above);
  checks.complain("training.batch_size",
                  fmt::format("training.batch_size {} is not divisible by training.shards {}; the "
                              "nearest that would do: {}",
                              batch, shards, fmt::join(nearest, " or ")));
}

void check_training(const ValueChecks& checks, const proto::Training& training) {
  const auto& type = *proto::Training::descriptor();
  const std::string path = "training";
  checks.at_least(path + ".shards", training.shards(), 1);
  constexpr std::uint64_t kMostShards = 1 << 20;  // every rank has a list of all
  checks.require(training.shards() <= kMostShards, path + ".shards",
                 fmt::to_string(training.shards()), fmt::format("at most {}", kMostShards));
  check_choice(checks, training.batch_case() != proto::Training::BATCH_NOT_SET, path, type,
               "batch");
  if (training.has_batch_size()) {
    checks.at_least(path + ".batch_size", training.batch_size(), 1);
    if (checks.trusted(path + ".shards")) {
      check_batch_divides(checks, training.batch_size(), training.shards());
    }
  }
  if (training.has_full_batch()) {
    checks.require(training.full_batch(), path + ".full_batch", "false", "true, or a batch_size");
  }
  check_choice(checks, training.length_case() != proto::Training::LENGTH_NOT_SET, path, type,
               "length");
  if (training.has_epochs()) checks.at_least(path + ".epochs", training.epochs(), 1);
  if (training.has_steps()) checks.at_least(path + ".steps", training.steps(), 1);
}

// Class labels exist unless the targets are values.
bool predicts_values(const ValueChecks& checks, const proto::Job& job) {
  return job.network().output().loss() == proto::Output::SQUARED_ERROR &&
         checks.trusted("network.output.loss");
}

void check_early_stopping(const ValueChecks& checks, const proto::Job& job) {
  const std::string path = "early_stopping";
  const bool has_dev = job.data().has_dev() || job.data().split().has_dev();
  const bool meant_dev = !checks.trusted("data.dev") || !checks.trusted("data.split.dev");
  if (!has_dev && !meant_dev) {
    checks.complain(path, "early_stopping needs a dev set; give data.dev or data.split.dev");
  }
  if (job.early_stopping().metric() == proto::EarlyStopping::DEV_ERROR &&
      checks.trusted(path + ".metric") && predicts_values(checks, job)) {
    checks.complain(path + ".metric",
                    "early_stopping.metric is DEV_ERROR, but SQUARED_ERROR has no error rate; use "
                    "DEV_COST");
  }
  checks.at_least(path + ".patience", job.early_stopping().patience(), 1);
  checks.not_negative(path + ".min_improvement", job.early_stopping().min_improvement());
}

void check_diagnosis(const ValueChecks& checks, const proto::Diagnosis& diagnosis) {
  const double base = diagnosis.base_error();
  checks.require(base >= 0 && base < 1, "diagnosis.base_error", fmt::to_string(base),
                 "a fraction of wrong answers, at least 0 and below 1 (0.01: one percent)");
  checks.fraction("diagnosis.high_gap", diagnosis.high_gap());
  checks.between("diagnosis.high_share", diagnosis.high_share(), 0, 1);
}

}  // namespace

void validate(const proto::Job& job, const Origins& origins, Problems& problems) {
  const ValueChecks checks(origins, problems);
  check_run_name(checks, job.has_name(), job.name(), "\"fashion-mlp\"");
  check_data(checks, job.data());
  if (job.data().split().stratified() && predicts_values(checks, job)) {
    checks.complain("data.split.stratified",
                    "data.split.stratified needs class labels, which SQUARED_ERROR does not have; "
                    "remove it");
  }
  if (checks.present(job.has_network(), "network", "layers and an output")) {
    check_network(checks, job.network());
  }
  check_regularization(checks, job);
  if (checks.present(job.has_optimizer(), "optimizer", "a kind of optimizer, such as adam { }")) {
    check_optimizer(checks, job.optimizer());
  }
  check_training(checks, job.training());
  checks.at_least("evaluation.every_epochs", job.evaluation().every_epochs(), 1);
  checks.positive("evaluation.smallest_improvement", job.evaluation().smallest_improvement());
  if (job.has_early_stopping()) check_early_stopping(checks, job);
  checks.at_least("checkpointing.every_epochs", job.checkpointing().every_epochs(), 1);
  checks.at_least("checkpointing.keep_last", job.checkpointing().keep_last(), 1);
  checks.at_least("exchange.bucket_bytes", job.exchange().bucket_bytes(), 4096);
  check_diagnosis(checks, job.diagnosis());
  if (job.has_monitor()) {
    checks.at_least("monitor.every_steps", job.monitor().every_steps(), 1);
    checks.at_least("monitor.examples", job.monitor().examples(), 1);
  }
}

}  // namespace lockstep

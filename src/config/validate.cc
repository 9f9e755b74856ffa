#include "config/validate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/field_checks.h"
#include "config/from_proto.h"
#include "config/metric.h"
#include "config/to_network.h"
#include "config/validate_augmentation.h"
#include "config/validate_csv.h"
#include "config/validate_formats.h"
#include "config/validate_split.h"
#include "config/value_checks.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// ---- data ----

void check_data(const ValueChecks& checks, const proto::Data& data) {
  check_formats(checks, data.train(), "data.train");
  check_formats(checks, data.dev(), "data.dev");
  check_formats(checks, data.test(), "data.test");
  check_formats(checks, data.held_out(), "data.held_out");
  check_split(checks, data);
  check_tables(checks, data);
  if (data.has_augmentation()) check_augmentation(checks, data.augmentation());
}

// ---- network ----

constexpr std::uint64_t kMostLayers = 10000;  // with repeats

void check_network(const ValueChecks& checks, const proto::Network& network) {
  std::uint64_t layers = 0;
  for (const proto::DenseLayer& layer : network.layer()) layers += layer.repeat();
  if (layers > kMostLayers) {
    checks.complain("network.layer", fmt::format("network.layer: {} layers with their repeats; "
                                                 "expected at most {}",
                                                 layers, kMostLayers));
  }
  const proto::Output& output = network.output();
  if (output.frozen() && std::ranges::all_of(network.layer(), &proto::DenseLayer::frozen)) {
    checks.complain("network.output.frozen",
                    "network.output.frozen: every layer is frozen, so there is nothing to train; "
                    "leave one that is not");
  }
  if (output.has_huber_delta() && output.loss() != proto::Output::HUBER &&
      checks.trusted("network.output.loss")) {
    checks.complain("network.output.huber_delta",
                    "network.output.huber_delta is for the loss HUBER, and the loss is " +
                        proto::Output::Loss_Name(output.loss()) + "; remove it");
  }
  const bool softmax = output.loss() == proto::Output::SOFTMAX_CROSS_ENTROPY &&
                       checks.trusted("network.output.loss");
  if (output.has_units() && softmax && output.units() == 1) {
    checks.require(false, "network.output.units", "1",
                   "at least 2 classes for SOFTMAX_CROSS_ENTROPY (LOGISTIC takes 1 unit)");
  }
}

// ---- regularization ----

using OwnLambda = std::optional<double>;  // the lambda of a layer; absent: the job's

OwnLambda own_lambda(bool is_there, double lambda) {
  return is_there ? OwnLambda(lambda) : std::nullopt;
}

// Reports a lambda for all layers that no layer uses.
void check_taken(const ValueChecks& checks, const std::string& path, double lambda,
                 const std::vector<OwnLambda>& own) {
  if (!std::isfinite(lambda) || (lambda == 0 && !checks.overridden(path))) return;
  const bool taken =
      std::ranges::any_of(own, [&](const OwnLambda& of) { return of.value_or(lambda) == lambda; });
  if (taken || own.empty()) return;
  checks.complain(path, fmt::format("{} is {}, but every layer has its own {}; remove one or the "
                                    "other",
                                    path, lambda, path.substr(path.find('.') + 1)));
}

void check_regularization(const ValueChecks& checks, const proto::Job& job) {
  const std::string l2 = "regularization.l2_lambda";
  const std::string l1 = "regularization.l1_lambda";
  std::vector<OwnLambda> own_l2;
  std::vector<OwnLambda> own_l1;
  const auto note_layer = [&](const proto::LayerRegularization& own) {
    own_l2.push_back(own_lambda(own.has_l2_lambda(), own.l2_lambda()));
    own_l1.push_back(own_lambda(own.has_l1_lambda(), own.l1_lambda()));
  };
  for (const auto& layer : job.network().layer()) note_layer(layer.regularization());
  if (job.network().has_output()) note_layer(job.network().output().regularization());
  check_taken(checks, l2, job.regularization().l2_lambda(), own_l2);
  check_taken(checks, l1, job.regularization().l1_lambda(), own_l1);
}

// ---- optimizer ----

// A step multiplies weights by 1 - learning_rate * weight_decay, which must stay above 0.
void check_weight_decay(const ValueChecks& checks, const proto::Optimizer& optimizer) {
  const std::string path = "optimizer.adamw.weight_decay";
  const double rate = optimizer.adamw().learning_rate();
  const double decay = optimizer.adamw().weight_decay();
  if (!optimizer.has_adamw() || !std::isfinite(rate * decay) || rate <= 0) return;
  if (!checks.trusted(path) || !checks.trusted("optimizer.adamw.learning_rate")) return;
  checks.require(rate * decay < 1, path, fmt::to_string(decay),
                 fmt::format("less than 1 / learning_rate, which is {:g}; otherwise a step erases "
                             "the weights",
                             1 / rate));
}

// ---- training ----

// Every shard takes the same number of rows of a batch.
void check_batch_divides(const ValueChecks& checks, std::uint64_t batch, std::uint64_t shards) {
  if (batch % shards == 0) return;
  const std::uint64_t below = batch - batch % shards;
  const std::uint64_t above = below + shards;
  std::vector<std::uint64_t> nearest;
  if (below > 0) nearest.push_back(below);
  if (above <= std::numeric_limits<std::uint32_t>::max()) nearest.push_back(above);
  checks.complain("training.batch_size",
                  fmt::format("training.batch_size {} is not divisible by training.shards {}; the "
                              "nearest valid {} {}",
                              batch, shards, nearest.size() == 1 ? "size is" : "sizes are",
                              fmt::join(nearest, " and ")));
}

void check_training(const ValueChecks& checks, const proto::Training& training) {
  const bool valid = is_within_range(training, "batch_size") &&
                     is_within_range(training, "shards") && checks.trusted("training.shards");
  if (training.has_batch_size() && valid) {
    check_batch_divides(checks, training.batch_size(), training.shards());
  }
  if (training.has_rollback() && training.on_nonfinite() != proto::Training::ROLLBACK &&
      checks.trusted("training.on_nonfinite")) {
    checks.complain("training.rollback",
                    "training.rollback says how a run rolls back, but training.on_nonfinite is not "
                    "ROLLBACK; remove one, or change the other");
  }
}

// Whether the targets are values instead of class labels.
bool surely_predicts_values(const ValueChecks& checks, const proto::Job& job) {
  return predicts_values(job.network().output()) && checks.trusted("network.output.loss");
}

void check_class_weights(const ValueChecks& checks, const proto::Job& job) {
  const std::string path = "training.class_weights";
  const proto::ClassWeights& weights = job.training().class_weights();
  const bool given = weights.weight_size() > 0;
  if (checks.trusted(path + ".balanced") && weights.balanced() == given) {
    checks.complain(path, given ? path + " is balanced and has weights; remove one or the other"
                                : path +
                                      " is empty; give balanced: true, or weight { of: ... "
                                      "value: ... } for some classes");
  }
  for (int i = 0; i < weights.weight_size(); ++i) {
    for (int k = 0; k < i; ++k) {
      if (weights.weight(k).of() != weights.weight(i).of() || !weights.weight(i).has_of()) continue;
      checks.complain(fmt::format("{}.weight[{}].of", path, i),
                      fmt::format("{}.weight[{}] is the second one of class \"{}\"; remove one",
                                  path, i, weights.weight(i).of()));
      break;
    }
  }
  if (surely_predicts_values(checks, job)) {
    checks.complain(path, path + " is for classes, and the loss predicts values; remove it");
  }
}

void check_base_errors(const ValueChecks& checks, const proto::Job& job) {
  if (!checks.trusted("network.output.loss")) return;
  const proto::Output& output = job.network().output();
  if (predicts_values(output)) {
    if (job.diagnosis().base_error() > 0) {
      checks.complain("diagnosis.base_error",
                      "diagnosis.base_error is for classes, and the loss predicts values; give "
                      "diagnosis.base_rmse instead");
    }
    if (job.diagnosis().has_base_rmse() && output.units() > 1) {
      checks.complain("diagnosis.base_rmse",
                      "diagnosis.base_rmse is in the units of one target, and there are several; "
                      "remove it");
    }
  } else if (job.diagnosis().has_base_rmse()) {
    checks.complain("diagnosis.base_rmse",
                    "diagnosis.base_rmse is for a loss that predicts values; give "
                    "diagnosis.base_error instead");
  }
}

bool has_dev_set(const proto::Job& job) {
  return job.data().has_dev() || job.data().split().has_dev();
}

void check_threshold(const ValueChecks& checks, const proto::Job& job) {
  const std::string path = "evaluation.threshold";
  const proto::Threshold& threshold = job.evaluation().threshold();
  const proto::Output& output = job.network().output();
  if (threshold.has_costs() && threshold.costs().false_yes() == 0 &&
      threshold.costs().false_no() == 0 && checks.trusted(path + ".costs.false_yes") &&
      checks.trusted(path + ".costs.false_no")) {
    checks.complain(path + ".costs", path +
                                         ".costs are both 0, so every threshold costs the same; "
                                         "give one of them a cost");
  }
  const std::uint32_t units = output.loss() == proto::Output::LOGISTIC ? 1 : 2;
  const bool trusted =
      checks.trusted("network.output.loss") && checks.trusted("network.output.units");
  if (trusted && (predicts_values(output) || output.units() != units)) {
    checks.complain(path, path +
                              " is for two classes: one unit with LOGISTIC, or two units with "
                              "SOFTMAX_CROSS_ENTROPY; remove it");
  }
  const bool meant_dev = !checks.trusted("data.dev") || !checks.trusted("data.split.dev");
  if (!has_dev_set(job) && !meant_dev) {
    checks.complain(path, path + " is chosen on a dev set; give data.dev or data.split.dev");
  }
}

void check_early_stopping(const ValueChecks& checks, const proto::Job& job) {
  const std::string path = "early_stopping";
  const bool meant_dev = !checks.trusted("data.dev") || !checks.trusted("data.split.dev");
  if (!has_dev_set(job) && !meant_dev) {
    checks.complain(path, "early_stopping needs a dev set; give data.dev or data.split.dev");
  }
  const Metric metric = from_proto<Metric>(job.early_stopping().metric());
  const bool values = surely_predicts_values(checks, job);
  if (!checks.trusted(path + ".metric") || suits(metric, values)) return;
  checks.complain(path + ".metric", why_not_suited(path + ".metric", metric, values));
}

}  // namespace

void validate(const proto::Job& job, const Origins& origins, Problems& problems) {
  const ValueChecks checks(origins, problems);
  check_fields(checks, job);
  check_data(checks, job.data());
  if (job.data().split().stratified() && surely_predicts_values(checks, job)) {
    checks.complain(
        "data.split.stratified",
        "data.split.stratified needs class labels, and the loss predicts values; remove "
        "it");
  }
  if (job.data().targets() == proto::Data::STANDARDIZED && checks.trusted("network.output.loss") &&
      !predicts_values(job.network().output())) {
    checks.complain("data.targets",
                    "data.targets is STANDARDIZED, but the labels of this loss are classes, which "
                    "stay as they are; remove it, or set a loss that predicts values "
                    "(SQUARED_ERROR, ABSOLUTE_ERROR or HUBER)");
  }
  check_network(checks, job.network());
  check_regularization(checks, job);
  check_weight_decay(checks, job.optimizer());
  check_training(checks, job.training());
  if (job.training().has_class_weights()) check_class_weights(checks, job);
  check_base_errors(checks, job);
  if (job.evaluation().has_threshold()) check_threshold(checks, job);
  if (job.has_early_stopping()) check_early_stopping(checks, job);
}

}  // namespace lockstep

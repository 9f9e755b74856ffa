#include "train/fitting_layers.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/job.h"
#include "data/table.h"
#include "nn/layers.h"
#include "nn/parameters.h"

namespace lockstep {
namespace {

// The tensors of a layer as text, such as "20x30 and 20".
std::string shapes_of(std::span<const ParameterTensor> tensors) {
  std::vector<std::string> texts;
  texts.reserve(tensors.size());
  for (const ParameterTensor& tensor : tensors) {
    texts.push_back(fmt::format("{}", fmt::join(tensor.shape, "x")));
  }
  return fmt::format("{}", fmt::join(texts, " and "));
}

std::string obstacle_of_shapes(std::span<const ParameterTensor> there,
                               std::span<const ParameterTensor> here) {
  if (std::ranges::equal(there, here, {}, &ParameterTensor::shape, &ParameterTensor::shape)) {
    return "";
  }
  return fmt::format("its weights are {} there and {} here", shapes_of(there), shapes_of(here));
}

std::vector<std::string> names_of_features(const std::optional<TableState>& table) {
  return table ? feature_meanings(table->fitted->schema) : std::vector<std::string>();
}

// The first name of `names` that `others` lacks.
std::optional<std::string> absent_name(const std::vector<std::string>& names,
                                       const std::vector<std::string>& others) {
  const auto absent = std::ranges::find_if(names, [&](const std::string& name) {
    return std::ranges::find(others, name) == others.end();
  });
  return absent == names.end() ? std::nullopt : std::optional(*absent);
}

// Whether a first layer receives other numbers for the same example than in the model.
bool has_other_inputs(const SavedModel& model, const Dataset& data) {
  const Normalizer& there = model.normalizer;
  const Normalizer& here = data.normalizer;
  if (there.clip != here.clip || there.mean.size() != here.mean.size()) return true;
  const std::vector<std::size_t> order = same_features(model, data);
  for (std::size_t j = 0; j < here.mean.size(); ++j) {
    if (there.mean[order[j]] != here.mean[j]) return true;
    if (there.inverse_deviation[order[j]] != here.inverse_deviation[j]) return true;
  }
  return false;
}

// Whether the model has the features of `data` in the same order.
bool has_same_order(const SavedModel& model, const Dataset& data) {
  const std::vector<std::size_t> order = same_features(model, data);
  return std::ranges::is_sorted(order);
}

// Clipped inputs cannot be converted to other statistics.
bool is_clipped_otherwise(const SavedModel& model, const Dataset& data) {
  const bool is_clipped = model.normalizer.clip != 0 || data.normalizer.clip != 0;
  return is_clipped && has_other_inputs(model, data);
}

std::string obstacle_of_inputs(const SavedModel& model, const Dataset& data) {
  if (model.table.has_value() != data.table.has_value()) {
    return fmt::format("its inputs are {}columns of a table there", model.table ? "" : "not ");
  }
  if (model.image && data.image && *model.image != *data.image) {
    return "its images have another shape there";
  }
  const std::vector<std::string> there = names_of_features(model.table);
  const std::vector<std::string> here = names_of_features(data.table);
  if (const auto name = absent_name(here, there)) {
    return fmt::format("there is no feature \"{}\" there", *name);
  }
  if (const auto name = absent_name(there, here)) {
    return fmt::format("there is no feature \"{}\" here", *name);
  }
  if (is_clipped_otherwise(model, data)) {
    return "its inputs are clipped, with other statistics there";
  }
  return "";
}

enum class LabelKind { class_numbers, yes_or_no, values };

LabelKind label_kind_of(Loss loss) {
  if (predicts_values(loss)) return LabelKind::values;
  return loss == Loss::logistic ? LabelKind::yes_or_no : LabelKind::class_numbers;
}

std::string obstacle_of_outputs(const SavedModel& model, Loss loss, const Dataset& data) {
  if (label_kind_of(model.network.spec().loss) != label_kind_of(loss)) {
    return "it has a loss of another kind there";
  }
  if (class_names_of(model.table) != class_names_of(data.table)) {
    return "it has other classes there";
  }
  if (model.table && data.table &&
      label_names(model.table->fitted->schema) != label_names(data.table->fitted->schema)) {
    return "it has other label columns there, or in another order";
  }
  return "";
}

// The layer of `there` that has the name of layer i of `here`, whose last layer is the output; none
// if `there` lacks it.
std::optional<std::size_t> layer_there(const NetworkSpec& there, const NetworkSpec& here,
                                       std::size_t i) {
  const std::size_t output_there = there.layers.size() - 1;
  if (i + 1 == here.layers.size()) return output_there;
  return i < output_there ? std::optional(i) : std::nullopt;
}

std::string obstacle_of_kinds(const LayerSpec& there, const LayerSpec& here) {
  if (there.kind.index() == here.kind.index() && there.epilogue.bias == here.epilogue.bias) {
    return "";
  }
  return "it is a layer of another kind there";
}

// Why `layer`, whose inputs or outputs are those of the network, cannot be converted to the data;
// or empty.
std::string obstacle_of_conversion(const SavedModel& model, const Dataset& data,
                                   const LayerSpec& layer, std::size_t tensors, bool is_last) {
  if (affine_tensors(layer, tensors)) return "";
  if (takes_features(layer) && (has_other_inputs(model, data) || !has_same_order(model, data))) {
    return "its inputs have other statistics or another order there, and layers of its kind cannot "
           "be converted";
  }
  if (is_last && model.targets != data.targets) {
    return "its targets have other statistics there, and layers of its kind cannot be converted";
  }
  return "";
}

// Why layer i of `network` cannot start with the weights of layer `there` of the model; or empty.
std::string obstacle_between(const SavedModel& model, std::size_t there, const NetworkSpec& network,
                             const ParameterTable& table, std::size_t i, const Dataset& data) {
  const LayerSpec& layer = network.layers[i];
  const LayerSpec& layer_of_model = model.network.spec().layers[there];
  const bool is_last = i + 1 == network.layers.size();
  const std::span<const ParameterTensor> tensors = table.of_layer(i);
  std::string obstacle;
  if (takes_features(layer)) obstacle = obstacle_of_inputs(model, data);
  if (obstacle.empty() && is_last) obstacle = obstacle_of_outputs(model, network.loss, data);
  if (obstacle.empty() && takes_features(layer) != takes_features(layer_of_model)) {
    obstacle = "its inputs are those of another layer there";
  }
  if (obstacle.empty()) obstacle = obstacle_of_kinds(layer_of_model, layer);
  if (obstacle.empty()) {
    obstacle = obstacle_of_shapes(model.network.parameter_table().of_layer(there), tensors);
  }
  if (!obstacle.empty()) return obstacle;
  return obstacle_of_conversion(model, data, layer, tensors.size(), is_last);
}

}  // namespace

bool takes_features(const LayerSpec& layer) {
  return std::ranges::find(layer.inputs, 0U) != layer.inputs.end();
}

std::optional<AffineTensors> affine_tensors(const LayerSpec& spec, std::size_t tensors) {
  const std::optional<std::size_t> matrix = layer_matrix(spec.kind);
  if (!matrix || !spec.epilogue.bias || spec.inputs.size() != 1) return std::nullopt;
  return AffineTensors{.weights = *matrix, .biases = tensors - 1};
}

bool has_shape_that_fits(const NetworkSpec& there, const NetworkSpec& here) {
  const ParameterTable tensors_there = parameter_table(there);
  const ParameterTable tensors_here = parameter_table(here);
  for (std::size_t i = 0; i < here.layers.size(); ++i) {
    const auto layer = layer_there(there, here, i);
    if (layer && obstacle_of_kinds(there.layers[*layer], here.layers[i]).empty() &&
        obstacle_of_shapes(tensors_there.of_layer(*layer), tensors_here.of_layer(i)).empty()) {
      return true;
    }
  }
  return false;
}

std::vector<LayerFit> fit_layers(const SavedModel& model, const NetworkSpec& network,
                                 const Dataset& data) {
  const ParameterTable table = parameter_table(network);
  std::vector<LayerFit> fits;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const bool is_last = i + 1 == network.layers.size();
    const auto there = layer_there(model.network.spec(), network, i);
    fits.push_back({.layer = i,
                    .there = there.value_or(0),
                    .name = is_last ? "network.output" : layer_path(i),
                    .obstacle = there ? obstacle_between(model, *there, network, table, i, data)
                                      : "there is no such layer there"});
  }
  return fits;
}

std::vector<std::size_t> same_features(const SavedModel& model, const Dataset& data) {
  std::vector<std::size_t> order(data.features);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::vector<std::string> there = names_of_features(model.table);
  const std::vector<std::string> here = names_of_features(data.table);
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < there.size(); ++i) places.emplace(there[i], i);
  for (std::size_t j = 0; j < here.size(); ++j) order[j] = places.at(here[j]);
  return order;
}

void renormalize_inputs(const Normalizer& there, const Normalizer& here,
                        std::span<const std::size_t> order, std::span<float> weights,
                        std::span<float> biases) {
  // The normalizer's map of one feature; without a normalizer, x stays x.
  struct Scale {
    double mean = 0;
    double inverse = 1;
    bool operator==(const Scale&) const = default;
  };
  const auto scale_of = [](const Normalizer& normalizer, std::size_t feature) {
    if (normalizer.mean.empty()) return Scale{};
    return Scale{normalizer.mean[feature], normalizer.inverse_deviation[feature]};
  };
  const std::size_t features = order.size();
  for (std::size_t unit = 0; unit < biases.size(); ++unit) {
    const std::span<float> row = weights.subspan(unit * features, features);
    double bias = biases[unit];
    for (std::size_t j = 0; j < features; ++j) {
      const Scale old = scale_of(there, order[j]);
      const Scale now = scale_of(here, j);
      if (old == now) continue;
      // w (x - old.mean) old.inverse, with x = x_now / now.inverse + now.mean. A feature that is
      // constant here is always 0, so its weight may stay.
      const double weight = row[j];
      bias += weight * (now.mean - old.mean) * old.inverse;
      if (now.inverse != 0) row[j] = static_cast<float>(weight * old.inverse / now.inverse);
    }
    biases[unit] = static_cast<float>(bias);
  }
}

void rescale_targets(const TargetScale& there, const TargetScale& here, std::span<float> weights,
                     std::span<float> biases) {
  if (there == here) return;
  const std::size_t inputs = weights.size() / biases.size();
  const auto at = [](const std::vector<double>& values, std::size_t target, double otherwise) {
    return values.empty() ? otherwise : values[target];
  };
  for (std::size_t target = 0; target < biases.size(); ++target) {
    const double deviation = at(here.deviation, target, 1);
    const double factor = at(there.deviation, target, 1) / deviation;
    const double shift = (at(there.mean, target, 0) - at(here.mean, target, 0)) / deviation;
    for (float& weight : weights.subspan(target * inputs, inputs)) {
      weight = static_cast<float>(weight * factor);
    }
    biases[target] = static_cast<float>(biases[target] * factor + shift);
  }
}

}  // namespace lockstep

#include "train/starting_weights.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "checkpoint/find.h"
#include "comm/agreement.h"
#include "model/build.h"
#include "nn/activations.h"
#include "nn/initializer.h"
#include "train/fitting_layers.h"

namespace lockstep {
namespace {

// The weights of a layer of the model in the order of this job's features.
std::vector<float> with_columns(std::span<const float> weights,
                                std::span<const std::size_t> order) {
  std::vector<float> ordered(weights.size());
  const std::size_t columns = order.size();
  for (std::size_t row = 0; row * columns < weights.size(); ++row) {
    for (std::size_t j = 0; j < columns; ++j) {
      ordered[row * columns + j] = weights[row * columns + order[j]];
    }
  }
  return ordered;
}

// Collective.
SavedModel read(const std::string& named, const Communicator& comm) {
  try {
    std::string file;
    agree(comm, [&] {
      if (comm.is_root()) file = find_checkpoint(named).string();
    });
    comm.broadcast(file);
    return load_model(file, comm);
  } catch (const AgreedError& error) {
    throw AgreedError(error.code(),
                      fmt::format("training.weights_from: {}; if the file has moved, name it with "
                                  "--weights-from or --set training.weights_from",
                                  error.what()));
  }
}

std::vector<std::string> names_of(const std::vector<LayerFit>& fits) {
  std::vector<std::string> names;
  for (const LayerFit& fit : fits) {
    if (fit.obstacle.empty()) names.push_back(fit.name);
  }
  return names;
}

[[noreturn]] void refuse(const std::string& file, const std::vector<LayerFit>& fits) {
  std::string reasons;
  for (const LayerFit& fit : fits) {
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", fit.name, fit.obstacle);
  }
  throw Error(ExitCode::usage, fmt::format("training.weights_from: no layer can start with the "
                                           "weights of {}: {}",
                                           file, reasons));
}

// The sets of this run that the other run may have trained on, such as "dev and test"; empty: none.
// Fingerprints are those of sources, from which the seed and the rules of the split choose.
std::string sets_that_differ(const SavedModel& model, const Job& job, const Dataset& data) {
  const bool same_split = model.job.seed == job.seed && model.job.data.split == job.data.split;
  const auto differs = [&](const HeldOutSet& set, const std::string& there, bool has_source) {
    return set.total > 0 && (set.fingerprint != there || (!has_source && !same_split));
  };
  const bool dev = differs(data.dev, model.dev_fingerprint, job.data.dev.has_value());
  const bool test = differs(data.test, model.test_fingerprint, job.data.test.has_value());
  return dev && test ? "dev and test" : dev ? "dev" : test ? "test" : "";
}

// One line for each layer that has another activation there.
std::vector<std::string> other_activations(const SavedModel& model, const NetworkConfig& job,
                                           const std::vector<LayerFit>& fits) {
  std::vector<std::string> lines;
  for (const LayerFit& fit : fits) {
    if (!fit.obstacle.empty() || fit.layer >= job.hidden.size()) continue;
    const Activation there = model.job.network.hidden[fit.there].epilogue.activation;
    const Activation here = job.hidden[fit.layer].epilogue.activation;
    if (there == here) continue;
    lines.push_back(fmt::format("{} has the activation {} there and {} here", fit.name,
                                facts_of(there).name, facts_of(here).name));
  }
  return lines;
}

// The weights of a layer that fits, as they are there. `here`: the tensors of this job's layer.
std::vector<TakenTensor> tensors_of(const SavedModel& model, const LayerFit& fit,
                                    std::span<const ParameterTensor> here) {
  std::vector<TakenTensor> taken;
  for (const ParameterTensor& tensor : model.network.parameter_table().of_layer(fit.there)) {
    const auto values = std::span(model.weights).subspan(tensor.offset, size_of(tensor.shape));
    taken.push_back({here[taken.size()].offset, {values.begin(), values.end()}});
  }
  return taken;
}

// Converts the tensors of layer `layer` of `network` from the model's data to this job's. A layer
// that is not affine fits only if there is nothing to convert.
void convert(std::vector<TakenTensor>& taken, const NetworkSpec& network, std::size_t layer,
             const SavedModel& model, const Dataset& data) {
  const auto affine = affine_tensors(network.layers[layer], taken.size());
  if (!affine) return;
  std::vector<float>& weights = taken[affine->weights].values;
  std::vector<float>& biases = taken[affine->biases].values;
  if (takes_features(network.layers[layer])) {
    const std::vector<std::size_t> order = same_features(model, data);
    weights = with_columns(weights, order);
    renormalize_inputs(model.normalizer, data.normalizer, order, weights, biases);
  }
  if (layer + 1 == network.layers.size()) {
    rescale_targets(model.targets, data.targets, weights, biases);
  }
}

}  // namespace

StartingWeights::StartingWeights(const Job& job, const Communicator& comm, const Dataset& data,
                                 const NetworkSpec& network)
    : network_(network), seed_(job.seed) {
  if (job.training.weights_from.empty()) return;
  const SavedModel model = read(job.training.weights_from, comm);
  digest_ = model.weights_digest;
  agree(comm, [&] { take(model, job, data); });
}

void StartingWeights::take(const SavedModel& model, const Job& job, const Dataset& data) {
  const ParameterTable table = parameter_table(network_);
  const std::vector<LayerFit> fits = fit_layers(model, network_, data);
  const std::vector<std::string> names = names_of(fits);
  const std::string& file = job.training.weights_from;
  if (names.empty()) refuse(file, fits);
  notices_.push_back(fmt::format("{} {} with the weights of {} (step {})", fmt::join(names, ", "),
                                 names.size() == 1 ? "starts" : "start", file, model.step));
  for (const LayerFit& fit : fits) {
    if (!fit.obstacle.empty()) {
      notices_.push_back(fmt::format(
          "{}{} starts as its initializer says: {}{}",
          is_frozen(job.network, fit.layer) ? "caution: " : "", fit.name, fit.obstacle,
          is_frozen(job.network, fit.layer) ? "; it is frozen, and so stays as it starts" : ""));
      continue;
    }
    std::vector<TakenTensor> taken = tensors_of(model, fit, table.of_layer(fit.layer));
    convert(taken, network_, fit.layer, model, data);
    std::ranges::move(taken, std::back_inserter(taken_));
  }
  for (std::string& line : other_activations(model, job.network, fits)) {
    notices_.push_back(std::move(line));
  }
  if (const std::string sets = sets_that_differ(model, job, data); !sets.empty()) {
    notices_.push_back(
        fmt::format("caution: the run of those weights had other {} examples, so it may have "
                    "trained on examples of these; their error is then too low (1.1)",
                    sets));
  }
}

template <typename T>
void StartingWeights::set(std::span<T> weights) const {
  initialize_parameters(network_, seed_, weights);
  for (const TakenTensor& tensor : taken_) {
    std::ranges::copy(tensor.values, weights.subspan(tensor.offset).begin());
  }
}

template void StartingWeights::set(std::span<float>) const;
template void StartingWeights::set(std::span<double>) const;

}  // namespace lockstep

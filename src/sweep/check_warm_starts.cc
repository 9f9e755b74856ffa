#include "sweep/check_warm_starts.h"

#include <map>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/find.h"
#include "comm/communicator.h"
#include "model/build.h"
#include "model/saved_model.h"
#include "nn/spec.h"
#include "train/fitting_layers.h"

namespace lockstep {
namespace {

// Keeps only the description of a model: a sweep may name many large ones.
NetworkSpec network_of(const std::string& path) {
  return load_model(find_checkpoint(path), Communicator::self()).network.spec();
}

}  // namespace

void check_warm_starts(const SweepConfig& sweep, const std::vector<Trial>& trials,
                       std::uint64_t features) {
  std::map<std::string, NetworkSpec> models;
  for (const Trial& trial : trials) {
    const Job& job = trial.loaded.job;
    const std::string& path = job.training.weights_from;
    if (path.empty()) continue;
    auto model = models.find(path);
    if (model == models.end()) model = models.emplace(path, network_of(path)).first;
    if (has_shape_that_fits(model->second, build_network(job.network, features))) continue;
    throw Error(ExitCode::usage,
                fmt::format("{}: no layer has the name and shape of a layer of {} "
                            "(training.weights_from); keep a layer as it is there, or leave "
                            "weights_from out",
                            describe_trial(sweep, trial), path));
  }
}

}  // namespace lockstep

#include "train/saved_model.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "train/build.h"

namespace lockstep {
namespace {

// Features of an example: the columns of the first layer's weights.
std::uint64_t input_features(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  if (checkpoint.tensors.empty() || checkpoint.tensors.front().shape.size() != 2) {
    throw Error(ExitCode::data,
                fmt::format("{}: the first tensor is no matrix of weights", path.string()));
  }
  return checkpoint.tensors.front().shape[1];
}

}  // namespace

SavedModel load_model(const std::filesystem::path& path, const Communicator& comm) {
  Checkpoint checkpoint;
  std::uint64_t features = 0;
  agree(comm, [&] {
    if (!comm.is_root()) return;
    checkpoint = load_checkpoint(path);
    features = input_features(checkpoint, path);
  });
  comm.broadcast(features);
  comm.broadcast(checkpoint.step);
  comm.broadcast(checkpoint.resolved_job);
  comm.broadcast(checkpoint.weights_digest);
  comm.broadcast(checkpoint.weights);
  comm.broadcast(checkpoint.mean);
  comm.broadcast(checkpoint.inverse_deviation);
  comm.broadcast(checkpoint.train_fingerprint);
  comm.broadcast(checkpoint.dev_fingerprint);
  comm.broadcast(checkpoint.test_fingerprint);
  Job job;
  agree(comm,
        [&] { job = parse_job(checkpoint.resolved_job, "job of the checkpoint", ".", {}).job; });
  Network<float> network(build_network(job.network, features));
  agree(comm, [&] {
    if (checkpoint.weights.size() != network.layout().size) {
      throw Error(ExitCode::data,
                  fmt::format("{} has {} parameters, its job's network {}", path.string(),
                              checkpoint.weights.size(), network.layout().size));
    }
    if (!checkpoint.mean.empty() && checkpoint.mean.size() != features) {
      throw Error(ExitCode::data, fmt::format("{} normalises {} features, its network has {}",
                                              path.string(), checkpoint.mean.size(), features));
    }
  });
  return {.job = std::move(job),
          .step = checkpoint.step,
          .weights_digest = std::move(checkpoint.weights_digest),
          .weights = std::move(checkpoint.weights),
          .normalizer = {std::move(checkpoint.mean), std::move(checkpoint.inverse_deviation)},
          .train_fingerprint = std::move(checkpoint.train_fingerprint),
          .dev_fingerprint = std::move(checkpoint.dev_fingerprint),
          .test_fingerprint = std::move(checkpoint.test_fingerprint),
          .network = std::move(network)};
}

}  // namespace lockstep

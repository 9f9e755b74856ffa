#include "model/saved_model.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/header.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "model/build.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// The clip of a normalizer by this rule.
float clip_of(const NormalizationRule& rule) {
  const auto* robust = std::get_if<RobustScale>(&rule);
  return robust != nullptr ? static_cast<float>(robust->clip) : 0;
}

// Collective. Copies what a model consists of from rank 0 to all ranks.
void broadcast(Checkpoint& checkpoint, const Communicator& comm) {
  std::string header = comm.is_root() ? header_bytes(checkpoint) : "";
  comm.broadcast(header);
  if (!comm.is_root()) checkpoint = checkpoint_of_bytes(header);
  comm.broadcast(checkpoint.weights);
  comm.broadcast(checkpoint.mean);
  comm.broadcast(checkpoint.inverse_deviation);
}

}  // namespace

SavedModel load_model(const std::filesystem::path& path, const Communicator& comm) {
  Checkpoint checkpoint;
  agree(comm, [&] {
    if (comm.is_root()) checkpoint = load_checkpoint(path);
  });
  broadcast(checkpoint, comm);
  agree(comm, [&] {
    if (!checkpoint.input_shape.empty()) return;
    throw Error(ExitCode::data,
                fmt::format("{} does not have the shape of its examples", path.string()));
  });
  const std::uint64_t features = size_of(checkpoint.input_shape);
  Job job;
  agree(comm,
        [&] { job = parse_job(checkpoint.resolved_job, "job of the checkpoint", ".", {}).job; });
  Network<float> network(for_evaluation(build_network(job.network, features), job.network));
  std::optional<TableState> table;
  agree(comm, [&] {
    table = from_saved(checkpoint.table, job, features);
    if (checkpoint.weights.size() != network.parameter_table().size) {
      throw Error(ExitCode::data,
                  fmt::format("{} has {} parameters, but its job's network has {}", path.string(),
                              checkpoint.weights.size(), network.parameter_table().size));
    }
    if (!checkpoint.mean.empty() && checkpoint.mean.size() != features) {
      throw Error(ExitCode::data, fmt::format("{} normalizes {} features, but its network has {}",
                                              path.string(), checkpoint.mean.size(), features));
    }
    if (!checkpoint.target_mean.empty() &&
        checkpoint.target_mean.size() != output_size(network.spec())) {
      throw Error(
          ExitCode::data,
          fmt::format("{} standardizes {} targets, but its network has {} outputs", path.string(),
                      checkpoint.target_mean.size(), output_size(network.spec())));
    }
  });
  const std::uint64_t default_width = table ? label_width(table->fitted->schema) : 1;
  Panels<float> panels(network.spec());
  panels.fill(checkpoint.weights, Team());
  std::optional<ImageShape> image;
  if (checkpoint.image) {
    image = {checkpoint.image->channels, checkpoint.image->height, checkpoint.image->width};
  }
  const float clip = clip_of(job.data.normalization);
  return {.job = std::move(job),
          .step = checkpoint.step,
          .weights_digest = std::move(checkpoint.weights_digest),
          .weights = std::move(checkpoint.weights),
          .normalizer = {std::move(checkpoint.mean), std::move(checkpoint.inverse_deviation), clip},
          .targets = {std::move(checkpoint.target_mean), std::move(checkpoint.target_deviation)},
          .threshold = checkpoint.threshold,
          .table = std::move(table),
          .label_width = checkpoint.label_width.value_or(default_width),
          .image = image,
          .class_counts = std::move(checkpoint.class_counts),
          .train_fingerprint = std::move(checkpoint.train_fingerprint),
          .dev_fingerprint = std::move(checkpoint.dev_fingerprint),
          .test_fingerprint = std::move(checkpoint.test_fingerprint),
          .network = std::move(network),
          .panels = std::move(panels)};
}

}  // namespace lockstep

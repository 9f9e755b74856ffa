#include "train/saved_model.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "data/packing.h"
#include "train/build.h"

namespace lockstep {
namespace {

// Number of features of an example: the columns of the first layer's weights.
std::uint64_t input_features(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  if (checkpoint.tensors.empty() || checkpoint.tensors.front().shape.size() != 2) {
    throw Error(ExitCode::data,
                fmt::format("{}: the first tensor is not a matrix of weights", path.string()));
  }
  return checkpoint.tensors.front().shape[1];
}

// Collective. Copies rank 0's table to all ranks.
void broadcast(std::optional<SavedTable>& table, const Communicator& comm) {
  Packer packer;
  packer.put(table.has_value());
  if (table) {
    packer.put(std::uint64_t{table->columns.size()});
    for (const SavedColumn& column : table->columns) {
      packer.put_text(column.name);
      packer.put_text(column.role);
      packer.put_texts(column.categories);
    }
    packer.put_texts(table->class_names);
    packer.put_all(table->means);
  }
  std::string bytes = packer.take();
  comm.broadcast(bytes);
  Unpacker unpacker(bytes);
  table.reset();
  if (!unpacker.get<bool>()) return;
  table.emplace();
  table->columns.resize(unpacker.get<std::uint64_t>());
  for (SavedColumn& column : table->columns) {
    column.name = unpacker.get_text();
    column.role = unpacker.get_text();
    column.categories = unpacker.get_texts();
  }
  table->class_names = unpacker.get_texts();
  table->means = unpacker.get_all<float>();
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
  broadcast(checkpoint.table, comm);
  comm.broadcast(checkpoint.label_width);
  comm.broadcast(checkpoint.image);
  comm.broadcast(checkpoint.train_fingerprint);
  comm.broadcast(checkpoint.dev_fingerprint);
  comm.broadcast(checkpoint.test_fingerprint);
  Job job;
  agree(comm,
        [&] { job = parse_job(checkpoint.resolved_job, "job of the checkpoint", ".", {}).job; });
  Network<float> network(build_network(job.network, features));
  std::optional<TableState> table;
  agree(comm, [&] {
    table = from_saved(checkpoint.table, job, features);
    if (checkpoint.weights.size() != network.layout().size) {
      throw Error(ExitCode::data,
                  fmt::format("{} has {} parameters, but its job's network has {}", path.string(),
                              checkpoint.weights.size(), network.layout().size));
    }
    if (!checkpoint.mean.empty() && checkpoint.mean.size() != features) {
      throw Error(ExitCode::data, fmt::format("{} normalises {} features, but its network has {}",
                                              path.string(), checkpoint.mean.size(), features));
    }
  });
  const std::uint64_t default_width = table ? label_width(table->fitted->schema) : 1;
  std::optional<ImageShape> image;
  if (checkpoint.image) {
    image = {checkpoint.image->channels, checkpoint.image->height, checkpoint.image->width};
  }
  return {.job = std::move(job),
          .step = checkpoint.step,
          .weights_digest = std::move(checkpoint.weights_digest),
          .weights = std::move(checkpoint.weights),
          .normalizer = {std::move(checkpoint.mean), std::move(checkpoint.inverse_deviation)},
          .table = std::move(table),
          .label_width = checkpoint.label_width.value_or(default_width),
          .image = image,
          .train_fingerprint = std::move(checkpoint.train_fingerprint),
          .dev_fingerprint = std::move(checkpoint.dev_fingerprint),
          .test_fingerprint = std::move(checkpoint.test_fingerprint),
          .network = std::move(network)};
}

}  // namespace lockstep

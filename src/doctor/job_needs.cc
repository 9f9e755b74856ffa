#include "doctor/job_needs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/build.h"
#include "nn/layers.h"
#include "nn/parameters.h"
#include "sets/dataset.h"
#include "train/memory_plan.h"

namespace lockstep {
namespace {

constexpr double kMostFlops = 2e9;

}  // namespace

JobNeeds job_needs(const Job& job, const DatasetSizes& sizes, const Layout& layout,
                   const Hosts& hosts) {
  const NetworkSpec network = build_network(job.network, sizes.features);
  const MemoryPlan plan = plan_memory(job, network, sizes, layout, hosts);
  const std::uint64_t weights = parameter_table(network).size * sizeof(float);
  return {.name = job.name,
          .shards = job.training.shards,
          .memory_bytes_per_rank = plan.total(),
          .shared_memory_bytes_per_rank = weights + plan.gradients,
          .checkpoint_bytes = plan.checkpoint};
}

ProductShape largest_product(const Job& job, const DatasetSizes& sizes) {
  const NetworkSpec network = build_network(job.network, sizes.features);
  ProductShape shape{.rows = 1, .inputs = 1, .units = 1};
  const ParameterTable table = parameter_table(network);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const std::optional<std::size_t> matrix = layer_matrix(network.layers[i].kind);
    if (!matrix) continue;
    const ParameterTensor& tensor = table.of_layer(i)[*matrix];
    if (tensor.rows() * tensor.columns() <= shape.units * shape.inputs) continue;
    shape.units = tensor.rows();
    shape.inputs = tensor.columns();
  }
  const auto most_rows = static_cast<std::uint64_t>(kMostFlops / shape.flops());
  const std::uint64_t rows = batch_geometry(job.training, sizes.train).rows_per_shard;
  shape.rows = std::clamp<std::uint64_t>(rows, 1, std::max<std::uint64_t>(most_rows, 1));
  return shape;
}

}  // namespace lockstep

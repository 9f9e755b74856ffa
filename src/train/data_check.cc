#include "train/data_check.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/number_text.h"
#include "checkpoint/find.h"
#include "comm/communicator.h"
#include "comm/exchange_plan.h"
#include "model/build.h"
#include "sets/dataset.h"
#include "train/memory_plan.h"
#include "train/starting_weights.h"

namespace lockstep {
namespace {

// Examples with more bytes than this are not read by one process.
constexpr std::uint64_t kMostBytesRead = std::uint64_t{4} << 30;

}  // namespace

std::vector<std::string> cautions_of_data(const Job& job, const DatasetSizes& sizes) {
  const Layout alone{};
  const NetworkSpec network = build_network(job.network, sizes.features);
  const std::uint64_t bytes = plan_memory(job, network, sizes, alone, even_hosts(1, 1)).examples;
  if (bytes > kMostBytesRead) {
    std::vector<std::string> notes = sizes.notices;
    if (!job.training.weights_from.empty()) (void)find_checkpoint(job.training.weights_from);
    notes.push_back(
        fmt::format("note: {} of examples are not read here; training checks every value "
                    "and label, and may refuse some",
                    format_mebibytes(bytes)));
    return notes;
  }
  const Communicator self = Communicator::self();
  const Dataset data = load_dataset(job, self, alone);
  std::vector<std::string> notes = StartingWeights(job, self, data, network).notices();
  notes.insert(notes.end(), data.cautions.begin(), data.cautions.end());
  return notes;
}

}  // namespace lockstep

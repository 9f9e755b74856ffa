#pragma once
// The training source as all ranks read it together: where its format allows, each
// rank parses its part of the files and hands the examples to the ranks that own
// them; otherwise every rank reads all and keeps its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/corrupted.h"
#include "data/source.h"

namespace lockstep {

class TrainingSource {
 public:
  // Collective. `like`: of a saved model, which has its own idea of the columns of a
  // table; null: what the files say. Throws AgreedError.
  TrainingSource(const DataSource& config, std::shared_ptr<const FittedTable> like,
                 const Communicator& comm);

  // For what every rank knows: info(), labels, groups; after read() the fingerprint.
  [[nodiscard]] ExampleSource& source() { return *source_; }

  // Whether ranks hand examples to each other, so that read() needs `owners`.
  [[nodiscard]] bool parted() const { return parted_ != nullptr; }

  // Collective. The examples `own_ids` of this rank, ascending. owners[i] is the rank
  // that has example i among its own. Beside its own examples a rank holds those of
  // one round, some megabytes. Throws AgreedError, with what is wrong in the order of
  // the files, the same at any number of ranks.
  Examples read(std::span<const std::uint32_t> own_ids, std::span<const std::uint32_t> owners);

 private:
  void share(int round);
  Examples deliver(std::span<const std::uint32_t> own_ids, std::span<const std::uint32_t> owners);

  const Communicator& comm_;
  std::unique_ptr<ExampleSource> source_;
  PartedSource* parted_ = nullptr;        // in source_, when it is read in parts
  std::optional<Corruption> corruption_;  // of examples that come in parts
};

}  // namespace lockstep

#pragma once
// The training source, read by all ranks together. Where its format allows, each rank parses its
// part of the files and sends the examples to the ranks that own them; otherwise every rank reads
// all and keeps its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "comm/communicator.h"
#include "data/corrupted.h"
#include "data/source.h"

namespace lockstep {

class TrainingSource {
 public:
  // Collective. `like`: the table of a saved model, which determines the columns; null: the files
  // determine them. Throws AgreedError.
  TrainingSource(const DataSource& config, std::shared_ptr<const FittedTable> like,
                 const Communicator& comm);

  // Gives what every rank knows: info(), labels and groups; after read() also the fingerprint.
  [[nodiscard]] ExampleSource& source() { return *source_; }

  // Whether ranks send examples to each other, so that read() needs `owners`.
  [[nodiscard]] bool parted() const { return parted_ != nullptr; }

  // Collective. Returns the examples `own_ids` of this rank, ascending. owners[i] is the rank that
  // owns example i. In addition to its own examples a rank holds those of one round, some
  // megabytes. Throws AgreedError with the first problem in the order of the files, the same at
  // any number of ranks.
  Examples read(std::span<const std::uint32_t> own_ids, std::span<const std::uint32_t> owners);

 private:
  void share(int round);
  Examples deliver(std::span<const std::uint32_t> own_ids, std::span<const std::uint32_t> owners);

  const Communicator& comm_;
  std::unique_ptr<ExampleSource> source_;
  PartedSource* parted_ = nullptr;        // source_, if it is read in parts
  std::optional<Corruption> corruption_;  // for examples that are read in parts
};

}  // namespace lockstep

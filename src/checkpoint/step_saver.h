#pragma once
// Saves the states of a run one after the other, and lets training go on when a save fails.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Used on one rank. Nothing here communicates.
class StepSaver {
 public:
  // Keeps the states in `directory` as save_step() does. `fatal_failures`: the number of failed
  // saves in a row that is an error.
  StepSaver(std::filesystem::path directory, std::uint32_t keep_last, std::uint32_t fatal_failures);

  // Tries the directory before there is anything to lose: creates it, and writes a file and removes
  // it. `bytes`: the expected size of a checkpoint. Returns a warning when the disk has less room
  // than all the states that will be kept need. Throws Error(io) with the remedy when the directory
  // cannot be written or the disk has no room for one checkpoint.
  [[nodiscard]] std::vector<std::string> try_directory(std::uint64_t bytes) const;

  // Saves a state. Returns warnings. A failure is one of them; the next save tries again, and first
  // writes the best state if that could not be written: this object keeps it. Throws Error(io) when
  // a save fails that is `last` or completes `fatal_failures` in a row.
  [[nodiscard]] std::vector<std::string> save(Checkpoint checkpoint, bool last);

 private:
  [[nodiscard]] std::vector<std::string> write(const Checkpoint& checkpoint);

  std::filesystem::path directory_;
  std::uint32_t keep_last_;
  std::uint32_t fatal_failures_;
  std::uint32_t failures_ = 0;  // in a row
  std::optional<Checkpoint> unsaved_best_;
};

}  // namespace lockstep

#pragma once
// Tries to save a state of a run, and says what a failure means for the run.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/save.h"

namespace lockstep {

// Nothing here communicates.

// Tries the directory before there is anything to lose: creates it, and writes a file and removes
// it. `bytes`: the expected size of a checkpoint. Returns a warning when the disk has less room
// than all the states that will be kept need. Throws Error(io) with the remedy when the directory
// cannot be written or the disk has no room for one checkpoint.
std::vector<std::string> try_checkpoint_directory(const std::filesystem::path& directory,
                                                  std::uint64_t bytes, std::uint32_t keep_last);

struct SaveOutcome {
  std::vector<std::string> notices;    // of a save that succeeded
  std::optional<std::string> failure;  // why the state could not be saved
};

// As save_step(), but does not throw Error: every thread may call it.
SaveOutcome try_save_step(const std::filesystem::path& directory, const Checkpoint& checkpoint,
                          const ParameterSource& source, std::uint32_t keep_last);

// Counts failed saves. Training continues after one: the next save is the next try.
class FailedSaves {
 public:
  // `fatal`: the number of failures in a row that is an error.
  explicit FailedSaves(std::uint32_t fatal) : fatal_(fatal) {}

  // Takes the outcome of the save of the state after `step`, and returns the warnings about it.
  // Throws Error(io) when a save failed that is `last` or completes the fatal number.
  [[nodiscard]] std::vector<std::string> judge(const SaveOutcome& outcome, std::uint64_t step,
                                               bool last);

 private:
  std::uint32_t fatal_;
  std::uint32_t in_a_row_ = 0;
};

}  // namespace lockstep

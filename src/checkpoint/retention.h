#pragma once
// A directory of checkpoints: writes, points at, keeps and finds them.
//
//   step-00000120.ckpt  the state after step 120
//   latest, best        text files with the name of a step file, not symbolic links:
//                       every file system has files and replaces them atomically.
// Order is by step number, never by modification time. One writer at a time.
// Nothing here communicates.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/save.h"

namespace lockstep {

// Saves `checkpoint`, with the parameters of `source`, in `directory`, which is created if absent:
// removes temp files left by killed processes, writes the step file, points `best` at the best
// state that it refers to and `latest` at it, and removes older step files. It keeps this step
// file, the others among the `keep_last` newest up to it, and the states to which each of them
// refers (the best one, and the one to roll back to), so that the run can resume from any. Later
// steps, of a run that was resumed further back, are kept with their best states until they are
// reached. If the process is killed at any moment, the directory has a complete `latest`, and a
// `best` at least as new as the one that its state refers to. Throws Error(io) when the checkpoint
// or a pointer cannot be written; files that cannot be removed are only reported in the returned
// notices.
std::vector<std::string> save_step(const std::filesystem::path& directory,
                                   const Checkpoint& checkpoint, const ParameterSource& source,
                                   std::uint32_t keep_last);

// The steps whose files are in `directory`, ascending, valid or not; none if it does not exist.
std::vector<std::uint64_t> kept_steps(const std::filesystem::path& directory);

struct FoundCheckpoint {
  std::filesystem::path path;
  Checkpoint checkpoint;             // verified by loading it
  std::vector<std::string> notices;  // problems found while searching; to be shown as warnings
};

// The checkpoint that `latest` names or, if that is missing or invalid, the valid one of
// the highest step; its notices say which files are damaged, what is used and how many steps are
// lost. Returns nothing when the directory is absent or has no checkpoints.
// Throws Error(data) with all reasons when there are checkpoints but none is valid.
std::optional<FoundCheckpoint> find_latest(const std::filesystem::path& directory);

// The state after step `step`. Throws Error as load_checkpoint() does, and Error(data) if the file
// has that of another step.
Checkpoint load_step(const std::filesystem::path& directory, std::uint64_t step);

// The best state that `state`, a checkpoint of `directory` with a best metric, refers to. Throws
// Error(data) with the remedy when it cannot be loaded.
Checkpoint load_best_of(const std::filesystem::path& directory, const Checkpoint& state);

// The newest checkpoint of a run that has these weights; nothing if none has them. Throws
// Error(data) with the remedy when they may have been in a file that is damaged.
std::optional<FoundCheckpoint> find_with_weights(const std::filesystem::path& directory,
                                                 const std::string& weights_digest);

}  // namespace lockstep

#pragma once
// A directory of checkpoints: which to write, point at, keep and find.
//
//   step-00000120.ckpt  the state after step 120
//   latest, best        text files with the name of a step file. Not symbolic
//                       links: every file system has and atomically replaces files.
// Order is by step number, never by modification time. One writer at a time.
// Nothing here communicates.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// "step-00000120.ckpt"
std::string step_file_name(std::uint64_t step);

// Saves `checkpoint` in `directory` (created if absent): leftover temp files of
// killed processes removed, step file written, `best` (if `is_best`) and
// `latest` pointed at it, older step files removed. Kept are this one, the
// others among the `keep_last` newest up to it, and the best. Steps beyond this
// one (of a run that was resumed further back) are left alone until reached.
// Killed at any moment, the directory has a complete `latest`, and a `best` at
// least as new as the one its state knows of. Throws Error(io) when the
// checkpoint or a pointer cannot be written; files that cannot be removed are
// only reported, in the notices returned.
std::vector<std::string> save_step(const std::filesystem::path& directory,
                                   const Checkpoint& checkpoint, std::uint32_t keep_last,
                                   bool is_best);

struct FoundCheckpoint {
  std::filesystem::path path;
  Checkpoint checkpoint;             // verified by loading it
  std::vector<std::string> notices;  // what was wrong on the way; to be shown as warnings
};

// The checkpoint `latest` names; if it cannot be had, the valid one of the
// highest step. None when the directory is absent or has no checkpoints. Throws
// Error(data) with all reasons when there are some and none is valid.
std::optional<FoundCheckpoint> find_latest(const std::filesystem::path& directory);

// The checkpoint `best` names; if it cannot be had, the one which the latest
// state holds for the best. None when neither knows of one. Throws Error(data)
// with all reasons when it is known but not valid.
std::optional<FoundCheckpoint> find_best(const std::filesystem::path& directory);

// The best or the latest checkpoint, whichever has these weights; none when neither
// has. Throws as they do.
std::optional<FoundCheckpoint> find_with_weights(const std::filesystem::path& directory,
                                                 const std::string& weights_digest);

}  // namespace lockstep

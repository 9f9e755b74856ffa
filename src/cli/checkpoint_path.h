#pragma once
// Finds the checkpoint that the user names.

#include <filesystem>

namespace lockstep {

// The checkpoint file that `named` refers to. `named` is the file itself, a pointer file
// (best, latest) beside the checkpoints, or a run directory. A run directory refers to
// the checkpoint that its summary describes; without a summary, to the best one, or to
// the latest if there is no best. Throws Error(missing_input).
std::filesystem::path find_checkpoint(const std::filesystem::path& named);

}  // namespace lockstep

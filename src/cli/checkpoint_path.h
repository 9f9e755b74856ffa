#pragma once
// What people name when they mean a checkpoint.

#include <filesystem>

namespace lockstep {

// The checkpoint file meant by `named`: the file itself; a pointer file (best,
// latest) beside the checkpoints; or a run directory: the checkpoint that its
// summary describes, without a summary the best one, or the latest without a best.
// Throws Error(missing_input).
std::filesystem::path find_checkpoint(const std::filesystem::path& named);

}  // namespace lockstep

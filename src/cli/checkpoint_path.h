#pragma once
// What people name when they mean a checkpoint.

#include <filesystem>

namespace lockstep {

// The checkpoint file meant by `named`: the file itself; a pointer file (best,
// latest) beside the checkpoints; or a run directory, whose best checkpoint is
// taken, or the latest without a best. Throws Error(missing_input).
std::filesystem::path find_checkpoint(const std::filesystem::path& named);

}  // namespace lockstep

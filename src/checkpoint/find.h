#pragma once
// Finds the checkpoint that the user names.

#include <filesystem>

namespace lockstep {

// The checkpoint file that `given` refers to. `given` is the file itself, a pointer file
// (best, latest) beside the checkpoints, or a run directory. A run directory refers to
// the checkpoint that its summary describes; without a summary, to the best one, or to
// the latest if there is no best. The directory of a sweep or a recipe refers to the run directory
// of its winner. Throws Error(missing_input), also if there is no winner yet, or Error(data).
std::filesystem::path find_checkpoint(const std::filesystem::path& given);

}  // namespace lockstep

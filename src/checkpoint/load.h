#pragma once
// Loads a checkpoint from a file.

#include <filesystem>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Returns the checkpoint in `path` after verifying every byte of the file. Does not
// communicate. Throws Error(missing_input) when the file is missing or unreadable, and
// Error(data) naming the record when it is incomplete, damaged, inconsistent or of a
// newer format. Damaged sizes never cause an allocation larger than the file.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace lockstep

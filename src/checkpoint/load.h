#pragma once
// File -> Checkpoint.

#include <filesystem>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// The checkpoint in `path`, returned only after every byte of the file has been
// verified. Does not communicate. Throws Error(missing_input) when the file is
// not there or not readable, and Error(data) naming the record when it is
// incomplete, damaged, inconsistent or of a newer format. Damaged sizes never
// cause an allocation larger than the file.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace lockstep

#pragma once
// Loads a checkpoint from a file.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Returns the checkpoint in `path` after verifying every byte of the file. Does not
// communicate. Throws Error(missing_input) when the file is missing or unreadable, and
// Error(data) naming the record when it is incomplete, damaged, inconsistent or of a
// newer format. Damaged sizes never cause an allocation larger than the file.
Checkpoint load_checkpoint(const std::filesystem::path& path);

// Returns the steps of the states to which the checkpoint in `path` refers: the best one, and the
// one to which the run would roll back. Reads and verifies only the header of the file. Throws as
// load_checkpoint() does.
std::vector<std::uint64_t> load_referenced_steps(const std::filesystem::path& path);

}  // namespace lockstep

#pragma once
// answers.json: which examples a run of a recipe gets wrong.

#include <filesystem>
#include <optional>

#include "metrics/answers.h"

namespace lockstep {

// Writes {"train": "0010...", "dev": "..."}, a digit for each example, atomically. Throws
// Error(io).
void write_answers(const std::filesystem::path& path, const Answers& answers);

// Returns nothing if there is no such file. Throws Error(data) if it has other content.
std::optional<Answers> read_answers(const std::filesystem::path& path);

}  // namespace lockstep

#pragma once
// error.rankN.json: the reason why a rank failed, for scripts and for post-mortems.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lockstep {

// Writes {"rank", "host", "exit_code", "message"} as error.rank<N>.json in the run
// directory, as far as possible. It is called when a process fails, so it never throws
// and does not report its own failures.
void write_error_file(const std::filesystem::path& run_dir, int rank, std::string_view host,
                      ExitCode code, std::string_view message) noexcept;

struct RecordedError {
  int exit_code = 0;
  std::string message;
};

// The error file of a rank; none if there is none, or if it is damaged. Throws Error(io) if it
// cannot be read.
std::optional<RecordedError> read_error_file(const std::filesystem::path& run_dir, int rank);

// Removes every such file when a run is resumed, since the failures are then history.
// Throws Error(io) naming a file that cannot be removed.
void remove_error_files(const std::filesystem::path& run_dir);

}  // namespace lockstep

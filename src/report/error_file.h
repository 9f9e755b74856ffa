#pragma once
// error.rankN.json: why a rank failed, for scripts and for post-mortems.

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace lockstep {

// Writes {"rank", "host", "exit_code", "message"} as error.rank<N>.json in the
// run directory. For use on the way out of a failing process: best effort, it
// never throws and reports no failure of its own.
void write_error_file(const std::filesystem::path& run_dir, int rank, std::string_view host,
                      ExitCode code, std::string_view message) noexcept;

// Removes every such file: what they tell of is over when the run goes on.
// Throws Error (io) naming the file that stays.
void remove_error_files(const std::filesystem::path& run_dir);

}  // namespace lockstep

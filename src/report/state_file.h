#pragma once
// state.json: where a run stands, for scripts that decide what to do next.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/enum_names.h"
#include "base/error.h"

namespace lockstep {

enum class RunPhase {
  starting,     // the directory is locked; data is loaded
  running,      // it trains
  finished,     // the results are there
  interrupted,  // it was asked to stop, and can be resumed
  failed,       // exit_code says why
};

constexpr auto enum_names(RunPhase) {
  using enum RunPhase;
  return std::to_array<EnumName<RunPhase>>({{starting, "starting"},
                                            {running, "running"},
                                            {finished, "finished"},
                                            {interrupted, "interrupted"},
                                            {failed, "failed"}});
}

struct RunState {
  RunPhase phase = RunPhase::starting;
  std::optional<std::uint64_t> step;  // the newest step that the writer knows
  std::optional<ExitCode> exit_code;  // none before the end
  int rank = 0;                       // the rank that writes this
};

// The phase of a run that ends with this exit code.
RunPhase phase_at_end(ExitCode code);

// Writes {"state", "step", "exit_code", "rank", "host", "process"} as state.json in the run
// directory, atomically. Throws Error(io).
void write_state_file(const std::filesystem::path& run_dir, const RunState& state);

}  // namespace lockstep

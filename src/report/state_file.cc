#include "report/state_file.h"

#include <unistd.h>

#include "base/atomic_file.h"
#include "base/host_name.h"
#include "base/json_text.h"
#include "base/run_files.h"

namespace lockstep {

RunPhase phase_at_end(ExitCode code) {
  if (code == ExitCode::ok) return RunPhase::finished;
  return code == ExitCode::interrupted ? RunPhase::interrupted : RunPhase::failed;
}

void write_state_file(const std::filesystem::path& run_dir, const RunState& state) {
  Json object;
  object["state"] = enum_name(state.phase);
  object["step"] = state.step ? Json(*state.step) : Json();
  object["exit_code"] = state.exit_code ? Json(static_cast<int>(*state.exit_code)) : Json();
  object["rank"] = state.rank;
  object["host"] = host_name();
  object["process"] = ::getpid();
  replace_file(run_dir / kStateFile, to_text(object, 2) + "\n");
}

}  // namespace lockstep

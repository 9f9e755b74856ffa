#include "config/sweep_file.h"

#include "base/check.h"
#include "base/error.h"
#include "targets.h"

namespace lockstep {

void fuzz_sweep_file(std::string_view input) {
  try {
    const LoadedSweep loaded = parse_sweep(input, "sweep.textproto", "/sweeps", {});
    const LoadedSweep again = parse_sweep(loaded.resolved_text, "resolved.textproto", "/", {});
    check(again.resolved_text == loaded.resolved_text, "a resolved sweep loads to itself");
  } catch (const Error&) {
    return;
  }
}

}  // namespace lockstep

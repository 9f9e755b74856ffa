#include "config/job_file.h"

#include "base/check.h"
#include "base/error.h"
#include "targets.h"

namespace lockstep {

void fuzz_job_file(std::string_view input) {
  try {
    const LoadedJob loaded = parse_job(input, "job.textproto", "/jobs", {});
    const LoadedJob again = parse_job(loaded.resolved_text, "resolved.textproto", "/", {});
    check(again.resolved_text == loaded.resolved_text, "a resolved job loads to itself");
  } catch (const Error&) {
    return;
  }
}

}  // namespace lockstep

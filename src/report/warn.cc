#include "report/warn.h"

#include <unistd.h>

#include "report/descriptor.h"

namespace lockstep {

void warn_on_stderr(const std::string& text) {
  const bool live = is_live_terminal(STDERR_FILENO);
  write_log(STDERR_FILENO, std::string(live ? kClearLine : "") + text + "\n");
}

void write_warning(const std::string& text) { warn_on_stderr("lockstep: warning: " + text); }

}  // namespace lockstep

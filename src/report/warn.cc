#include "report/warn.h"

#include <unistd.h>

#include "report/descriptor.h"

namespace lockstep {

void warn_on_stderr(const std::string& text) {
  const bool live = is_live_terminal(STDERR_FILENO);
  write_log(STDERR_FILENO, std::string(live ? kClearLine : "") + text + "\n");
}

}  // namespace lockstep

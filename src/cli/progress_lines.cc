#include "cli/progress_lines.h"

#include <unistd.h>

#include "report/descriptor.h"

namespace lockstep {

void ProgressLines::show(const std::string& command, const std::string& text) {
  const auto now = Clock::now();
  if (now - last_ < std::chrono::seconds(5)) return;
  last_ = now;
  write_log(STDERR_FILENO, command + ": " + text + "\n");
}

}  // namespace lockstep

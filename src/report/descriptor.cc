#include "report/descriptor.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace lockstep {

int write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

void write_log(int descriptor, std::string_view text) noexcept {
  [[maybe_unused]] const int ignored = write_all(descriptor, text);
}

bool is_live_terminal(int descriptor) noexcept {
  const char* kind = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

int terminal_columns(int descriptor) noexcept {
  winsize size{};
  const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace lockstep

#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"

namespace {

// A program that is started without stdin, stdout or stderr, as from cron, would give their numbers
// to the next files that it opens, and take those for its input. /dev/null stands in for them.
void open_standard_streams() {
  constexpr int kStandardStreams = 3;
  for (int number = 0; number < kStandardStreams; ++number) {
    if (fcntl(number, F_GETFD) == -1) static_cast<void>(open("/dev/null", O_RDWR));
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  return lockstep::run_cli(argc, argv);
}

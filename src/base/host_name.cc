#include "base/host_name.h"

#include <unistd.h>

namespace lockstep {

std::string host_name() {
  std::string name(256, '\0');
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown host";
  return name.substr(0, name.find('\0'));
}

}  // namespace lockstep

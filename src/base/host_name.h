#pragma once

#include <string>

namespace lockstep {

// Name of this machine, for messages.
std::string host_name();

}  // namespace lockstep

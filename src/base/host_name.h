#pragma once

#include <string>

namespace lockstep {

// Of this machine, for messages.
std::string host_name();

}  // namespace lockstep

#pragma once
// How MPI starts in a process that no launcher has started.

#include <map>
#include <string>

#include "comm/preflight.h"

namespace lockstep {

// Settings of Open MPI, as names and values of environment variables, for a process that has
// nobody to exchange messages with: it starts without a daemon of its own, without looking for
// network devices and without a folder for temporary files. Empty for a process of a launcher.
std::map<std::string, std::string> lone_process_settings(const Environment& environment);

// Sets those of these variables that are not set. Call it before MPI starts and before there are
// other threads. Does not communicate.
void prepare_lone_process(const Environment& environment);

}  // namespace lockstep

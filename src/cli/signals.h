#pragma once
// Requests to stop, by signal.

namespace lockstep {

// SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU (a soft limit of CPU time) and, unless it is ignored,
// SIGHUP request an orderly stop; a second SIGINT ends the process at once. Handlers run on a
// separate stack, on the thread that calls this; threads that compute must have signals blocked
// (base/blocked_signals.h). SIGPIPE and SIGXFSZ are ignored: a closed pipe or a file at its size
// limit is a write error.
void install_signal_handlers();

bool stop_was_requested();

}  // namespace lockstep

#pragma once
// Requests to stop, by signal.

namespace lockstep {

// SIGTERM, SIGINT and SIGUSR1 ask for an orderly stop; a second SIGINT ends
// the process at once. SIGPIPE is ignored: a closed pipe is a write error.
void install_signal_handlers();

bool stop_was_requested();

}  // namespace lockstep

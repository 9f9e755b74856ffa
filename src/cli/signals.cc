#include "cli/signals.h"

#include <csignal>
#include <initializer_list>

#include <unistd.h>

namespace lockstep {
namespace {

// The one thing a signal handler may touch, and so the one global.
volatile std::sig_atomic_t stop_requested = 0;

extern "C" void on_stop_signal(int signal) {
  constexpr int kSignalExitBase = 128;
  if (stop_requested != 0 && signal == SIGINT) _exit(kSignalExitBase + SIGINT);
  stop_requested = 1;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaction(signal, &action, nullptr);
  // A closed terminal; nohup has it ignored, and so it stays.
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (const int signal : {SIGPIPE, SIGXFSZ}) sigaction(signal, &action, nullptr);
}

bool stop_was_requested() { return stop_requested != 0; }

}  // namespace lockstep

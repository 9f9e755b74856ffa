#include "cli/signals.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <initializer_list>

#include <unistd.h>

namespace lockstep {
namespace {

// The only global: a signal handler may access nothing else. Other threads read it.
std::atomic<int> stop_requested = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may use it");

extern "C" void on_stop_signal(int signal) {
  constexpr int kSignalExitBase = 128;
  if (stop_requested != 0 && signal == SIGINT) _exit(kSignalExitBase + SIGINT);
  stop_requested = 1;
}

}  // namespace

void install_signal_handlers() {
  // Code of a library may use the stack pointer as an ordinary register (oneDNN's products did),
  // so a handler must not run on the stack that it seems to point to.
  static std::array<std::byte, std::size_t{64} << 10> own_stack;
  stack_t stack{};
  stack.ss_sp = own_stack.data();
  stack.ss_size = own_stack.size();
  sigaltstack(&stack, nullptr);

  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU})
    sigaction(signal, &action, nullptr);
  // SIGHUP reports a closed terminal. nohup ignores it, and then it stays ignored.
  struct sigaction inherited {};
  sigaction(SIGHUP, nullptr, &inherited);
  if (inherited.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (const int signal : {SIGPIPE, SIGXFSZ}) sigaction(signal, &action, nullptr);
}

bool stop_was_requested() { return stop_requested != 0; }

}  // namespace lockstep

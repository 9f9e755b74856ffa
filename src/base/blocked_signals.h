#pragma once
// Threads that no signal is delivered to.

#include <csignal>

namespace lockstep {

// While it lives, signals that come from outside are blocked in this thread and in those
// that it starts, which keep them blocked. Compiled matrix products use the stack pointer
// as an ordinary register: a signal handler that ran on that "stack" would write into
// whatever it points to. Faults of the thread's own (SIGSEGV and the like) stay as they are.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t outside;
    sigfillset(&outside);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) {
      sigdelset(&outside, own);
    }
    pthread_sigmask(SIG_BLOCK, &outside, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace lockstep

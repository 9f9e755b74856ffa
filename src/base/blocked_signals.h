#pragma once
// Blocks the delivery of signals to threads.

#include <csignal>

namespace lockstep {

// Blocks signals from outside in this thread during its lifetime, and for good in the threads
// started meanwhile. Compiled matrix products use the stack pointer as an ordinary register: a
// signal handler that ran on that "stack" would write to arbitrary memory. Faults of the
// thread itself, such as SIGSEGV, are not blocked.
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

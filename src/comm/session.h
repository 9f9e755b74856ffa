#pragma once
// The lifetime of MPI in this process.

#include <optional>
#include <string>

namespace lockstep {

// Initializes MPI in the constructor and finalizes it in the destructor. Only the thread that
// constructed it communicates (MPI_THREAD_FUNNELED). There is at most one at a time.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
};

// The MPI library's name and version, on one line. Needs no session.
std::string mpi_description();

// Whether a rank that waits for a message leaves its core to others (Open MPI's
// mpi_yield_when_idle); nothing where MPI does not tell. Needs a session.
std::optional<bool> waiting_ranks_yield();

// Ends every rank of the job at once with exit code `code`. For errors of one rank that the others
// cannot know.
[[noreturn]] void abort_all_ranks(int code);

}  // namespace lockstep

#pragma once
// Phases that may fail on one rank only: every rank does its local work, then
// all go on together or all throw the same error.

#include <functional>
#include <string>

#include "base/error.h"
#include "comm/communicator.h"

namespace lockstep {

// An error that every rank throws alike: each may end in its own time. Any
// other exception is known to one rank only, which must end the whole job.
class AgreedError : public Error {
 public:
  using Error::Error;
};

// Collective. Runs `local_work`, which must not communicate, and exchanges the
// outcome. When it threw on some rank, every rank throws an AgreedError with the
// words of the lowest such rank; the message says which unless it is rank 0.
void agree(const Communicator& comm, const std::function<void()>& local_work);

// Collective. Throws AgreedError(usage) when some rank's `text`
// differs from rank 0's. `describe(text, root_text)` says how, and is called
// on rank 0 for the first rank that differs.
void require_same(
    const Communicator& comm, const std::string& text,
    const std::function<std::string(const std::string& theirs, const std::string& root)>& describe);

}  // namespace lockstep

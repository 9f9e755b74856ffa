#pragma once
// Phases that may fail on one rank only: every rank does its local work; then all ranks continue
// together or all throw the same error.

#include <functional>
#include <string>

#include "base/error.h"
#include "comm/communicator.h"

namespace lockstep {

// An error that every rank throws alike, so each may end by itself. Any other exception is known
// to one rank only, which must end the whole job.
class AgreedError : public Error {
 public:
  using Error::Error;
};

// Collective. Runs `local_work`, which must not communicate, and exchanges the outcome. If it
// threw on some ranks, every rank throws an AgreedError with the message of the lowest such rank;
// the message names the rank and its host unless it is rank 0.
void agree(const Communicator& comm, const std::function<void()>& local_work);

// Collective. Throws AgreedError(usage) when some rank's `text` differs from rank 0's.
// `describe(text, root_text)` describes the difference; it is called on rank 0 for the first rank
// that differs.
void require_same(
    const Communicator& comm, const std::string& text,
    const std::function<std::string(const std::string& theirs, const std::string& root)>& describe);

}  // namespace lockstep

#pragma once
// One value for each parameter, each held by the parameter's owner: put together on rank 0,
// and handed out again.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

// Collective. `owned` (this rank's pieces end to end) of all ranks, put together into a
// vector of all parameters on rank 0; elsewhere nothing.
template <typename T>
std::vector<T> collect_owned(const Communicator& comm, const Ownership& ownership,
                             std::span<const T> owned);

// Collective. The reverse: `flat` has all parameters on rank 0, and is not looked at elsewhere;
// `owned` takes this rank's pieces end to end.
template <typename T>
void distribute_owned(const Communicator& comm, const Ownership& ownership, std::span<const T> flat,
                      std::span<T> owned);

}  // namespace lockstep

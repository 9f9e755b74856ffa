#pragma once
// One value for each parameter, held by the parameter's owner: gathers them on rank 0 and
// distributes them again.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

// Collective. Puts `owned` of all ranks (each rank's pieces end to end) together into a vector of
// all parameters, on rank 0; other ranks get nothing.
template <typename T>
std::vector<T> collect_owned(const Communicator& comm, const Ownership& ownership,
                             std::span<const T> owned);

// Collective. The reverse: `flat` has all parameters on rank 0 and is ignored elsewhere; `owned`
// receives this rank's pieces end to end.
template <typename T>
void distribute_owned(const Communicator& comm, const Ownership& ownership, std::span<const T> flat,
                      std::span<T> owned);

}  // namespace lockstep

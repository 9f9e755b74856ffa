#pragma once
// One value for each parameter, held by the parameter's owner: gathers them on rank 0 and
// distributes them again.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

// The values of `flat`, all parameters, that `rank` owns, end to end. Does not communicate.
// `memory`: a vector whose memory is used again.
template <typename T>
std::vector<T> pick_owned(const Ownership& ownership, int rank, std::span<const T> flat,
                          std::vector<T> memory = {});

// Copies the parameters of `range` that `rank` owns, which `owned` has end to end, to their places
// in `values`, which begins with the first parameter of `range`. Does not communicate.
template <typename T>
void place_owned(const Ownership& ownership, int rank, Range range, std::span<const T> owned,
                 std::span<T> values);

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

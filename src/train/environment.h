#pragma once
// Versions and kernels, on which a result depends besides the job and the data.

#include <map>
#include <string>

#include "comm/communicator.h"

namespace lockstep {

// "lockstep", "compiler", "flags", "mpi", "blas" (with the CPU kernels in use),
// "protobuf", "libc", "cpu".
std::map<std::string, std::string> environment();

// Collective. Throws on all ranks when a rank's environment differs from rank 0's in anything that
// can change bits.
void require_same_environment(const Communicator& comm);

}  // namespace lockstep

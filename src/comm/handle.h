#pragma once
// The MPI communicator of a Communicator, for the files of this folder only.

#include <mpi.h>

#include "comm/communicator.h"

namespace lockstep {

struct Communicator::Handle {
  MPI_Comm comm = MPI_COMM_NULL;
  ~Handle() {
    if (comm != MPI_COMM_NULL) MPI_Comm_free(&comm);
  }
};

struct CommunicatorHandle {
  static MPI_Comm of(const Communicator& communicator) { return communicator.handle_->comm; }
};

}  // namespace lockstep

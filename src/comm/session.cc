#include "comm/session.h"

#include <array>
#include <cstdlib>

#include <mpi.h>

#include "base/check.h"

namespace lockstep {

MpiSession::MpiSession(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  check(provided >= MPI_THREAD_FUNNELED, "MPI allows other threads beside the communicating one");
}

MpiSession::~MpiSession() { MPI_Finalize(); }

std::string mpi_description() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string whole(text.data(), static_cast<std::size_t>(length));
  return whole.substr(0, whole.find(','));
}

void abort_all_ranks(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

}  // namespace lockstep

// The main of tests that run on several ranks: rank 0 reports for all of them.

#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include <gtest/gtest.h>

#include "support/collective.h"
#include "support/mpi_listener.h"

#ifdef __SANITIZE_ADDRESS__
// Open MPI unloads its plugins in MPI_Finalize. The leak check comes later, and would not know
// their names, by which tests/support/lsan.supp excuses them; so they stay loaded.
extern "C" int dlclose(void* /*handle*/) noexcept { return 0; }
#endif

namespace {

// A stray throw must not unwind: destructors on the way may communicate. It
// says where it happened and aborts, and mpirun then ends the other ranks.
[[noreturn]] void abort_with_rank() {
  const int rank = lockstep::test_rank();
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
    std::fprintf(stderr, "[rank %d] terminated\n", rank);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "[rank %d] uncaught exception: %s\n", rank, error.what());
  } catch (...) {
    std::fprintf(stderr, "[rank %d] uncaught exception of unknown type\n", rank);
  }
  std::abort();
}

int run_tests(MPI_Comm comm) {
  int rank = 0;
  int size = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);

  GTEST_FLAG_SET(shuffle, false);  // ranks must run the same test at the same time
  if (size > 1) GTEST_FLAG_SET(catch_exceptions, false);

  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  if (rank != 0) {
    const std::unique_ptr<testing::TestEventListener> printer(
        listeners.Release(listeners.default_result_printer()));
    const std::unique_ptr<testing::TestEventListener> xml(
        listeners.Release(listeners.default_xml_generator()));
  }
  listeners.Append(std::make_unique<lockstep::MpiListener>(comm).release());

  const int mine = RUN_ALL_TESTS();
  int worst = mine;
  MPI_Allreduce(&mine, &worst, 1, MPI_INT, MPI_MAX, comm);
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  int provided = 0;
  // The level of the program (src/comm/session.cc), so that tests see the MPI that it has.
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  testing::InitGoogleTest(&argc, argv);
  lockstep::test_communicator();
  std::set_terminate(abort_with_rank);

  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  const int code = run_tests(comm);
  MPI_Comm_free(&comm);
  MPI_Finalize();
  return code;
}

#pragma once
// Makes GoogleTest's verdict on each test the verdict of all ranks.

#include <mpi.h>

#include <string>

#include <gtest/gtest.h>

namespace lockstep {

// Ranks other than 0 have no printer: their failures are echoed on stderr at
// once, with the rank in front, so that they are seen even if the test then
// hangs. At the end of a test the failures of all ranks are gathered, and rank 0
// raises the others' as its own, so that its printer, XML file and exit code
// show them. A test skipped on some ranks only is a failure.
//
// Append it after the printer: end events are delivered in reverse order, so
// the printer then sees a test's end after the failures raised here.
class MpiListener : public testing::EmptyTestEventListener {
 public:
  // `comm` is used by this listener only, and outlives RUN_ALL_TESTS().
  explicit MpiListener(MPI_Comm comm);

  void OnTestStart(const testing::TestInfo& test) override;             // NOLINT: GoogleTest's name
  void OnTestPartResult(const testing::TestPartResult& part) override;  // NOLINT
  // Collective over `comm`.
  void OnTestEnd(const testing::TestInfo& test) override;  // NOLINT

 private:
  MPI_Comm comm_;
  int rank_ = 0;
  std::string failures_;  // of this rank in the current test
};

}  // namespace lockstep

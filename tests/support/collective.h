#pragma once
// What tests on several ranks share: a communicator, collective assertions, and
// a common temporary directory.
//
// A plain ASSERT_* in a test that communicates is a deadlock: the rank that
// fails returns and the others wait for it. Make the answer collective instead:
//
//   ASSERT_TRUE(on_all_ranks(size == expected, fmt::format("size {}", size)));
//
// EXPECT_* is always fine: it records and continues.

#include <mpi.h>

#include <filesystem>
#include <string_view>

#include <gtest/gtest.h>

namespace lockstep {

// A duplicate of the world communicator, for tests and the helpers below. The
// harness gathers failures on another one, so stray messages of a test cannot
// reach it. Collective over the world on its first call, which mpi_main.cc makes.
MPI_Comm test_communicator();

int test_rank();
int test_size();

// Success on every rank if `holds` on every rank; otherwise failure on every
// rank, naming the ranks where it does not hold, each with its `detail`.
// Collective over test_communicator().
testing::AssertionResult on_all_ranks(bool holds, std::string_view detail = {});

// Success on every rank if all ranks pass the same bytes, otherwise failure on
// every rank. Collective over test_communicator().
testing::AssertionResult same_on_all_ranks(std::string_view bytes);

// A new empty directory made by rank 0, the same path on every rank. Rank 0
// removes it at the normal end of the program.
// Collective over test_communicator().
std::filesystem::path collective_temp_dir();

}  // namespace lockstep

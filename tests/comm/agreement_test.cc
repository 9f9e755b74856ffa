#include "comm/agreement.h"

#include <new>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/host_name.h"

// Failures are recorded with EXPECT_* only: a rank that left a test early would
// make the others wait.

namespace lockstep {
namespace {

// How a collective call ended on this rank; ok and no message when it returned.
struct Outcome {
  ExitCode code = ExitCode::ok;
  std::string message;
};

template <typename Call>
Outcome outcome_of(const Call& call) {
  try {
    call();
  } catch (const AgreedError& error) {
    return {error.code(), error.what()};
  }
  return {};
}

void expect_outcome(const Outcome& outcome, ExitCode code, const std::string& message) {
  EXPECT_EQ(static_cast<int>(outcome.code), static_cast<int>(code));
  EXPECT_EQ(outcome.message, message);
}

std::string said_by(int rank, const std::string& message) {
  return rank == 0 ? message : fmt::format("rank {} on {}: {}", rank, host_name(), message);
}

TEST(Agree, GoesOnWhenAllRanksAreFine) {
  const Communicator comm = Communicator::world();
  int calls = 0;
  expect_outcome(outcome_of([&] { agree(comm, [&] { ++calls; }); }), ExitCode::ok, "");
  EXPECT_EQ(calls, 1);
}

TEST(Agree, EveryRankThrowsWhatOneRankThrew) {
  const Communicator comm = Communicator::world();
  for (int culprit = 0; culprit < comm.size(); ++culprit) {
    const Outcome outcome = outcome_of([&] {
      agree(comm, [&] {
        if (comm.rank() == culprit) throw Error(ExitCode::missing_input, "no file a.idx");
      });
    });
    expect_outcome(outcome, ExitCode::missing_input, said_by(culprit, "no file a.idx"));
    // Nothing of the failure is left over.
    expect_outcome(outcome_of([&] { agree(comm, [] {}); }), ExitCode::ok, "");
  }
}

TEST(Agree, TheLowestRankThatFailedIsHeard) {
  const Communicator comm = Communicator::world();
  for (int first = 0; first < comm.size(); ++first) {
    const Outcome outcome = outcome_of([&] {
      agree(comm, [&] {
        if (comm.rank() == first) throw Error(ExitCode::usage, "the first");
        if (comm.rank() > first) throw Error(ExitCode::diverged, std::string(1000, 'x'));
      });
    });
    expect_outcome(outcome, ExitCode::usage, said_by(first, "the first"));
  }
}

TEST(Agree, OtherExceptionsAreInternalErrors) {
  const Communicator comm = Communicator::world();
  const int last = comm.size() - 1;
  expect_outcome(outcome_of([&] {
                   agree(comm, [&] {
                     if (comm.rank() == last) throw std::runtime_error("unforeseen");
                   });
                 }),
                 ExitCode::internal, said_by(last, "internal error: unforeseen"));
  expect_outcome(outcome_of([&] {
                   agree(comm, [&] {
                     if (comm.rank() == last) throw std::bad_alloc();
                   });
                 }),
                 ExitCode::internal,
                 said_by(last, "out of memory; `lockstep check` predicts what a job needs"));
}

TEST(RequireSame, GoesOnWithEqualTexts) {
  const Communicator comm = Communicator::world();
  for (const std::string text : {"", "the same"}) {
    const auto never = [](const std::string&, const std::string&) -> std::string {
      ADD_FAILURE() << "described a difference";
      return "";
    };
    expect_outcome(outcome_of([&] { require_same(comm, text, never); }), ExitCode::ok, "");
  }
}

TEST(RequireSame, DescribesTheFirstRankThatDiffers) {
  const Communicator comm = Communicator::world();
  for (int first = 1; first < comm.size(); ++first) {
    const std::string own =
        comm.rank() < first ? "rate 0.01" : fmt::format("rate 0.{}", comm.rank());
    int described = 0;
    const Outcome outcome = outcome_of([&] {
      require_same(comm, own, [&](const std::string& theirs, const std::string& root) {
        ++described;
        return fmt::format("{}, rank 0 has {}", theirs, root);
      });
    });
    expect_outcome(outcome, ExitCode::usage,
                   fmt::format("rank {0} differs: rate 0.{0}, rank 0 has rate 0.01", first));
    EXPECT_EQ(described, comm.is_root() ? 1 : 0);
  }
}

}  // namespace
}  // namespace lockstep

#include "comm/communicator.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/collective.h"

// Failures are recorded with EXPECT_* only: a rank that left a test early would
// make the others wait.

namespace lockstep {
namespace {

constexpr std::uint64_t kBig = 1ULL << 40;  // more than 32 bits hold

// `length` values that tell rank and position.
std::vector<std::uint64_t> values_of(int rank, std::size_t length) {
  std::vector<std::uint64_t> values(length);
  for (std::size_t i = 0; i < length; ++i) {
    values[i] = kBig * static_cast<std::uint64_t>(rank + 1) + i;
  }
  return values;
}

// Lengths of which some are zero, another one in each round.
std::size_t length_of(int rank, int round) {
  const int length = (rank + round) % 3 * (rank + 1);
  return static_cast<std::size_t>(length);
}

TEST(Communicator, IsTheWholeWorld) {
  const Communicator comm = Communicator::world();
  EXPECT_EQ(comm.rank(), test_rank());
  EXPECT_EQ(comm.size(), test_size());
  EXPECT_EQ(comm.is_root(), test_rank() == 0);
}

TEST(Communicator, CanBeMoved) {
  Communicator first = Communicator::world();
  Communicator second = std::move(first);
  EXPECT_EQ(second.size(), test_size());
  EXPECT_EQ(second.sum(1), static_cast<std::uint64_t>(test_size()));
}

TEST(Communicator, OfOneProcessIsAlone) {
  const Communicator comm = Communicator::self();
  EXPECT_EQ(comm.rank(), 0);
  EXPECT_EQ(comm.size(), 1);
  const auto own = static_cast<std::uint64_t>(test_rank());
  EXPECT_EQ(comm.sum(own), own);
  EXPECT_EQ(comm.gather(std::span(&own, 1)), std::vector{own});
}

TEST(Communicator, SplitsByColor) {
  const Communicator world = Communicator::world();
  const int color = world.rank() % 2;
  const Communicator part = world.split(color);
  EXPECT_EQ(part.size(), (world.size() + 1 - color) / 2);
  EXPECT_EQ(part.rank(), world.rank() / 2);
  // Each part's root speaks to its own part only.
  int root = world.rank();
  part.broadcast(root);
  EXPECT_EQ(root, color);
  // Parts need not do the same.
  for (int i = 0; i <= color; ++i) {
    EXPECT_EQ(part.sum(1), static_cast<std::uint64_t>(part.size()));
  }
}

TEST(Communicator, WaitsForTheLast) {
  const Communicator world = Communicator::world();
  // The last rank comes once it has seen that the others wait, if there are any.
  const Communicator others = world.split(0);
  const bool last = world.rank() == world.size() - 1;
  int calls = 0;
  if (last) {
    others.barrier();
  } else {
    // Reached from within the waiting.
    bool told = false;
    world.wait_for_all([&] {
      if (!told) others.barrier();
      told = true;
      ++calls;
    });
    EXPECT_TRUE(told) << "the last rank cannot have come before";
  }
  if (last) world.wait_for_all([] {});
}

TEST(Communicator, BroadcastsAValue) {
  const Communicator comm = Communicator::world();
  struct Decision {
    std::uint64_t step;
    bool stop;
    double cost;
  };
  Decision decision{static_cast<std::uint64_t>(test_rank()), test_rank() == 0, test_rank() + 0.5};
  comm.broadcast(decision);
  EXPECT_EQ(decision.step, 0U);
  EXPECT_TRUE(decision.stop);
  EXPECT_EQ(decision.cost, 0.5);
}

TEST(Communicator, BroadcastsASpan) {
  const Communicator comm = Communicator::world();
  for (const std::size_t length : {0, 1, 5, 100000}) {
    std::vector<std::uint64_t> values = values_of(test_rank(), length);
    comm.broadcast(std::span(values));
    EXPECT_EQ(values, values_of(0, length));
  }
}

// Other ranks' lengths are shorter, equal and longer than rank 0's, and empty.
TEST(Communicator, BroadcastsLengthsToo) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 4; ++round) {
    std::vector<std::uint64_t> values = values_of(test_rank(), length_of(test_rank(), round));
    comm.broadcast(values);
    EXPECT_EQ(values, values_of(0, length_of(0, round)));

    std::string text(length_of(test_rank(), round), static_cast<char>('a' + test_rank()));
    comm.broadcast(text);
    EXPECT_EQ(text, std::string(length_of(0, round), 'a'));
  }
}

// Several rounds at once: nothing of one may arrive in the next.
TEST(Communicator, GathersDifferentLengthsInRankOrder) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 20; ++round) {
    const auto mine = values_of(test_rank(), length_of(test_rank(), round));
    std::vector<std::uint64_t> expected;
    for (int rank = 0; comm.is_root() && rank < comm.size(); ++rank) {
      const auto theirs = values_of(rank, length_of(rank, round));
      expected.insert(expected.end(), theirs.begin(), theirs.end());
    }
    EXPECT_EQ(comm.gather(std::span(mine)), expected);
  }
}

TEST(Communicator, GathersTexts) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 20; ++round) {
    const auto text_of = [&](int rank) {
      return std::string(length_of(rank, round), rank % 2 == 0 ? '\0' : 'x');
    };
    std::vector<std::string> expected;
    for (int rank = 0; comm.is_root() && rank < comm.size(); ++rank) {
      expected.push_back(text_of(rank));
    }
    EXPECT_EQ(comm.gather_text(text_of(test_rank())), expected);
  }
}

TEST(Communicator, ScattersDifferentLengths) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::vector<std::uint64_t>> values;
    std::vector<std::span<const std::byte>> parts;
    for (int rank = 0; comm.is_root() && rank < comm.size(); ++rank) {
      values.push_back(values_of(rank, length_of(rank, round)));
      parts.push_back(std::as_bytes(std::span(values.back())));
    }
    const auto expected = values_of(test_rank(), length_of(test_rank(), round));
    const auto expected_bytes = std::as_bytes(std::span(expected));
    EXPECT_EQ(comm.scatter(parts),
              std::vector<std::byte>(expected_bytes.begin(), expected_bytes.end()));
  }
}

TEST(Communicator, AddsUp) {
  const Communicator comm = Communicator::world();
  const auto size = static_cast<std::uint64_t>(test_size());
  const auto rank = static_cast<std::uint64_t>(test_rank());
  EXPECT_EQ(comm.sum(0), 0U);
  EXPECT_EQ(comm.sum(kBig + rank), size * kBig + size * (size - 1) / 2);
}

TEST(Communicator, FindsTheLargestOnAnyRank) {
  const Communicator comm = Communicator::world();
  EXPECT_EQ(comm.max(0), 0U);
  for (int largest = 0; largest < test_size(); ++largest) {
    EXPECT_EQ(comm.max(test_rank() == largest ? kBig + 7 : kBig), kBig + 7);
  }
}

TEST(Communicator, FindsTheBitsOfAnyRank) {
  const Communicator comm = Communicator::world();
  EXPECT_EQ(comm.any(0), 0U);
  EXPECT_EQ(comm.any(kBig << test_rank()), kBig * ((1ULL << test_size()) - 1));
}

TEST(Communicator, AllGatherGivesEveryRankEveryValue) {
  const Communicator comm = Communicator::world();
  const std::vector<int> squares = comm.all_gather(comm.rank() * comm.rank());
  ASSERT_EQ(squares.size(), static_cast<std::size_t>(comm.size()));
  for (int rank = 0; rank < comm.size(); ++rank) {
    EXPECT_EQ(squares[static_cast<std::size_t>(rank)], rank * rank);
  }
}

// The tests run on one machine.
TEST(Communicator, NodeLeaderIsTheLowestRankOfTheNode) {
  const Communicator comm = Communicator::world();
  EXPECT_EQ(comm.host_leader(), 0);
  const Communicator half = comm.split(comm.rank() % 2);
  EXPECT_EQ(half.host_leader(), 0);
  EXPECT_EQ(half.rank(), comm.rank() / 2);
}

TEST(Communicator, SharesTextsWithAll) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 3; ++round) {
    const auto text_of = [&](int rank) {
      return std::string(length_of(rank, round), static_cast<char>('a' + rank));
    };
    const auto texts = comm.share_text(text_of(comm.rank()));
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(comm.size()));
    for (int rank = 0; rank < comm.size(); ++rank) {
      EXPECT_EQ(texts.at(static_cast<std::size_t>(rank)), text_of(rank));
    }
  }
}

TEST(Communicator, ExchangesBytesBetweenAll) {
  const Communicator comm = Communicator::world();
  const auto bytes_for = [&](int from, int to, int round) {
    return std::vector<std::byte>(length_of(from + 2 * to, round),
                                  static_cast<std::byte>(10 * from + to));
  };
  for (int round = 0; round < 3; ++round) {
    std::vector<std::vector<std::byte>> parts;
    for (int to = 0; to < comm.size(); ++to) parts.push_back(bytes_for(comm.rank(), to, round));
    const auto received = comm.exchange(parts);
    EXPECT_EQ(received.size(), parts.size());
    for (int from = 0; from < comm.size(); ++from) {
      EXPECT_EQ(received.at(static_cast<std::size_t>(from)), bytes_for(from, comm.rank(), round));
    }
  }
}

}  // namespace
}  // namespace lockstep

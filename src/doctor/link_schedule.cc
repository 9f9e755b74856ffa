#include "doctor/link_schedule.h"

#include <algorithm>

#include "base/range.h"

namespace lockstep {
namespace {

HostPair ordered(std::size_t a, std::size_t b) { return std::minmax(a, b); }

std::vector<LinkRound> pair_by_pair(std::size_t hosts) {
  std::vector<LinkRound> rounds;
  for (std::size_t a = 0; a < hosts; ++a) {
    for (std::size_t b = a + 1; b < hosts; ++b) rounds.push_back({{a, b}});
  }
  return rounds;
}

// Round `round` of a tournament of `seats` hosts, an even number (the circle method): the last
// host stays in its seat, and the others move on by one seat in each round. With an odd number of
// hosts the last seat is empty.
LinkRound tournament_round(std::size_t hosts, std::size_t seats, std::size_t round) {
  const std::size_t circle = seats - 1;
  LinkRound pairs;
  if (seats == hosts) pairs.push_back(ordered(round, circle));
  for (std::size_t i = 1; i < seats / 2; ++i) {
    pairs.push_back(ordered((round + i) % circle, (round + circle - i) % circle));
  }
  return pairs;
}

}  // namespace

std::vector<LinkRound> link_schedule(std::size_t hosts) {
  if (hosts <= kHostsPairByPair) return pair_by_pair(hosts);
  const std::size_t seats = hosts + hosts % 2;
  const std::size_t rounds = std::min(seats - 1, kMostRounds);
  std::vector<LinkRound> schedule;
  for (std::size_t i = 0; i < rounds; ++i) {
    schedule.push_back(tournament_round(hosts, seats, even_part(seats - 1, rounds, i).begin));
  }
  return schedule;
}

}  // namespace lockstep

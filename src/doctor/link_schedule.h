#pragma once
// The order in which pairs of hosts are measured. Pure.

#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep {

using HostPair = std::pair<std::size_t, std::size_t>;  // the lower index first
using LinkRound = std::vector<HostPair>;               // measured at the same time

// Up to this many hosts, all pairs are measured, one after the other, so that nothing disturbs.
constexpr std::size_t kHostsPairByPair = 6;
// More hosts are measured in rounds in which every host has one partner. All pairs of N hosts
// take N - 1 rounds, or N if N is odd; if these are more than this, as many of them, spread evenly.
constexpr std::size_t kMostRounds = 63;

// The rounds for `hosts` hosts. No pair occurs twice.
std::vector<LinkRound> link_schedule(std::size_t hosts);

}  // namespace lockstep

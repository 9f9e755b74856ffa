#pragma once
// What an exchange plan sends between hosts in one step, counted from the plan. Pure.

#include <cstdint>
#include <vector>

#include "comm/exchange_plan.h"
#include "comm/ownership.h"

namespace lockstep {

// What the ranks of one host send to other hosts, and receive from them, in one step: sums of
// gradients and updated weights.
struct HostTraffic {
  int leader = 0;  // the lowest rank on the host
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_messages = 0;
  friend bool operator==(const HostTraffic&, const HostTraffic&) = default;
};

// The traffic of every host, in the order of leaders.
std::vector<HostTraffic> traffic_of_step(const ExchangePlan& plan, const Ownership& ownership,
                                         std::uint64_t bytes_per_value);

// The most bytes that a host sends or receives; 0 if there is one host.
std::uint64_t largest_traffic(const std::vector<HostTraffic>& traffic);

}  // namespace lockstep

#include "train/weight_copies.h"

#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/host_name.h"
#include "comm/agreement.h"

namespace lockstep {
namespace {

// The digest that more than half of the ranks had, if there is one.
std::optional<std::uint64_t> majority(std::span<const CopyDigests> copies) {
  std::map<std::uint64_t, std::size_t> counts;
  for (const CopyDigests& copy : copies) {
    if (2 * ++counts[copy.then] > copies.size()) return copy.then;
  }
  return std::nullopt;
}

template <typename IsOdd>
std::vector<int> ranks_where(std::span<const CopyDigests> copies, const IsOdd& is_odd) {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < copies.size(); ++rank) {
    if (is_odd(copies[rank])) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

}  // namespace

std::vector<int> odd_copies(std::span<const CopyDigests> copies) {
  if (const auto right = majority(copies)) {
    return ranks_where(
        copies, [&](const CopyDigests& copy) { return copy.then != *right || copy.now != *right; });
  }
  const auto changed =
      ranks_where(copies, [](const CopyDigests& copy) { return copy.then != copy.now; });
  return changed.empty() ? ranks_where(copies, [](const CopyDigests&) { return true; }) : changed;
}

Error damaged_copies(std::uint64_t step, std::span<const CopyDigests> copies,
                     std::span<const int> odd, std::span<const std::string> hosts) {
  std::string list;
  for (const int rank : odd) {
    const auto index = static_cast<std::size_t>(rank);
    const CopyDigests& copy = copies[index];
    list += fmt::format("\n  rank {} on {}: digest {}", rank, hosts[index], digest_hex(copy.now));
    if (copy.then != copy.now) {
      list += fmt::format(", was {} after the step before", digest_hex(copy.then));
    }
  }
  const bool unclear = odd.size() > 1 && odd.size() == copies.size();
  return {ExitCode::internal,
          fmt::format("before the update of step {} the weights are not the same on all ranks, or "
                      "not those of the step before; {}:{}\nThe memory, the CPU, the network "
                      "or Lockstep is faulty. The weights of this step are not saved: --resume "
                      "must returns to the last checkpoint. If it happens again, leave that host "
                      "out",
                      step, unclear ? "which of them are right is unknown" : "these are damaged",
                      list)};
}

void WeightCopies::note(std::uint64_t step, std::span<const std::byte> weights) {
  if (looks_at(step)) noted_ = {step, digest_of(weights)};
}

void WeightCopies::compare(std::uint64_t step, std::span<const std::byte> weights) const {
  if (!looks_at(step)) return;
  const std::uint64_t now = digest_of(weights);
  // The first step of a session has no step before.
  const std::uint64_t then = noted_ && noted_->step == step ? noted_->digest : now;
  const std::vector<CopyDigests> copies = comm_.all_gather(CopyDigests{then, now});
  const std::vector<int> odd = odd_copies(copies);
  if (odd.empty()) return;
  const Error error = damaged_copies(step + 1, copies, odd, comm_.share_text(host_name()));
  throw AgreedError(error.code(), error.what());
}

}  // namespace lockstep

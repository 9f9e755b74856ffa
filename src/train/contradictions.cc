#include "train/contradictions.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace lockstep {
namespace {

// A digest of 64 bits can stand for the features: among a million different examples, two have the
// same digest with a probability of 1 in 30 million.
struct Labelled {
  std::uint64_t features = 0;  // their digest
  float label = 0;
  bool operator<(const Labelled& other) const {
    return std::pair(features, label) < std::pair(other.features, other.label);
  }
};

std::vector<Labelled> digested(const Examples& examples) {
  const std::uint64_t row_bytes = examples.features * element_size(examples.type);
  const std::span<const std::byte> values(examples.values);
  std::vector<Labelled> rows;
  rows.reserve(examples.size());
  for (std::uint64_t row = 0; row < examples.size(); ++row) {
    rows.push_back({digest_of(values.subspan(row * row_bytes, row_bytes)), examples.labels[row]});
  }
  return rows;
}

std::uint64_t wrong_at_least(std::vector<Labelled> rows) {
  std::sort(rows.begin(), rows.end());
  std::uint64_t wrong = 0;
  for (auto first = rows.begin(); first != rows.end();) {
    const auto end = std::find_if(
        first, rows.end(), [&](const Labelled& row) { return row.features != first->features; });
    std::ptrdiff_t most = 0;
    for (auto same = first; same != end;) {
      const auto other =
          std::find_if(same, end, [&](const Labelled& row) { return row.label != same->label; });
      most = std::max(most, other - same);
      same = other;
    }
    wrong += static_cast<std::uint64_t>(end - first - most);
    first = end;
  }
  return wrong;
}

}  // namespace

std::optional<std::uint64_t> least_wrong_answers(const Examples& own, std::uint64_t total,
                                                 const Communicator& comm) {
  if (own.label_width != 1) return std::nullopt;
  const std::vector<Labelled> rows = digested(own);
  // The rows are gathered in parts, with equal features in the same part, so that rank 0 never
  // holds many.
  constexpr std::uint64_t kRowsOfAPart = 1'000'000;
  const std::uint64_t parts = 1 + total / kRowsOfAPart;
  std::uint64_t wrong = 0;
  for (std::uint64_t part = 0; part < parts; ++part) {
    std::vector<Labelled> of_part;
    std::ranges::copy_if(rows, std::back_inserter(of_part),
                         [&](const Labelled& row) { return row.features % parts == part; });
    wrong += wrong_at_least(comm.gather(std::span<const Labelled>(of_part)));
  }
  return wrong;
}

std::optional<double> error_floor(const Examples& own, std::uint64_t total,
                                  const Communicator& comm) {
  const auto wrong = least_wrong_answers(own, total, comm);
  if (!wrong) return std::nullopt;
  return static_cast<double>(*wrong) / static_cast<double>(total);
}

}  // namespace lockstep

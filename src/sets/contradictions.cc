#include "sets/contradictions.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

#include "data/contents.h"

namespace lockstep {
namespace {

struct Labelled {
  WideDigest features = {};
  float label = 0;
  auto operator<=>(const Labelled&) const = default;
};

std::vector<Labelled> digested(const Examples& examples) {
  const std::vector<WideDigest> contents = contents_of(examples);
  std::vector<Labelled> rows;
  rows.reserve(contents.size());
  for (std::size_t row = 0; row < contents.size(); ++row) {
    rows.push_back({contents[row], examples.labels[row]});
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
                         [&](const Labelled& row) { return row.features.low % parts == part; });
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

#include "train/ranking.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace lockstep {
namespace {

// The examples of each distinct score, from the highest.
struct Tie {
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
};

std::vector<Tie> ties_of(std::vector<RankedExample>& examples) {
  std::ranges::sort(examples, std::greater(), &RankedExample::score);
  std::vector<Tie> ties;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (i == 0 || examples[i].score != examples[i - 1].score) ties.emplace_back();
    ++(examples[i].positive ? ties.back().positives : ties.back().negatives);
  }
  return ties;
}

}  // namespace

std::optional<double> roc_auc(std::vector<RankedExample> examples) {
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  std::uint64_t half_pairs = 0;  // right pairs count 2, ties 1
  for (const Tie& tie : ties_of(examples)) {
    half_pairs += tie.negatives * (2 * positives + tie.positives);
    positives += tie.positives;
    negatives += tie.negatives;
  }
  if (positives == 0 || negatives == 0) return std::nullopt;
  return static_cast<double>(half_pairs) /
         (2 * static_cast<double>(positives) * static_cast<double>(negatives));
}

std::optional<double> average_precision(std::vector<RankedExample> examples) {
  std::uint64_t positives = 0;
  std::uint64_t decided = 0;  // to be positive, from the highest score on
  double sum = 0;
  for (const Tie& tie : ties_of(examples)) {
    positives += tie.positives;
    decided += tie.positives + tie.negatives;
    sum += static_cast<double>(tie.positives) * static_cast<double>(positives) /
           static_cast<double>(decided);
  }
  if (positives == 0 || positives == decided) return std::nullopt;
  return sum / static_cast<double>(positives);
}

}  // namespace lockstep

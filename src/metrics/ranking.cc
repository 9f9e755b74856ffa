#include "metrics/ranking.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace lockstep {

RankingAreas ranking_areas(std::vector<RankedExample> examples) {
  std::ranges::sort(examples, std::greater(), &RankedExample::score);
  std::uint64_t positives = 0;  // with a higher score, or the same one
  std::uint64_t negatives = 0;
  std::uint64_t half_pairs = 0;  // pairs in the right order count 2, ties 1
  double precisions = 0;
  for (std::size_t i = 0; i < examples.size();) {
    const float score = examples[i].score;
    std::uint64_t tied_positives = 0;
    std::uint64_t tied_negatives = 0;
    for (; i < examples.size() && examples[i].score == score; ++i) {
      ++(examples[i].positive ? tied_positives : tied_negatives);
    }
    half_pairs += tied_negatives * (2 * positives + tied_positives);
    positives += tied_positives;
    negatives += tied_negatives;
    precisions += static_cast<double>(tied_positives) * static_cast<double>(positives) /
                  static_cast<double>(positives + negatives);
  }
  if (positives == 0 || negatives == 0) return {};
  return {.roc_auc = static_cast<double>(half_pairs) /
                     (2 * static_cast<double>(positives) * static_cast<double>(negatives)),
          .average_precision = precisions / static_cast<double>(positives)};
}

}  // namespace lockstep

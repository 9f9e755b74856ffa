#pragma once
// Areas under the curves of a ranking of examples by a score, with ties. Pure.

#include <optional>
#include <vector>

namespace lockstep {

struct RankedExample {
  float score = 0;
  bool positive = false;
};

// Both are absent without examples of both kinds.
struct RankingAreas {
  // The probability that a random positive example has a higher score than a random negative one,
  // ties counted half (Mann and Whitney 1947). The pairs are counted exactly and divided once.
  std::optional<double> roc_auc;
  // The sum over the distinct scores, from the highest, of the precision at that score times the
  // recall gained there.
  std::optional<double> average_precision;
};
RankingAreas ranking_areas(std::vector<RankedExample> examples);

}  // namespace lockstep

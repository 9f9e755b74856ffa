#include "sets/fold_cautions.h"

#include <algorithm>

#include <fmt/format.h>

#include "data/class_numbers.h"
#include "data/open.h"
#include "sets/checked_labels.h"

namespace lockstep {

std::optional<std::string> caution_of_small_classes(const Job& job, std::uint32_t folds) {
  if (!job.data.split.stratified) return std::nullopt;
  const auto source = open_source(job.data.train);
  const std::vector<std::uint64_t> sizes =
      number_classes(checked_labels(*source, job.network.output, true)).sizes;
  const auto small = std::ranges::count_if(sizes, [&](std::uint64_t size) { return size < folds; });
  if (small == 0) return std::nullopt;
  return fmt::format(
      "caution: {} of {} classes have fewer examples than the {} folds, the smallest has {}: some "
      "folds have none of them to test (1.1); use fewer folds",
      small, sizes.size(), folds, *std::ranges::min_element(sizes));
}

}  // namespace lockstep

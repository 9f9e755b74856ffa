#include "data/folds.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"
#include "data/apportion.h"
#include "data/class_numbers.h"
#include "data/group_members.h"

namespace lockstep {
namespace {

std::vector<std::uint32_t> keyed_order(FoldKey key, std::uint64_t n) {
  return random_permutation({key.seed, Purpose::fold}, key.repeat, 0, n);
}

void require_enough(std::uint64_t available, const char* what, std::uint32_t folds) {
  check(folds > 0, "there is a fold");
  if (folds <= available) return;
  throw Error(ExitCode::usage, fmt::format("{} folds need at least as many {}, and there are {}; "
                                           "ask for fewer folds",
                                           folds, what, available));
}

// Visits the examples in keyed order and puts each into the first fold that still needs one of its
// class.
FoldNumbers divide_classes(const ClassNumbers& classes, std::uint32_t folds, FoldKey key) {
  const std::uint64_t n = classes.of_example.size();
  auto wanted = whole_table(fold_sizes(n, folds), classes.sizes);  // [classes][folds]
  std::vector<std::uint32_t> next(classes.sizes.size(), 0);  // the first fold that may need one
  FoldNumbers fold_of(n);
  for (const std::uint32_t id : keyed_order(key, n)) {
    const std::uint32_t of_class = classes.of_example[id];
    while (wanted[of_class][next[of_class]] == 0) ++next[of_class];
    --wanted[of_class][next[of_class]];
    fold_of[id] = next[of_class];
  }
  return fold_of;
}

}  // namespace

std::vector<std::uint64_t> fold_sizes(std::uint64_t n, std::uint32_t folds) {
  require_enough(n, "examples", folds);
  std::vector<std::uint64_t> sizes(folds, n / folds);
  for (std::uint64_t fold = 0; fold < n % folds; ++fold) ++sizes[fold];
  return sizes;
}

FoldNumbers divide_examples(std::uint64_t n, std::uint32_t folds, FoldKey key) {
  return divide_classes(one_class(n), folds, key);
}

FoldNumbers divide_stratified(std::span<const float> labels, std::uint32_t folds, FoldKey key) {
  return divide_classes(number_classes(labels), folds, key);
}

FoldNumbers divide_by_group(std::span<const std::uint64_t> groups, std::uint32_t folds,
                            FoldKey key) {
  const std::vector<std::vector<std::uint32_t>> members = members_of_groups(groups);
  require_enough(members.size(), "groups", folds);
  std::vector<std::uint32_t> order = keyed_order(key, members.size());
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::uint32_t group) { return members[group].size(); });
  std::vector<std::uint64_t> sizes(folds, 0);
  FoldNumbers fold_of(groups.size());
  for (const std::uint32_t group : order) {
    const auto smallest = std::ranges::min_element(sizes);
    *smallest += members[group].size();
    for (const std::uint32_t id : members[group]) {
      fold_of[id] = static_cast<std::uint32_t>(smallest - sizes.begin());
    }
  }
  return fold_of;
}

}  // namespace lockstep

#include "train/changed_data.h"

#include <fmt/format.h>

#include "base/or_none.h"

namespace lockstep {
namespace {

std::string change(std::string_view set, std::string_view then, std::string_view now) {
  if (then == now) return "";
  return fmt::format("the {} data was {} and is {}", set, or_none(then), or_none(now));
}

}  // namespace

std::string changed_data(const EnvironmentFacts& facts, const DecidingData& then,
                         const DecidingData& now, std::uint64_t step) {
  std::string mark = value_of(facts, kChangedData, "");
  std::string changes = change("training", then.train, now.train);
  const std::string dev = change("dev", then.dev, now.dev);
  if (!changes.empty() && !dev.empty()) changes += ", ";
  changes += dev;
  if (changes.empty()) return mark;
  if (!mark.empty()) mark += "; ";
  return mark + fmt::format("from step {}: {}", step, changes);
}

}  // namespace lockstep

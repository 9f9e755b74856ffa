#include "sets/class_counts.h"

#include <numeric>

#include <fmt/format.h>

#include "data/complaints.h"
#include "data/labels.h"
#include "data/table.h"

namespace lockstep {
namespace {

// Number of classes; 0: labels are values.
std::uint64_t class_count(const OutputConfig& output, std::uint64_t label_width) {
  if (label_width != 1) return 0;
  if (output.units > 1) return output.units;
  return predicts_values(output.loss) ? 0 : 2;
}

}  // namespace

std::vector<std::uint64_t> count_classes(const Communicator& comm, const OutputConfig& output,
                                         const Examples& own) {
  std::vector<std::uint64_t> counts(class_count(output, own.label_width));
  if (counts.empty()) return counts;
  for (const float label : own.labels) ++counts[static_cast<std::size_t>(label)];
  const auto of_ranks = comm.gather(std::span<const std::uint64_t>(counts));
  std::vector<std::uint64_t> total(counts.size());
  for (std::size_t i = 0; i < of_ranks.size(); ++i) total[i % total.size()] += of_ranks[i];
  comm.broadcast(std::span(total));
  return total;
}

std::optional<std::string> caution_of_class_counts(std::span<const std::uint64_t> counts,
                                                   std::span<const std::string> names) {
  std::vector<std::string> absent;
  std::vector<std::string> present;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    (counts[k] == 0 ? absent : present)
        .push_back(names.empty() ? fmt::to_string(k) : quoted_text(names[k]));
  }
  const auto examples = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (look_like_values(present.size(), examples)) {
    return fmt::format(
        "caution: {} training examples are of {} classes; if their labels are values, "
        "set loss: SQUARED_ERROR and units: 1",
        examples, present.size());
  }
  if (absent.empty()) return std::nullopt;
  constexpr const char* kAdvice = "check the column of labels and the split";
  if (present.size() == 1) {
    return fmt::format(
        "caution: all training examples are of class {}, so there is nothing to "
        "learn; {}",
        present[0], kAdvice);
  }
  const bool one = absent.size() == 1;
  return fmt::format("caution: class{} {} {} no training example, so {} can never be learnt; {}",
                     one ? "" : "es", listed(absent), one ? "has" : "have", one ? "it" : "they",
                     kAdvice);
}

}  // namespace lockstep

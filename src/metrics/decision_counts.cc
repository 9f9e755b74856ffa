#include "metrics/decision_counts.h"

#include <span>

#include "nn/layers.h"
#include "nn/prediction.h"

namespace lockstep {
namespace {

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> ClassScores::precision() const { return ratio(right, decided); }
std::optional<double> ClassScores::recall() const { return ratio(right, examples); }
std::optional<double> ClassScores::f1() const { return ratio(2 * right, examples + decided); }

ClassScores class_scores(const DecisionCounts& counts, std::uint64_t unit, std::uint64_t of_class) {
  ClassScores scores;
  for (std::uint64_t other = 0; other < counts.classes; ++other) {
    scores.examples += counts.at(unit, of_class, other);
    scores.decided += counts.at(unit, other, of_class);
  }
  scores.right = counts.at(unit, of_class, of_class);
  return scores;
}

DecisionCounter::DecisionCounter(const NetworkSpec& spec, std::uint64_t label_width, int threads)
    : loss_(spec.loss), by_unit_(decides_by_unit(spec, label_width)) {
  const std::uint64_t outputs = output_size(spec);
  empty_.classes = by_unit_ ? 2 : outputs;
  empty_.units = by_unit_ ? outputs : 1;
  if (!predicts_values(loss_)) {
    empty_.counts.resize(empty_.units * empty_.classes * empty_.classes);
  }
  of_threads_.assign(static_cast<std::size_t>(threads), empty_);
}

void DecisionCounter::add(int thread, Matrix<const float> logits, Matrix<const float> labels) {
  if (predicts_values(loss_)) return;
  DecisionCounts& mine = of_threads_[static_cast<std::size_t>(thread)];
  const auto count = [&](std::uint64_t unit, std::uint64_t truth, std::uint64_t decided) {
    ++mine.counts[(unit * mine.classes + truth) * mine.classes + decided];
  };
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<const float> row = logits.row(r);
    const std::span<const float> label = labels.row(r);
    if (!by_unit_) {
      count(0, static_cast<std::uint64_t>(label[0]), decided_class(row));
      continue;
    }
    for (std::uint64_t o = 0; o < row.size(); ++o) {
      count(o, label[o] > 0.5F ? 1 : 0, decides_yes(row[o]) ? 1 : 0);
    }
  }
}

std::optional<DecisionCounts> DecisionCounter::total(const Communicator& comm) const {
  if (predicts_values(loss_)) return std::nullopt;
  DecisionCounts total = empty_;
  for (const DecisionCounts& mine : of_threads_) {
    for (std::size_t i = 0; i < mine.counts.size(); ++i) total.counts[i] += mine.counts[i];
  }
  const auto all = comm.gather(std::span<const std::uint64_t>(total.counts));
  total.counts = empty_.counts;
  for (std::size_t i = 0; i < all.size(); ++i) total.counts[i % total.counts.size()] += all[i];
  return total;
}

}  // namespace lockstep

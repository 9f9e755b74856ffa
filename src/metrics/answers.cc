#include "metrics/answers.h"

#include <cstddef>
#include <limits>
#include <span>

#include "nn/layers.h"
#include "nn/prediction.h"

namespace lockstep {
namespace {

// The mean squared difference of two rows of the same length. A result that is not finite as a
// float becomes the largest float, so that JSON can hold it.
float mean_square(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    sum += difference * difference;
  }
  constexpr double kLargest = std::numeric_limits<float>::max();
  const double mean = sum / static_cast<double>(a.size());
  return static_cast<float>(mean <= kLargest ? mean : kLargest);  // also for a NaN
}

}  // namespace

AnswerCollector::AnswerCollector(const NetworkSpec& spec, std::uint64_t label_width, int threads)
    : of_values_(predicts_values(spec.loss) && label_width == output_size(spec)),
      one_decision_(!predicts_values(spec.loss) && label_width == 1),
      yes_or_no_(decides_by_unit(spec, label_width)),
      of_threads_(static_cast<std::size_t>(threads)) {}

void AnswerCollector::add(int thread, Matrix<const float> logits, Matrix<const float> labels) {
  if (!one_decision_ && !of_values_) return;
  ExampleErrors& mine = of_threads_[static_cast<std::size_t>(thread)];
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<const float> row = logits.row(r);
    if (of_values_) {
      mine.push_back(mean_square(row, labels.row(r)));
      continue;
    }
    const float label = labels.row(r)[0];
    const bool right = yes_or_no_ ? decides_yes(row[0]) == (label > 0.5F)
                                  : decided_class(row) == static_cast<std::uint64_t>(label);
    mine.push_back(right ? 0.0F : 1.0F);
  }
}

ExampleErrors AnswerCollector::all(const Communicator& comm) const {
  ExampleErrors own;
  for (const ExampleErrors& mine : of_threads_) own.insert(own.end(), mine.begin(), mine.end());
  return comm.gather(std::span<const float>(own));
}

}  // namespace lockstep

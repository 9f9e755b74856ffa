#include "train/answers.h"

#include <cstddef>
#include <span>

#include "nn/prediction.h"

namespace lockstep {

AnswerCollector::AnswerCollector(const NetworkSpec& spec, std::uint64_t label_width, int threads)
    : one_decision_(!predicts_values(spec.loss) && label_width == 1),
      yes_or_no_(decides_by_unit(spec, label_width)),
      of_threads_(static_cast<std::size_t>(threads)) {}

void AnswerCollector::add(int thread, Matrix<const float> logits, Matrix<const float> labels) {
  if (!one_decision_) return;
  WrongAnswers& mine = of_threads_[static_cast<std::size_t>(thread)];
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<const float> row = logits.row(r);
    const float label = labels.row(r)[0];
    const bool right = yes_or_no_ ? decides_yes(row[0]) == (label > 0.5F)
                                  : decided_class(row) == static_cast<std::uint64_t>(label);
    mine.push_back(right ? 0 : 1);
  }
}

WrongAnswers AnswerCollector::all(const Communicator& comm) const {
  WrongAnswers own;
  for (const WrongAnswers& mine : of_threads_) own.insert(own.end(), mine.begin(), mine.end());
  return comm.gather(std::span<const std::uint8_t>(own));
}

}  // namespace lockstep

#include "evaluate/evaluate_checkpoint.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "comm/agreement.h"
#include "data/open.h"
#include "model/build.h"
#include "model/saved_model.h"
#include "nn/regularizer.h"
#include "sets/contradictions.h"
#include "sets/open_like.h"

namespace lockstep {

namespace {

ScoredExamples all_of(const JobSet& set) {
  return {.examples = set.examples,
          .blocks = set.blocks,
          .total = set.total,
          .label_width = set.label_width,
          .class_counts = set.class_counts,
          .row_weights = set.row_weights,
          .target_deviations = set.target_deviations};
}

// Does nothing on ranks that have no worst examples.
void add_places(const Job& job, EvaluationSplit split, std::vector<WorstExample>& worst) {
  if (worst.empty()) return;
  std::vector<std::uint64_t> examples;
  examples.reserve(worst.size());
  for (const WorstExample& example : worst) examples.push_back(example.example);
  std::unique_ptr<ExampleSource> source = open_source(job.data.train);
  const DataSource& of_split = source_of(job, split);
  if (&of_split != &job.data.train) source = open_like(of_split, source->info());
  const std::vector<std::string> places = source->places(examples);
  for (std::size_t i = 0; i < places.size(); ++i) worst[i].place = places[i];
}

}  // namespace

TestAnswers answer_test_set(const SavedModel& model, const Communicator& comm, const Layout& layout,
                            bool allow_changed_data) {
  const JobSet set = load_job_set(model, EvaluationSplit::test, comm, layout, allow_changed_data);
  ScoresAndPredictions scored = score_and_predict(model, all_of(set), comm, layout);
  return {.scores = std::move(scored.scores),
          .predictions = std::move(scored.predictions),
          .labels = comm.gather(std::span<const float>(set.examples.labels)),
          .examples = comm.gather(std::span<const std::uint32_t>(set.examples.ids))};
}

CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data, std::size_t worst) {
  const SavedModel model = load_model(path, comm);
  const JobSet set = load_job_set(model, split, comm, layout, allow_changed_data);
  ScoredExamples scored = all_of(set);
  scored.worst = worst;
  CheckpointScores scores = score_examples(model, scored, comm, layout);
  agree(comm, [&] { add_places(model.job, split, scores.worst); });
  if (split != EvaluationSplit::train) return scores;
  const Network<float>& network = model.network;
  const Regularizer regularizer(build_regularization(model.job), network.parameter_table(),
                                set.total);
  if (has_error_rate(network.spec().loss)) {
    scores.error_floor = error_floor(set.examples, scores.examples, comm);
  }
  scores.penalty = regularizer.penalty<float>(model.weights).sum();
  scores.cost += scores.penalty;
  return scores;
}

}  // namespace lockstep

#include "evaluate/evaluator.h"

#include "data/gather.h"
#include "sets/row_weights.h"

namespace lockstep {
Evaluator::Evaluator(const Communicator& comm, WorkerPool& pool, const Network<float>& network,
                     const Normalizer& normalizer, const TargetScale& targets,
                     std::uint64_t label_width)
    : comm_(comm),
      pool_(pool),
      network_(network),
      normalizer_(normalizer),
      targets_(targets),
      panels_(network.spec()) {
  for (int thread = 0; thread < pool.threads(); ++thread) {
    workspaces_.emplace_back(network.spec(), kEvaluationRows);
    labels_.emplace_back(kEvaluationRows * label_width);
  }
}

LossSums Evaluator::evaluate(std::span<const float> weights, const Examples& examples,
                             const EvaluationBlocks& blocks, const Visit& visit,
                             std::span<const float> row_weights) {
  std::vector<std::vector<LossSums>> of_threads(blocks.size());
  pool_.run_team([&](const Team& team) {
    panels_.fill(weights, team);
    team.wait();
    const NetworkWeights<float> parameters{weights, panels_};
    const std::uint64_t thread = team.member();
    Workspace<float>& workspace = workspaces_[thread];
    for (const std::vector<std::uint32_t>& rows : blocks[thread]) {
      if (thread == 0 && comm_.heartbeat() != nullptr) comm_.heartbeat()->tick();
      const Matrix<float> labels{labels_[thread].data(), rows.size(), examples.label_width};
      gather_rows<float>(examples, rows, normalizer_, workspace.input().top(rows.size()));
      gather_labels(examples, rows, targets_, labels);
      network_.predict(parameters, workspace, rows.size());
      of_threads[thread].push_back(network_.loss(workspace, labels, weights_of(row_weights, rows)));
      if (visit) visit(static_cast<int>(thread), workspace.logits(rows.size()), labels);
    }
  });
  std::vector<LossSums> own;
  for (const auto& of_thread : of_threads)
    own.insert(own.end(), of_thread.begin(), of_thread.end());
  LossSums total;
  for (const LossSums& block : comm_.gather(std::span<const LossSums>(own))) total += block;
  return total;
}

}  // namespace lockstep

#include "train/predict.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/range.h"
#include "base/worker_pool.h"
#include "comm/agreement.h"
#include "data/gather.h"
#include "data/open.h"
#include "data/source.h"
#include "nn/layers.h"
#include "nn/prediction.h"
#include "train/build.h"
#include "train/evaluation_blocks.h"
#include "train/open_like.h"

namespace lockstep {
namespace {

// The examples of one worker in one round: a block of kEvaluationRows, whose shape affects the
// bits of the result. Rounds go through the examples in order, and so do the workers within a
// round.
Range rows_of_round(std::uint64_t examples, const Layout& layout, std::uint64_t round, int worker) {
  const auto workers = static_cast<std::uint64_t>(layout.workers());
  const std::uint64_t block = round * workers + static_cast<std::uint64_t>(worker);
  return {std::min(examples, block * kEvaluationRows),
          std::min(examples, (block + 1) * kEvaluationRows)};
}

std::uint64_t rounds_of(std::uint64_t examples, const Layout& layout) {
  const std::uint64_t in_round = kEvaluationRows * static_cast<std::uint64_t>(layout.workers());
  return (examples + in_round - 1) / in_round;
}

// The part of the input that a rank reads.
struct InputShare {
  std::uint64_t examples = 0;  // number of examples of all ranks
  Examples own;                // examples of the rank's workers in every round
  std::vector<std::string> notices;
};

InputShare read_share(const SavedModel& model, const std::filesystem::path& input,
                      const Layout& layout, int rank) {
  const auto source =
      open_source(unlabelled_source(model.job.data.train, input),
                  KnownFeatures{size_of(model.network.spec().input), "the model has",
                                model.table ? model.table->fitted : nullptr});
  const SourceInfo& info = source->info();
  if (info.features != size_of(model.network.spec().input)) {
    throw Error(ExitCode::data,
                fmt::format("{}: {} features per example; the model has {}", info.name,
                            info.features, size_of(model.network.spec().input)));
  }
  require_same_image(info, model.image, "the model has");
  const std::uint64_t examples = info.examples;
  std::vector<std::uint32_t> ids;
  for (std::uint64_t round = 0; round < rounds_of(examples, layout); ++round) {
    for (int thread = 0; thread < layout.threads; ++thread) {
      const Range rows = rows_of_round(examples, layout, round, layout.worker(rank, thread));
      for (std::uint64_t id = rows.begin; id < rows.end; ++id) {
        ids.push_back(static_cast<std::uint32_t>(id));
      }
    }
  }
  InputShare share{examples, source->read(ids), info.notices};
  if (model.table) model.table->fill(share.own);
  return share;
}

// Refuses predictions that are not finite, which allow no decision.
void require_finite(std::span<const float> predictions, std::uint64_t first,
                    std::uint64_t outputs) {
  const auto bad = std::ranges::find_if_not(predictions, [](float p) { return std::isfinite(p); });
  if (bad == predictions.end()) return;
  const auto example = first + static_cast<std::uint64_t>(bad - predictions.begin()) / outputs;
  throw Error(ExitCode::data,
              fmt::format("the prediction of example {} (counted from 0) is not finite: its values "
                          "are so far from those of the training set that the outputs are beyond "
                          "float; correct it or leave it out",
                          example));
}

std::uint64_t decisions_per_example(const SavedModel& model) {
  const NetworkSpec& spec = model.network.spec();
  return decides_by_unit(spec, model.label_width) ? output_size(spec) : 1;
}

// Predictions and decisions of one worker in a round.
struct BlockResult {
  std::vector<float> predictions;
  std::vector<float> decisions;
};

BlockResult predict_block(const SavedModel& model, const Examples& examples,
                          std::span<const std::uint32_t> rows, Workspace<float>& workspace) {
  if (rows.empty()) return {};
  const NetworkSpec& spec = model.network.spec();
  gather_rows<float>(examples, rows, model.normalizer, workspace.input().top(rows.size()));
  model.network.predict(model.parameters(), workspace, rows.size());
  const Matrix<float> outputs = workspace.logits(rows.size());
  const bool by_unit = decides_by_unit(spec, model.label_width);
  BlockResult result;
  for (std::uint64_t r = 0; r < outputs.rows; ++r) {
    const std::span<const float> row = outputs.row(r);
    if (by_unit) {
      for (const float logit : row) result.decisions.push_back(decides_yes(logit) ? 1.0F : 0.0F);
    } else {
      result.decisions.push_back(static_cast<float>(decided_class(row)));
    }
  }
  to_predictions(spec.loss, outputs);
  result.predictions.assign(outputs.values().begin(), outputs.values().end());
  return result;
}

}  // namespace

std::vector<std::string> predict_examples(const SavedModel& model,
                                          const std::filesystem::path& input,
                                          const Communicator& comm, const Layout& layout,
                                          const std::function<void(const PredictionBlock&)>& use) {
  InputShare share;
  agree(comm, [&] { share = read_share(model, input, layout, comm.rank()); });
  const std::uint64_t examples = share.examples;
  const Examples& own = share.own;
  require_same(comm, std::to_string(examples), [&](const auto& theirs, const auto& root) {
    return fmt::format("{} has {} examples there, {} on rank 0", input.string(), theirs, root);
  });

  WorkerPool pool(layout.threads);
  std::vector<Workspace<float>> workspaces;
  workspaces.reserve(static_cast<std::size_t>(layout.threads));
  for (int thread = 0; thread < layout.threads; ++thread) {
    workspaces.emplace_back(model.network.spec(), kEvaluationRows);
  }
  const std::uint64_t outputs = output_size(model.network.spec());
  std::uint32_t next = 0;  // next row of `own`
  std::uint64_t done = 0;  // examples that `use` has received
  for (std::uint64_t round = 0; round < rounds_of(examples, layout); ++round) {
    std::vector<std::vector<std::uint32_t>> rows(static_cast<std::size_t>(layout.threads));
    for (int thread = 0; thread < layout.threads; ++thread) {
      const Range ids = rows_of_round(examples, layout, round, layout.worker(comm.rank(), thread));
      for (std::uint64_t k = 0; k < ids.size(); ++k) {
        rows[static_cast<std::size_t>(thread)].push_back(next++);
      }
    }
    std::vector<BlockResult> results(static_cast<std::size_t>(layout.threads));
    pool.run([&](int worker) {
      const auto thread = static_cast<std::size_t>(worker);
      results[thread] = predict_block(model, own, rows[thread], workspaces[thread]);
    });
    BlockResult mine;
    for (const BlockResult& result : results) {
      mine.predictions.insert(mine.predictions.end(), result.predictions.begin(),
                              result.predictions.end());
      mine.decisions.insert(mine.decisions.end(), result.decisions.begin(), result.decisions.end());
    }
    const std::vector<float> predictions = comm.gather(std::span<const float>(mine.predictions));
    const std::vector<float> decisions = comm.gather(std::span<const float>(mine.decisions));
    agree(comm, [&] {
      if (!comm.is_root()) return;
      require_finite(predictions, done, outputs);
      const std::uint64_t rows_done = predictions.size() / outputs;
      use({done,
           {predictions.data(), rows_done, outputs},
           {decisions.data(), rows_done, decisions_per_example(model)}});
      done += rows_done;
    });
  }
  return comm.is_root() ? std::move(share.notices) : std::vector<std::string>();
}

}  // namespace lockstep

#include "evaluate/predict.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
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
#include "data/table_stream.h"
#include "nn/layers.h"
#include "nn/prediction.h"
#include "sets/evaluation_blocks.h"
#include "sets/open_like.h"

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
  const auto source = open_for_model(unlabelled_source(model.job.data.train, input), model);
  const SourceInfo& info = source->info();
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
  return {examples, source->read(ids), info.notices};
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
  restore(model.targets, outputs.values());
  result.predictions.assign(outputs.values().begin(), outputs.values().end());
  return result;
}

// The rows that each thread of a rank predicts in a round.
using RowsOfThreads = std::vector<std::vector<std::uint32_t>>;

// Predicts round after round on all ranks.
class RoundPredictor {
 public:
  RoundPredictor(const SavedModel& model, const Communicator& comm, const Layout& layout)
      : model_(model), comm_(comm), pool_(layout.threads) {
    for (int thread = 0; thread < layout.threads; ++thread) {
      workspaces_.emplace_back(model.network.spec(), kEvaluationRows);
    }
  }

  // Collective. Predicts `rows` of `own`, and passes the predictions of all ranks to `use` on rank
  // 0 in `block`, which has the rest.
  void predict(const Examples& own, const RowsOfThreads& rows, PredictionBlock block,
               const std::function<void(const PredictionBlock&)>& use) {
    std::vector<BlockResult> results(rows.size());
    pool_.run([&](int worker) {
      const auto thread = static_cast<std::size_t>(worker);
      results[thread] = predict_block(model_, own, rows[thread], workspaces_[thread]);
    });
    BlockResult mine;
    for (const BlockResult& result : results) {
      mine.predictions.insert(mine.predictions.end(), result.predictions.begin(),
                              result.predictions.end());
      mine.decisions.insert(mine.decisions.end(), result.decisions.begin(), result.decisions.end());
    }
    const std::vector<float> predictions = comm_.gather(std::span<const float>(mine.predictions));
    const std::vector<float> decisions = comm_.gather(std::span<const float>(mine.decisions));
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      const std::uint64_t outputs = output_size(model_.network.spec());
      require_finite(predictions, block.first, outputs);
      const std::uint64_t done = predictions.size() / outputs;
      block.predictions = {predictions.data(), done, outputs};
      block.decisions = {decisions.data(), done, decisions_per_example(model_)};
      use(block);
    });
  }

 private:
  const SavedModel& model_;
  const Communicator& comm_;
  WorkerPool pool_;
  std::vector<Workspace<float>> workspaces_;
};

// The rows of one round for the threads of a rank, which are numbered from `next` on the rank.
RowsOfThreads rows_of_threads(std::uint64_t examples, const Layout& layout, std::uint64_t round,
                              int rank, std::uint32_t next) {
  RowsOfThreads rows(static_cast<std::size_t>(layout.threads));
  for (int thread = 0; thread < layout.threads; ++thread) {
    const Range ids = rows_of_round(examples, layout, round, layout.worker(rank, thread));
    for (std::uint64_t k = 0; k < ids.size(); ++k) {
      rows[static_cast<std::size_t>(thread)].push_back(next++);
    }
  }
  return rows;
}

std::vector<std::string> predict_arrays(const SavedModel& model, const std::filesystem::path& input,
                                        const Communicator& comm, const Layout& layout,
                                        const std::function<void(const PredictionBlock&)>& use) {
  InputShare share;
  agree(comm, [&] { share = read_share(model, input, layout, comm.rank()); });
  const std::uint64_t examples = share.examples;
  require_same(comm, std::to_string(examples), [&](const auto& theirs, const auto& root) {
    return fmt::format("{} has {} examples there, {} on rank 0", input.string(), theirs, root);
  });
  RoundPredictor predictor(model, comm, layout);
  std::uint32_t next = 0;  // next row of the rank
  for (std::uint64_t round = 0; round < rounds_of(examples, layout); ++round) {
    const RowsOfThreads rows = rows_of_threads(examples, layout, round, comm.rank(), next);
    for (const auto& of_thread : rows) next += static_cast<std::uint32_t>(of_thread.size());
    const Range first = rows_of_round(examples, layout, round, 0);
    predictor.predict(share.own, rows, {.first = first.begin}, use);
  }
  return comm.is_root() ? std::move(share.notices) : std::vector<std::string>();
}

// ---- tables ----

// A pipe that pauses does not stall a job.
std::unique_ptr<TableStream> open_stream(const SavedModel& model,
                                         const std::filesystem::path& input,
                                         const TableState& table, const TableReading& reading,
                                         const Communicator& comm) {
  const auto& like = std::get<CsvSource>(model.job.data.train.format);
  return std::make_unique<TableStream>(input, like.dialect, table.fitted,
                                       reading.refuse_new_columns, StreamLabels::ignored,
                                       ticking(comm.heartbeat()));
}

// Collective. Hands the rows of a round out: each rank gets those of its threads.
Examples own_rows(const Examples& all, std::uint64_t rows, std::uint64_t features,
                  const Communicator& comm, const Layout& layout) {
  const std::uint64_t row_bytes = features * sizeof(float);
  const std::span<const std::byte> values = all.values;
  std::vector<std::span<const std::byte>> parts;
  for (int rank = 0; comm.is_root() && rank < layout.ranks; ++rank) {
    const std::uint64_t begin = rows_of_round(rows, layout, 0, layout.worker(rank, 0)).begin;
    const std::uint64_t end = rows_of_round(rows, layout, 0, layout.worker(rank + 1, 0)).begin;
    parts.push_back(values.subspan(begin * row_bytes, (end - begin) * row_bytes));
  }
  Examples own;
  own.type = ElementType::f32;
  own.features = features;
  const std::vector<std::byte> received = comm.scatter(parts);
  own.values.assign(received.begin(), received.end());
  own.ids.resize(received.size() / row_bytes);
  std::iota(own.ids.begin(), own.ids.end(), std::uint32_t{0});
  return own;
}

std::vector<std::string> predict_table(const SavedModel& model, const std::filesystem::path& input,
                                       const TableReading& reading, const Communicator& comm,
                                       const Layout& layout,
                                       const std::function<void(const PredictionBlock&)>& use) {
  TableState table;
  std::unique_ptr<TableStream> stream;  // on rank 0
  agree(comm, [&] {
    table = table_to_read(model, reading);
    if (comm.is_root()) stream = open_stream(model, input, table, reading, comm);
  });
  const std::uint64_t features = feature_count(table.fitted->schema);
  const std::uint64_t in_round = kEvaluationRows * static_cast<std::uint64_t>(layout.workers());
  RoundPredictor predictor(model, comm, layout);
  std::uint64_t done = 0;
  while (true) {
    TableRows rows;
    agree(comm, [&] {
      if (!comm.is_root()) return;
      rows = stream->next(in_round, StreamWait::for_first);
      table.fill(rows.examples);
    });
    std::uint64_t count = rows.lines.size();
    comm.broadcast(count);
    if (count == 0) break;
    const Examples own = own_rows(rows.examples, count, features, comm, layout);
    predictor.predict(own, rows_of_threads(count, layout, 0, comm.rank(), 0),
                      {.first = done, .lines = rows.lines, .kept = rows.kept}, use);
    done += count;
  }
  return stream ? stream->notices() : std::vector<std::string>();
}

}  // namespace

std::vector<std::string> predict_examples(const SavedModel& model,
                                          const std::filesystem::path& input,
                                          const TableReading& reading, const Communicator& comm,
                                          const Layout& layout,
                                          const std::function<void(const PredictionBlock&)>& use) {
  if (model.table) return predict_table(model, input, reading, comm, layout, use);
  agree(comm, [&] { require_table(model, reading); });
  return predict_arrays(model, input, comm, layout, use);
}

}  // namespace lockstep

#include "train/step_engine.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "base/host_name.h"
#include "comm/agreement.h"
#include "linalg/vector_ops.h"
#include "model/build.h"

namespace lockstep {
namespace {

// The control word: local facts on which all ranks must act together.
constexpr std::uint64_t kStopRequested = 1;
constexpr std::uint64_t kLossNotFinite = 2;
constexpr std::uint64_t kSaveRequested = 4;
constexpr std::uint64_t kSaveEnded = 8;
constexpr std::uint64_t kGradientUnusable = 16;

std::uint64_t flags_of(const StepRequests& requests) {
  return (requests.stop ? kStopRequested : 0) | (requests.save ? kSaveRequested : 0) |
         (requests.end_save ? kSaveEnded : 0);
}

StepRequests requests_in(std::uint64_t flags) {
  return {.stop = (flags & kStopRequested) != 0,
          .save = (flags & kSaveRequested) != 0,
          .end_save = (flags & kSaveEnded) != 0};
}

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

// Gradient checks exchange what they check, in double.
template <typename T>
Precision exchange_precision(const Job& job) {
  return std::is_same_v<T, float> ? job.exchange.precision : Precision::float32;
}

// Whether the sums of a rank's shards are finite.
struct Origin {
  bool finite = true;
  Range shards;
};

}  // namespace

template <typename T>
StepEngine<T>::StepEngine(const Job& job, const Communicator& comm, const Layout& layout,
                          const Dataset& data, const Network<T>& network, bool dropout)
    : job_(job),
      comm_(comm),
      data_(data),
      network_(network),
      regularizer_(build_regularization(job), network.parameter_table(),
                   data.geometry.train_examples),
      schedule_(job.schedule),
      steps_per_epoch_(lockstep::steps_per_epoch(data.geometry)),
      total_steps_(lockstep::total_steps(job.training, data.geometry)),
      pool_(layout.threads),
      helpers_(layout.prefetch_threads),
      ownership_(Ownership::with_bucket_bytes(network.parameter_table().size,
                                              job.exchange.bucket_bytes, sizeof(T), layout.ranks)),
      exchange_(comm, ownership_, plans_of_ranks(data.geometry, data.shards), job.training.shards,
                job.exchange.shared_memory ? comm.host_leader() : comm.rank(),
                exchange_precision<T>(job)),
      optimizer_(job.optimizer, ownership_, comm.rank(),
                 penalized_ranges(network.parameter_table(), job.regularization.include_biases),
                 frozen_ranges(job.network, network.parameter_table()), exchange_precision<T>(job)),
      passes_(network, data, exchange_.buffers(), exchange_precision<T>(job), job.seed, dropout,
              layout.threads, helpers_),
      copies_(comm, job.exchange.compare_weights_every_steps) {
  if (job.clipping) {
    norm_.emplace(ownership_, comm.rank(), frozen_ranges(job.network, network.parameter_table()));
  }
  std::ranges::fill(weights(), T(0));
  clock().beat(comm.heartbeat());
}

template <typename T>
StepOutcome StepEngine<T>::train_step(std::uint64_t step, const StepRequests& requests) {
  if (Heartbeat* heartbeat = comm_.heartbeat()) heartbeat->at_step(step + 1);
  const std::vector<LossSums> losses = own_losses();
  run_passes(step, /*early=*/true);
  clock().enter(Phase::exchange);
  std::uint64_t flags = flags_of(requests);
  if (passes_.nonfinite_shard()) flags |= kLossNotFinite;
  if (!reduce_gradient(step)) flags |= kGradientUnusable;
  copies_.compare(step, std::as_bytes(weights()));
  flags = comm_.any(flags);

  StepOutcome outcome{.requests = requests_in(flags)};
  if ((flags & kLossNotFinite) != 0) {
    outcome.nonfinite = continue_or_throw(step, nonfinite_loss());
  } else if ((flags & kGradientUnusable) != 0) {
    outcome.nonfinite = continue_or_throw(step, unusable_gradient(step));
  } else {
    update_weights(step);
  }
  if (outcome.nonfinite) passes_.set_losses(losses);
  copies_.note(step + 1, std::as_bytes(weights()));
  clock().enter(Phase::waiting);
  return outcome;
}

template <typename T>
void StepEngine<T>::update_weights(std::uint64_t step) {
  T factor(1);
  if (job_.clipping) {
    gradient_norm_ = norm_->norm(comm_);
    factor = static_cast<T>(clip_factor(*job_.clipping, *gradient_norm_));
  }
  clock().enter(Phase::optimizer);
  optimizer_.update(pool_, {learning_rate(step), step + 1}, weights(), owned_gradient(), factor,
                    exchange_.changes());
  clock().enter(Phase::exchange);
  if (exchange_precision<T>(job_) == Precision::bfloat16) {
    exchange_.share_changes(pool_);
  } else {
    exchange_.share_weights(pool_);
  }
}

template <typename T>
void StepEngine<T>::run_passes(std::uint64_t step, bool early) {
  usable_ = true;
  const auto finish = finish_gradient(step);
  typename RankPasses<T>::OnComplete on_complete;
  if (early) on_complete = [&](std::uint64_t first) { exchange_.reduce_early(first, finish); };
  pool_.run_team([&](const Team& team) { passes_.run(weights(), step, team, on_complete); });
}

template <typename T>
std::uint64_t StepEngine<T>::sum_gradients(std::uint64_t step, std::uint64_t flags) {
  run_passes(step, /*early=*/false);
  if (passes_.nonfinite_shard()) flags |= kLossNotFinite;
  return comm_.any(flags);
}

template <typename T>
typename GradientExchange<T>::UseGradient StepEngine<T>::finish_gradient(std::uint64_t step) {
  const std::uint64_t rows = batch_rows(data_.geometry, step % steps_per_epoch_);
  const auto scale = static_cast<T>(1.0 / static_cast<double>(rows));
  // A clipped gradient is within that limit, because max_norm is at most 1e18.
  const T limit =
      job_.clipping ? std::numeric_limits<T>::max() : largest_gradient<T>(optimizer_.kind());
  return [this, scale, limit](Range range, std::span<T> gradient) {
    for (T& value : gradient) value *= scale;
    regularizer_.template add_gradient<T>(
        range, std::span<const T>(weights()).subspan(range.begin, range.size()), gradient);
    if (!all_within<T>(gradient, limit)) usable_ = false;
    if (norm_) norm_->take<T>(range, gradient);
  };
}

template <typename T>
bool StepEngine<T>::reduce_gradient(std::uint64_t step) {
  exchange_.reduce(pool_, finish_gradient(step));
  return usable_;
}

template <typename T>
double StepEngine<T>::learning_rate(std::uint64_t step) const {
  const double scheduled =
      base_learning_rate(job_.optimizer) * schedule_factor(schedule_, static_cast<double>(step),
                                                           static_cast<double>(steps_per_epoch_),
                                                           static_cast<double>(total_steps_));
  return scheduled * rate_factor_;
}

template <typename T>
std::vector<LossSums> StepEngine<T>::own_losses() const {
  const std::span<const LossSums> losses = passes_.losses();
  return {losses.begin(), losses.end()};
}

template <typename T>
void StepEngine<T>::set_losses(std::span<const LossSums> losses) {
  const Range own = passes_.shards();
  const std::vector<LossSums> none(losses.empty() ? own.size() : 0);
  passes_.set_losses(losses.empty() ? none : losses.subspan(own.begin, own.size()));
}

template <typename T>
Error StepEngine<T>::diverged(std::uint64_t step, const std::string& what,
                              bool before_update) const {
  if (before_update) {
    return {ExitCode::diverged,
            fmt::format(
                "at step {}, before any weight was updated: {}; check the inputs and targets for "
                "extreme values (data.normalization), and initializer.multiplier and the "
                "lambdas of the job",
                step + 1, what)};
  }
  return {ExitCode::diverged,
          fmt::format("diverged at step {}: {}, with learning rate {:g}; checkpoints are "
                      "unchanged; try a smaller learning rate",
                      step + 1, what, learning_rate(step))};
}

template <typename T>
std::string StepEngine<T>::nonfinite_loss() {
  const auto shards = comm_.all_gather(passes_.nonfinite_shard().value_or(kNone));
  const auto hosts = comm_.share_text(host_name());
  const auto lowest = std::ranges::min_element(shards);
  const auto rank = static_cast<std::size_t>(lowest - shards.begin());
  return fmt::format("the loss of shard {} (rank {} on {}) is not finite", *lowest, rank,
                     hosts[rank]);
}

template <typename T>
std::string StepEngine<T>::unusable_gradient(std::uint64_t step) {
  std::uint64_t not_finite = 0;
  for (const Range piece : ownership_.pieces(comm_.rank())) {
    if (!all_finite(owned_gradient().subspan(piece.begin, piece.size()))) not_finite = 1;
  }
  if (comm_.any(not_finite) != 0) {
    return fmt::format("the gradient is not finite{}", origin_of_gradient(step));
  }
  return fmt::format(
      "a gradient exceeds {:g}; its square may overflow float, which would block that weight for "
      "ever, because the optimizer averages squares; scale the targets or inputs down, or use "
      "gradient_descent or momentum",
      largest_gradient<T>(optimizer_.kind()));
}

template <typename T>
std::string StepEngine<T>::origin_of_gradient(std::uint64_t step) {
  sum_gradients(step, 0);
  bool finite = true;
  for (const std::span<T> sums : exchange_.buffers()) finite = finite && all_finite<T>(sums);
  const auto ranks = comm_.all_gather(Origin{finite, passes_.shards()});
  const auto hosts = comm_.share_text(host_name());
  std::string origin;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    if (ranks[rank].finite) continue;
    origin +=
        fmt::format("{} rank {} on {} (shards {} to {})", origin.empty() ? " in the sums of" : ",",
                    rank, hosts[rank], ranks[rank].shards.begin, ranks[rank].shards.end - 1);
  }
  return origin.empty() ? ", though the sums of each rank are" : origin;
}

template <typename T>
std::string StepEngine<T>::continue_or_throw(std::uint64_t step, const std::string& why) const {
  if (job_.training.on_nonfinite != OnNonfinite::stop) return why;
  const Error error = diverged(step, why, step == 0);
  throw AgreedError(error.code(), error.what());
}

template class StepEngine<float>;
template class StepEngine<double>;

}  // namespace lockstep

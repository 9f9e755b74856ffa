#include "comm/gradient_exchange.h"

#include <algorithm>
#include <deque>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "comm/messages.h"
#include "comm/parameter_memory.h"
#include "linalg/bfloat16.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kBlock = Ownership::kBlock;

std::uint64_t block_count(Range range) { return (range.size() + kBlock - 1) / kBlock; }

// Block number `index` of a range, which is cut into blocks from its beginning.
Range block_of(Range range, std::uint64_t index) {
  const std::uint64_t begin = range.begin + index * kBlock;
  return {begin, std::min(range.end, begin + kBlock)};
}

// Calls work(block) for every block of a range, each on one of the workers of a pool.
class OnWorkers {
 public:
  explicit OnWorkers(WorkerPool& pool) : pool_(&pool) {}

  template <typename Work>
  void operator()(Range range, const Work& work) const {
    pool_->run([&](int worker) {
      const Range mine = even_part(block_count(range), static_cast<std::uint64_t>(pool_->threads()),
                                   static_cast<std::uint64_t>(worker));
      for (std::uint64_t block = mine.begin; block < mine.end; ++block) {
        work(block_of(range, block));
      }
    });
  }

 private:
  WorkerPool* pool_;
};

// The same on this thread.
struct OnThisThread {
  template <typename Work>
  void operator()(Range range, const Work& work) const {
    for (std::uint64_t block = 0; block < block_count(range); ++block) work(block_of(range, block));
  }
};

template <typename T>
void add_by_plan(const JoinStage& stage, Precision precision, std::span<const std::span<T>> sums) {
  for (const Addition& addition : stage.additions) {
    add_to<T>(sums[addition.into], sums[addition.from]);
    round_sums<T>(precision, sums[addition.into]);
  }
}

// The sums that `sender` sends to each owner, as the owner expects them.
std::vector<std::vector<PlacedSum>> outgoing(const ExchangePlan& plan, int sender) {
  std::vector<std::vector<PlacedSum>> by_owner;
  for (int owner = 0; owner < plan.hosts.ranks(); ++owner) {
    std::vector<PlacedSum>& sums = by_owner.emplace_back();
    for (const Incoming& incoming : plan.incoming(owner)) {
      if (incoming.sender == sender) sums.push_back(plan.of_world.sums[incoming.sum]);
    }
  }
  return by_owner;
}

}  // namespace

template <typename T>
struct GradientExchange<T>::State {
  const Communicator& comm;
  Ownership ownership;
  std::uint32_t buffers;  // of this rank
  PlacedSum own;          // where this rank keeps the gradient of its pieces
  std::unique_ptr<ParameterMemory<T>> memory;
  ExchangePlan plan;
  Precision precision;
  std::vector<Incoming> incoming;                // to this rank
  std::vector<std::vector<PlacedSum>> outgoing;  // from this rank, by owner
  // The incoming sums of a piece, end to end, for each bucket that may be in flight.
  std::vector<std::vector<T>> received = {};
  std::vector<Bfloat16> changes = {};  // in bfloat16 with several hosts, all parameters

  // The reduction of a step, from the last bucket to the first: gradients are computed from the
  // last layer to the first.
  std::uint64_t started = 0;              // number of buckets whose messages have been started
  std::uint64_t completed = 0;            // and of those whose gradient has been used
  std::deque<Messages<T>> arriving = {};  // for the buckets in between
  Messages<T> leaving;

  [[nodiscard]] int self() const { return comm.rank(); }
  // The rank `step` places after this one. When every rank sends to the next one first, no rank
  // receives from all others at a time while its own link stands idle.
  [[nodiscard]] int after_self(int step) const { return (self() + step) % comm.size(); }

  [[nodiscard]] std::span<T> part_of(const PlacedSum& sum, Range part) const {
    return memory->buffer(sum.rank, sum.buffer).subspan(part.begin, part.size());
  }

  // The bucket that is number `number` in the order of the reduction.
  [[nodiscard]] std::uint64_t bucket_of(std::uint64_t number) const {
    return ownership.buckets() - 1 - number;
  }
  [[nodiscard]] bool may_start() const {
    return started < ownership.buckets() && started - completed < received.size();
  }

  // The part `part` of my piece `mine` of a bucket, in incoming sum number `number`.
  [[nodiscard]] std::span<T> received_part(std::uint64_t bucket, std::size_t number, Range mine,
                                           Range part) {
    return std::span(received[bucket % received.size()])
        .subspan(number * mine.size() + (part.begin - mine.begin), part.size());
  }

  // Joins sums of this host in place.
  void join_in_place(const JoinStage& stage, Range part) const {
    if (stage.additions.empty()) return;
    std::vector<std::span<T>> sums;
    sums.reserve(stage.sums.size());
    for (const PlacedSum& sum : stage.sums) sums.push_back(part_of(sum, part));
    add_by_plan<T>(stage, precision, sums);
  }

  // Starts the messages of the next bucket: those that bring other ranks' sums for my piece, and
  // those that carry my sums for the pieces of others.
  template <typename ForEachBlock>
  void start_next(const ForEachBlock& for_each_block) {
    const std::uint64_t bucket = bucket_of(started++);
    Messages<T>& receives = arriving.emplace_back(comm, precision);
    const Range mine = ownership.piece(bucket, self());
    for (std::size_t i = 0; i < incoming.size() && !mine.empty(); ++i) {
      receives.receive(received_part(bucket, i, mine, mine), incoming[i].sender);
    }
    const JoinStage& of_host = plan.of_host(self());
    for (int step = 1; step < comm.size(); ++step) {
      const int owner = after_self(step);
      const Range theirs = ownership.piece(bucket, owner);
      if (plan.hosts.share(self(), owner) || theirs.empty()) continue;
      if (!of_host.additions.empty() && plan.joins_host(self(), owner)) {
        for_each_block(theirs, [&](Range part) { join_in_place(of_host, part); });
      }
      for (const PlacedSum& sum : outgoing[static_cast<std::size_t>(owner)]) {
        leaving.send(part_of(sum, theirs), owner);
      }
    }
  }

  // Waits for the messages of the bucket that was started first, and uses the gradient of my piece.
  template <typename ForEachBlock>
  void complete_next(const ForEachBlock& for_each_block, const UseGradient& use_gradient) {
    arriving.front().wait();
    arriving.pop_front();
    const std::uint64_t bucket = bucket_of(completed++);
    for_each_block(ownership.piece(bucket, self()), [&](Range part) {
      const std::span<T> sum = complete(bucket, part);
      const std::span<T> gradient = part_of(own, part);
      if (gradient.data() != sum.data()) std::ranges::copy(sum, gradient.begin());
      use_gradient(part, gradient);
    });
  }

  // Completes the tree for `part` of my piece of a bucket, once its messages have arrived. Returns
  // the sum's memory. No other rank accesses this piece meanwhile, whichever rank owns the memory.
  std::span<T> complete(std::uint64_t bucket, Range part) {
    join_in_place(plan.of_host(self()), part);
    const Range mine = ownership.piece(bucket, self());
    std::vector<std::span<T>> sums;
    std::size_t messages = 0;
    for (std::size_t i = 0; i < plan.of_world.sums.size(); ++i) {
      const bool came = messages < incoming.size() && incoming[messages].sum == i;
      sums.push_back(came ? received_part(bucket, messages++, mine, part)
                          : part_of(plan.of_world.sums[i], part));
    }
    add_by_plan<T>(plan.of_world, precision, sums);
    return sums.front();
  }

  // Whether this rank receives the pieces of `owner` from another host, for its own.
  [[nodiscard]] bool receives_from(int owner) const {
    return !plan.hosts.share(self(), owner) && plan.hosts.courier(self(), owner) == self();
  }

  // Exchanges `values` of all parameters between hosts: sends those of my pieces to one rank of
  // each other host, and receives theirs if I am that rank.
  template <typename Value>
  void share_between_hosts(std::span<Value> values) const {
    Messages<Value> messages(comm);
    for (std::uint64_t bucket = 0; bucket < ownership.buckets(); ++bucket) {
      const auto piece_of = [&](int owner) {
        const Range piece = ownership.piece(bucket, owner);
        return values.subspan(piece.begin, piece.size());
      };
      const std::span<Value> mine = piece_of(self());
      for (int step = 1; step < comm.size(); ++step) {
        const int other = after_self(step);
        if (plan.hosts.share(self(), other)) continue;
        if (plan.hosts.leader(other) == other && !mine.empty()) {
          messages.send(mine, plan.hosts.courier(other, self()));
        }
        const std::span<Value> theirs = piece_of(other);
        if (receives_from(other) && !theirs.empty()) messages.receive(theirs, other);
      }
    }
    messages.wait();
  }

  // Adds the changes that came from other hosts to this rank's weights.
  void add_received_changes(const OnWorkers& for_each_block) const {
    for (int owner = 0; owner < comm.size(); ++owner) {
      if (!receives_from(owner)) continue;
      for (const Range piece : ownership.pieces(owner)) {
        for_each_block(piece, [&](Range part) {
          if constexpr (std::is_same_v<T, float>) {
            add_bfloat16(memory->weights(self()).subspan(part.begin, part.size()),
                         std::span(changes).subspan(part.begin, part.size()));
          }
        });
      }
    }
  }

  // Copies the weights that other ranks of the host have, each from the first rank that has it.
  void share_weights_within_host(const OnWorkers& for_each_block) const {
    if (plan.hosts.members(self()).size() == 1) return;
    memory->fence();
    for (std::uint64_t bucket = 0; bucket < ownership.buckets(); ++bucket) {
      for (int owner = 0; owner < comm.size(); ++owner) {
        const int source =
            plan.hosts.share(self(), owner) ? owner : plan.hosts.courier(self(), owner);
        if (source == self()) continue;
        for_each_block(ownership.piece(bucket, owner), [&](Range part) {
          std::ranges::copy(memory->weights(source).subspan(part.begin, part.size()),
                            memory->weights(self()).subspan(part.begin, part.size()).begin());
        });
      }
    }
    memory->fence();  // no rank reads the others' weights any more
  }
};

template <typename T>
GradientExchange<T>::GradientExchange(const Communicator& comm, const Ownership& ownership,
                                      std::span<const WorkerPlan> ranks, std::uint64_t shards,
                                      int host, Precision precision) {
  check(std::is_same_v<T, float> || precision == Precision::float32, "only floats are rounded");
  const WorkerPlan& own = ranks[static_cast<std::size_t>(comm.rank())];
  auto memory = std::make_unique<ParameterMemory<T>>(comm, ownership.parameters, own.buffers, host);
  ExchangePlan plan = plan_exchange(ranks, shards, Hosts(memory->leaders()));
  std::vector<Incoming> incoming = plan.incoming(comm.rank());
  std::vector<std::vector<PlacedSum>> sent = outgoing(plan, comm.rank());
  state_.reset(new State{.comm = comm,
                         .ownership = ownership,
                         .buffers = own.buffers,
                         .own = {own.held.front().node, comm.rank(), own.held.front().buffer},
                         .memory = std::move(memory),
                         .plan = std::move(plan),
                         .precision = precision,
                         .incoming = std::move(incoming),
                         .outgoing = std::move(sent),
                         .leaving = Messages<T>(comm, precision)});
  if (precision == Precision::bfloat16 && state_->plan.hosts.all_leaders().size() > 1) {
    // -0 changes no weight: that of weights that no optimizer updates.
    constexpr Bfloat16 kNoChange = 0x8000;
    state_->changes.assign(ownership.parameters, kNoChange);
  }
  state_->received.resize(std::min(kBucketsInFlight, ownership.buckets()));
  for (std::vector<T>& sums : state_->received) {
    sums.resize(state_->incoming.size() * ownership.largest_piece(comm.rank()));
  }
}

template <typename T>
GradientExchange<T>::~GradientExchange() = default;

template <typename T>
std::span<T> GradientExchange<T>::weights() {
  return state_->memory->weights(state_->self());
}

template <typename T>
std::span<const T> GradientExchange<T>::weights() const {
  return state_->memory->weights(state_->self());
}

template <typename T>
std::vector<std::span<T>> GradientExchange<T>::buffers() {
  std::vector<std::span<T>> all;
  for (std::uint32_t number = 0; number < state_->buffers; ++number) {
    all.push_back(state_->memory->buffer(state_->self(), number));
  }
  return all;
}

template <typename T>
std::span<const T> GradientExchange<T>::gradient() const {
  const State& state = *state_;
  return state.memory->buffer(state.self(), state.own.buffer);
}

template <typename T>
bool GradientExchange<T>::shares_memory() const {
  return state_->plan.hosts.members(state_->self()).size() ==
         static_cast<std::size_t>(state_->comm.size());
}

template <typename T>
bool GradientExchange<T>::shared_memory_was_refused() const {
  return state_->memory->was_refused();
}

template <typename T>
void GradientExchange<T>::reduce_early(std::uint64_t first, const UseGradient& use_gradient) {
  State& state = *state_;
  if (state.comm.size() == 1 || state.plan.hosts.members(state.self()).size() > 1) return;
  const auto is_complete = [&](std::uint64_t number) {
    return state.bucket_of(number) * state.ownership.bucket >= first;
  };
  while (true) {
    if (!state.arriving.empty() && state.arriving.front().done()) {
      state.complete_next(OnThisThread(), use_gradient);
    } else if (state.may_start() && is_complete(state.started)) {
      state.start_next(OnThisThread());
    } else {
      return;
    }
  }
}

template <typename T>
void GradientExchange<T>::reduce(WorkerPool& pool, const UseGradient& use_gradient) {
  State& state = *state_;
  const OnWorkers on_workers(pool);
  if (state.comm.size() == 1) {
    on_workers({0, state.ownership.parameters},
               [&](Range part) { use_gradient(part, state.part_of(state.own, part)); });
    return;
  }

  state.memory->fence();  // all ranks of the host have their sums
  while (state.completed < state.ownership.buckets()) {
    while (state.may_start()) state.start_next(on_workers);
    state.complete_next(on_workers, use_gradient);
  }
  state.leaving.wait();
  state.started = 0;
  state.completed = 0;
  state.memory->fence();  // no rank reads the others' buffers any more
}

template <typename T>
void GradientExchange<T>::share_weights(WorkerPool& pool) {
  state_->share_between_hosts(weights());
  state_->share_weights_within_host(OnWorkers(pool));
}

template <typename T>
std::span<Bfloat16> GradientExchange<T>::changes() {
  return state_->changes;
}

template <typename T>
void GradientExchange<T>::share_changes(WorkerPool& pool) {
  if (!state_->changes.empty()) {
    state_->share_between_hosts(changes());
    state_->add_received_changes(OnWorkers(pool));
  }
  state_->share_weights_within_host(OnWorkers(pool));
}

template <typename T>
const Ownership& GradientExchange<T>::ownership() const {
  return state_->ownership;
}

template <typename T>
std::vector<HostTraffic> GradientExchange<T>::traffic() const {
  return traffic_of_step(state_->plan, state_->ownership,
                         std::is_same_v<T, float> ? bytes_of(state_->precision) : sizeof(T));
}

template class GradientExchange<float>;
template class GradientExchange<double>;

}  // namespace lockstep

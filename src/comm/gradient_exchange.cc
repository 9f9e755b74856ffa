#include "comm/gradient_exchange.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "comm/handle.h"
#include "comm/node_memory.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

constexpr int kTag = 2;

template <typename T>
MPI_Datatype mpi_type() {
  return sizeof(T) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;
}

// Where a sum stands: number `buffer` of all the buffers of a rank's workers.
struct PlacedNode {
  TreeNode node;
  std::uint32_t buffer = 0;
};

// What the workers of a rank hold after a backward pass, left to right.
std::vector<PlacedNode> held_by(std::span<const WorkerPlan> plans) {
  std::vector<PlacedNode> held;
  std::uint32_t before = 0;  // buffers of the workers before
  for (const WorkerPlan& plan : plans) {
    for (const WorkerPlan::Held& sum : plan.held) held.push_back({sum.node, before + sum.buffer});
    before += plan.buffers;
  }
  return held;
}

std::vector<TreeNode> nodes_of(std::span<const PlacedNode> placed) {
  std::vector<TreeNode> nodes;
  for (const PlacedNode& sum : placed) nodes.push_back(sum.node);
  return nodes;
}

// A rank's sums: as its workers hold them, and once those are joined.
struct RankSums {
  std::vector<PlacedNode> held;
  JoinPlan join;                   // of held
  std::vector<PlacedNode> joined;  // what remains
};

std::vector<RankSums> sums_of_ranks(std::span<const WorkerPlan> plans, std::uint64_t shards,
                                    int ranks, int threads) {
  const auto per_rank = static_cast<std::size_t>(threads);
  check(plans.size() == static_cast<std::size_t>(ranks) * per_rank, "a plan for each worker");
  std::vector<RankSums> all;
  for (int rank = 0; rank < ranks; ++rank) {
    RankSums& sums = all.emplace_back();
    sums.held = held_by(plans.subspan(static_cast<std::size_t>(rank) * per_rank, per_rank));
    sums.join = join_nodes(nodes_of(sums.held), shards);
    for (std::size_t i = 0; i < sums.join.nodes.size(); ++i) {
      sums.joined.push_back({sums.join.nodes[i], sums.held[sums.join.survivors[i]].buffer});
    }
  }
  return all;
}

// Of all ranks, in rank order.
std::vector<TreeNode> joined_nodes(std::span<const RankSums> ranks) {
  std::vector<TreeNode> nodes;
  for (const RankSums& sums : ranks) {
    nodes.insert(nodes.end(), sums.join.nodes.begin(), sums.join.nodes.end());
  }
  return nodes;
}

std::uint64_t largest_piece(const Ownership& ownership, int rank) {
  std::uint64_t largest = 0;
  for (const Range piece : ownership.pieces(rank)) largest = std::max(largest, piece.size());
  return largest;
}

// Calls work(part) on every worker of the pool for its share of `range`, cut
// into parts of at most one block.
template <typename Work>
void for_each_block(WorkerPool& pool, Range range, const Work& work) {
  constexpr std::uint64_t kBlock = Ownership::kBlock;
  const std::uint64_t blocks = (range.size() + kBlock - 1) / kBlock;
  pool.run([&](int worker) {
    const Range mine = even_part(blocks, static_cast<std::uint64_t>(pool.threads()),
                                 static_cast<std::uint64_t>(worker));
    for (std::uint64_t block = mine.begin; block < mine.end; ++block) {
      const std::uint64_t begin = range.begin + block * kBlock;
      work(Range{begin, std::min(range.end, begin + kBlock)});
    }
  });
}

template <typename T>
void add_by_plan(const JoinPlan& plan, std::span<const std::span<T>> parts) {
  for (const Addition& addition : plan.additions) {
    add_to<T>(parts[addition.into], parts[addition.from]);
  }
}

// Values from one vector of all parameters to the next in a rank's memory: whole
// blocks, so that all of them lie alike.
std::uint64_t vector_stride(const Ownership& ownership) {
  constexpr std::uint64_t kBlock = Ownership::kBlock;
  return (ownership.parameters + kBlock - 1) / kBlock * kBlock;
}

std::uint64_t buffers_of(std::span<const WorkerPlan> plans) {
  std::uint64_t buffers = 0;
  for (const WorkerPlan& plan : plans) buffers += plan.buffers;
  return buffers;
}

std::span<const WorkerPlan> plans_of_rank(std::span<const WorkerPlan> plans, int rank,
                                          int threads) {
  return plans.subspan(static_cast<std::size_t>(rank) * static_cast<std::size_t>(threads),
                       static_cast<std::size_t>(threads));
}

}  // namespace

std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> plans,
                                    std::uint64_t shards, int threads, int rank,
                                    std::uint64_t bytes_per_value) {
  const std::vector<RankSums> sums = sums_of_ranks(plans, shards, ownership.ranks, threads);
  const std::uint64_t incoming =
      joined_nodes(sums).size() - sums[static_cast<std::size_t>(rank)].joined.size();
  const std::uint64_t messages = 2 * incoming * largest_piece(ownership, rank);
  const std::uint64_t owned = ownership.owned(rank);
  const std::uint64_t looked_into = incoming * owned + ownership.parameters - owned;
  return std::max(messages, looked_into) * bytes_per_value;
}

template <typename T>
struct GradientExchange<T>::State {
  const Communicator& comm;
  Ownership ownership;
  std::vector<std::uint32_t> first_buffers;  // of each worker of this rank, and the end
  std::vector<RankSums> sums;                // of each rank
  JoinPlan join_ranks;                       // of all ranks' sums, in rank order
  // The weights of a rank, then the buffers of its workers: vectors of all
  // parameters, `stride` apart.
  std::uint64_t stride;
  NodeMemory<T> memory;
  std::vector<std::vector<int>> nodes;  // the ranks of a node, by its leader
  // Others' sums of a piece that come as messages. Two generations: one is filled
  // while the other is used.
  std::array<std::vector<T>, 2> received;

  [[nodiscard]] MPI_Comm mpi() const { return CommunicatorHandle::of(comm); }
  [[nodiscard]] const RankSums& own_sums() const { return of(sums, comm.rank()); }
  [[nodiscard]] bool reaches(int rank) const { return !memory.of(rank).empty(); }

  template <typename Value>
  static const Value& of(const std::vector<Value>& values, int rank) {
    return values[static_cast<std::size_t>(rank)];
  }

  [[nodiscard]] std::span<T> weights(int rank) const {
    return memory.of(rank).first(ownership.parameters);
  }
  [[nodiscard]] std::span<T> buffer(int rank, std::uint32_t number) const {
    return memory.of(rank).subspan((1 + number) * stride, ownership.parameters);
  }

  // The rank that receives, for the node with this leader, what `owner` on
  // another node has updated.
  [[nodiscard]] int receiver(int leader, int owner) const {
    const std::vector<int>& members = of(nodes, leader);
    return members[static_cast<std::size_t>(owner) % members.size()];
  }

  struct Transfer {
    std::vector<MPI_Request> receives;
  };

  // Starts the transfer of one bucket between nodes: my sums of the others'
  // pieces go out, their sums of my piece come in, ordered by rank and node.
  Transfer start(std::uint64_t bucket, std::vector<MPI_Request>& sends) {
    Transfer transfer;
    const Range mine = ownership.piece(bucket, comm.rank());
    std::uint64_t offset = 0;
    for (int other = 0; other < comm.size(); ++other) {
      if (reaches(other)) continue;
      for (std::size_t node = 0; node < of(sums, other).joined.size() && !mine.empty(); ++node) {
        MPI_Irecv(received[bucket % 2].data() + offset, static_cast<int>(mine.size()),
                  mpi_type<T>(), other, kTag, mpi(), &transfer.receives.emplace_back());
        offset += mine.size();
      }
      const Range theirs = ownership.piece(bucket, other);
      if (theirs.empty()) continue;
      for (const PlacedNode& sum : own_sums().joined) {
        MPI_Isend(buffer(comm.rank(), sum.buffer).data() + theirs.begin,
                  static_cast<int>(theirs.size()), mpi_type<T>(), other, kTag, mpi(),
                  &sends.emplace_back());
      }
    }
    return transfer;
  }

  // Where the sums of all ranks for `part` of my piece of a bucket stand, in
  // rank order.
  std::vector<std::span<T>> sources(std::uint64_t bucket, Range part) {
    const Range mine = ownership.piece(bucket, comm.rank());
    std::vector<std::span<T>> all;
    std::uint64_t offset = part.begin - mine.begin;
    for (int rank = 0; rank < comm.size(); ++rank) {
      for (const PlacedNode& sum : of(sums, rank).joined) {
        if (reaches(rank)) {
          all.push_back(buffer(rank, sum.buffer).subspan(part.begin, part.size()));
        } else {
          all.push_back(std::span(received[bucket % 2]).subspan(offset, part.size()));
          offset += mine.size();
        }
      }
    }
    return all;
  }

  void join_threads(Range part) const {
    std::vector<std::span<T>> parts;
    for (const PlacedNode& sum : own_sums().held) {
      parts.push_back(buffer(comm.rank(), sum.buffer).subspan(part.begin, part.size()));
    }
    add_by_plan<T>(own_sums().join, parts);
  }
};

template <typename T>
GradientExchange<T>::GradientExchange(const Communicator& comm, const Ownership& ownership,
                                      std::span<const WorkerPlan> plans, std::uint64_t shards,
                                      int threads, int node) {
  std::vector<RankSums> sums = sums_of_ranks(plans, shards, comm.size(), threads);
  JoinPlan join_ranks = join_nodes(joined_nodes(sums), shards);
  check(join_ranks.nodes.size() == 1, "all shards together make the whole tree");
  const auto own_plans = plans_of_rank(plans, comm.rank(), threads);
  std::vector<std::uint32_t> first_buffers = {0};
  for (const WorkerPlan& plan : own_plans) {
    first_buffers.push_back(first_buffers.back() + plan.buffers);
  }
  const std::uint64_t stride = vector_stride(ownership);
  state_.reset(new State{comm,
                         ownership,
                         std::move(first_buffers),
                         std::move(sums),
                         std::move(join_ranks),
                         stride,
                         {comm, (1 + buffers_of(own_plans)) * stride, node},
                         std::vector<std::vector<int>>(static_cast<std::size_t>(comm.size())),
                         {}});
  std::uint64_t incoming = 0;
  for (int rank = 0; rank < comm.size(); ++rank) {
    if (!state_->reaches(rank)) incoming += State::of(state_->sums, rank).joined.size();
    const int leader = State::of(state_->memory.leaders(), rank);
    state_->nodes[static_cast<std::size_t>(leader)].push_back(rank);
  }
  for (std::vector<T>& buffer : state_->received) {
    buffer.resize(incoming * largest_piece(ownership, comm.rank()));
  }
}

template <typename T>
GradientExchange<T>::~GradientExchange() = default;

template <typename T>
std::span<T> GradientExchange<T>::weights() {
  return state_->weights(state_->comm.rank());
}

template <typename T>
std::span<const T> GradientExchange<T>::weights() const {
  return state_->weights(state_->comm.rank());
}

template <typename T>
std::vector<std::span<T>> GradientExchange<T>::buffers(int thread) {
  const auto worker = static_cast<std::size_t>(thread);
  std::vector<std::span<T>> all;
  for (std::uint32_t number = state_->first_buffers[worker];
       number < state_->first_buffers[worker + 1]; ++number) {
    all.push_back(state_->buffer(state_->comm.rank(), number));
  }
  return all;
}

template <typename T>
std::span<const T> GradientExchange<T>::gradient() const {
  return state_->buffer(state_->comm.rank(), state_->own_sums().joined.front().buffer);
}

template <typename T>
bool GradientExchange<T>::shares_memory() const {
  for (int rank = 0; rank < state_->comm.size(); ++rank) {
    if (!state_->reaches(rank)) return false;
  }
  return true;
}

template <typename T>
bool GradientExchange<T>::shared_memory_was_refused() const {
  return state_->memory.was_refused();
}

template <typename T>
void GradientExchange<T>::reduce(WorkerPool& pool, const UseGradient& use_gradient) {
  State& state = *state_;
  const int self = state.comm.rank();
  const std::span<T> own =
      state.buffer(self, state.own_sums().joined.front().buffer);  // becomes gradient()
  if (state.comm.size() == 1) {
    for_each_block(pool, {0, state.ownership.parameters}, [&](Range part) {
      state.join_threads(part);
      use_gradient(part, own.subspan(part.begin, part.size()));
    });
    return;
  }

  if (!state.own_sums().join.additions.empty()) {
    for_each_block(pool, {0, state.ownership.parameters},
                   [&](Range part) { state.join_threads(part); });
  }
  state.memory.fence();  // the others of the node have their sums, too
  std::vector<MPI_Request> sends;
  auto transfer = state.start(0, sends);
  for (std::uint64_t bucket = 0; bucket < state.ownership.buckets(); ++bucket) {
    typename State::Transfer next;
    if (bucket + 1 < state.ownership.buckets()) next = state.start(bucket + 1, sends);
    MPI_Waitall(static_cast<int>(transfer.receives.size()), transfer.receives.data(),
                MPI_STATUSES_IGNORE);
    for_each_block(pool, state.ownership.piece(bucket, self), [&](Range part) {
      // Nobody else looks at this piece, whosever memory it is.
      const auto parts = state.sources(bucket, part);
      add_by_plan<T>(state.join_ranks, parts);
      // The whole sum stands in the leftmost source.
      const std::span<T> gradient = own.subspan(part.begin, part.size());
      if (gradient.data() != parts[0].data()) std::ranges::copy(parts[0], gradient.begin());
      use_gradient(part, gradient);
    });
    transfer = std::move(next);
  }
  MPI_Waitall(static_cast<int>(sends.size()), sends.data(), MPI_STATUSES_IGNORE);
  state.memory.fence();  // nobody looks into the others' buffers any more
}

template <typename T>
void GradientExchange<T>::share_weights(WorkerPool& pool) {
  const State& state = *state_;
  const int self = state.comm.rank();
  const std::vector<int>& leaders = state.memory.leaders();
  const int own_leader = State::of(leaders, self);
  // Between nodes: mine to one rank of each other node, and theirs to me where I
  // am that rank.
  std::vector<MPI_Request> requests;
  for (std::uint64_t bucket = 0; bucket < state.ownership.buckets(); ++bucket) {
    const auto piece_of = [&](int owner) {
      const Range piece = state.ownership.piece(bucket, owner);
      return state.weights(self).subspan(piece.begin, piece.size());
    };
    for (int other = 0; other < state.comm.size(); ++other) {
      const bool leads = State::of(leaders, other) == other;
      const std::span<T> mine = piece_of(self);
      if (leads && other != own_leader && !mine.empty()) {
        MPI_Isend(mine.data(), static_cast<int>(mine.size()), mpi_type<T>(),
                  state.receiver(other, self), kTag, state.mpi(), &requests.emplace_back());
      }
      const std::span<T> theirs = piece_of(other);
      if (!state.reaches(other) && state.receiver(own_leader, other) == self && !theirs.empty()) {
        MPI_Irecv(theirs.data(), static_cast<int>(theirs.size()), mpi_type<T>(), other, kTag,
                  state.mpi(), &requests.emplace_back());
      }
    }
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  if (State::of(state.nodes, own_leader).size() == 1) return;

  // Within the node: from whoever has it.
  state.memory.fence();
  for (std::uint64_t bucket = 0; bucket < state.ownership.buckets(); ++bucket) {
    for (int owner = 0; owner < state.comm.size(); ++owner) {
      const int source = state.reaches(owner) ? owner : state.receiver(own_leader, owner);
      if (source == self) continue;
      for_each_block(pool, state.ownership.piece(bucket, owner), [&](Range part) {
        std::ranges::copy(state.weights(source).subspan(part.begin, part.size()),
                          state.weights(self).begin() + static_cast<std::ptrdiff_t>(part.begin));
      });
    }
  }
  state.memory.fence();  // nobody looks into the others' weights any more
}

template <typename T>
void GradientExchange<T>::collect_owned(std::span<const T> owned, std::span<T> flat) const {
  const std::vector<T> all = state_->comm.gather(owned);
  if (!state_->comm.is_root()) return;
  auto next = all.begin();
  for (int rank = 0; rank < state_->comm.size(); ++rank) {
    for (const Range piece : state_->ownership.pieces(rank)) {
      const auto end = next + static_cast<std::ptrdiff_t>(piece.size());
      std::copy(next, end, flat.begin() + static_cast<std::ptrdiff_t>(piece.begin));
      next = end;
    }
  }
}

template <typename T>
void GradientExchange<T>::distribute_owned(std::span<const T> flat, std::span<T> owned) const {
  std::vector<std::vector<T>> parts;
  if (state_->comm.is_root()) {
    for (int rank = 0; rank < state_->comm.size(); ++rank) {
      std::vector<T>& part = parts.emplace_back();
      for (const Range piece : state_->ownership.pieces(rank)) {
        const auto values = flat.subspan(piece.begin, piece.size());
        part.insert(part.end(), values.begin(), values.end());
      }
    }
  }
  std::vector<std::span<const std::byte>> bytes;
  bytes.reserve(parts.size());
  for (const std::vector<T>& part : parts) bytes.push_back(std::as_bytes(std::span(part)));
  const std::vector<std::byte> own = state_->comm.scatter(bytes);
  check(own.size() == owned.size_bytes(), "a rank gets the values it owns");
  std::copy(own.begin(), own.end(), std::as_writable_bytes(owned).begin());
}

template <typename T>
const Ownership& GradientExchange<T>::ownership() const {
  return state_->ownership;
}

template class GradientExchange<float>;
template class GradientExchange<double>;

}  // namespace lockstep

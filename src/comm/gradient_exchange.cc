#include "comm/gradient_exchange.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "comm/handle.h"
#include "linalg/vector_ops.h"

namespace lockstep {

// ---- ownership ----

Ownership Ownership::with_bucket_bytes(std::uint64_t parameters, std::uint64_t bucket_bytes,
                                       std::uint64_t bytes_per_value, int ranks) {
  // MPI counts are ints: a bucket stays below 2^30 bytes.
  const std::uint64_t bytes = std::min<std::uint64_t>(bucket_bytes, 1ULL << 30);
  const std::uint64_t grid = kBlock * static_cast<std::uint64_t>(ranks);
  const std::uint64_t blocks = std::max<std::uint64_t>(1, bytes / (bytes_per_value * grid));
  return {parameters, blocks * grid, ranks};
}

std::uint64_t Ownership::buckets() const { return (parameters + bucket - 1) / bucket; }

Range Ownership::piece(std::uint64_t index, int rank) const {
  const std::uint64_t begin = index * bucket;
  const std::uint64_t size = std::min(bucket, parameters - begin);
  const Range blocks = even_part((size + kBlock - 1) / kBlock, static_cast<std::uint64_t>(ranks),
                                 static_cast<std::uint64_t>(rank));
  return {begin + std::min(size, blocks.begin * kBlock),
          begin + std::min(size, blocks.end * kBlock)};
}

std::vector<Range> Ownership::pieces(int rank) const {
  std::vector<Range> all;
  for (std::uint64_t index = 0; index < buckets(); ++index) all.push_back(piece(index, rank));
  return all;
}

std::uint64_t Ownership::owned(int rank) const {
  std::uint64_t total = 0;
  for (const Range range : pieces(rank)) total += range.size();
  return total;
}

// ---- exchange ----

namespace {

constexpr int kTag = 2;

template <typename T>
MPI_Datatype mpi_type() {
  return sizeof(T) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;
}

std::vector<TreeNode> held_nodes(std::span<const WorkerPlan> plans) {
  std::vector<TreeNode> nodes;
  for (const WorkerPlan& plan : plans) {
    for (const WorkerPlan::Held& held : plan.held) nodes.push_back(held.node);
  }
  return nodes;
}

// What each rank holds once its threads' sums are joined.
struct RankSums {
  std::vector<JoinPlan> joins;        // of each rank's threads
  std::vector<std::uint32_t> counts;  // of sums of each rank after that
  std::vector<TreeNode> nodes;        // of all ranks, in rank order
};

RankSums sums_of_ranks(std::span<const WorkerPlan> plans, std::uint64_t shards, int ranks,
                       int threads) {
  const auto per_rank = static_cast<std::size_t>(threads);
  check(plans.size() == static_cast<std::size_t>(ranks) * per_rank, "a plan for each worker");
  RankSums sums;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto of_rank = plans.subspan(static_cast<std::size_t>(rank) * per_rank, per_rank);
    const JoinPlan& join = sums.joins.emplace_back(join_nodes(held_nodes(of_rank), shards));
    sums.counts.push_back(static_cast<std::uint32_t>(join.nodes.size()));
    sums.nodes.insert(sums.nodes.end(), join.nodes.begin(), join.nodes.end());
  }
  return sums;
}

// Values that a rank receives for its largest piece.
std::uint64_t receive_values(const Ownership& ownership, const RankSums& sums, int rank) {
  std::uint64_t largest_piece = 0;
  for (const Range piece : ownership.pieces(rank)) {
    largest_piece = std::max(largest_piece, piece.size());
  }
  return (sums.nodes.size() - sums.counts[static_cast<std::size_t>(rank)]) * largest_piece;
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

}  // namespace

std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> plans,
                                    std::uint64_t shards, int threads, int rank,
                                    std::uint64_t bytes_per_value) {
  const RankSums sums = sums_of_ranks(plans, shards, ownership.ranks, threads);
  return 2 * receive_values(ownership, sums, rank) * bytes_per_value;
}

template <typename T>
struct GradientExchange<T>::State {
  const Communicator& comm;
  Ownership ownership;
  JoinPlan join_threads;                  // of this rank's held sums
  std::vector<std::uint32_t> rank_nodes;  // how many sums each rank has after that
  JoinPlan join_ranks;                    // of all ranks' sums, in rank order
  // Two generations of receive buffers: one is filled while the other is used.
  std::array<std::vector<T>, 2> received;

  struct Transfer {
    std::vector<MPI_Request> receives;
  };

  [[nodiscard]] MPI_Comm mpi() const { return CommunicatorHandle::of(comm); }

  // Starts the transfer of one bucket: my sums of the others' pieces go out,
  // their sums of my piece come in, ordered by rank and node.
  Transfer start(std::uint64_t bucket, const HeldSums<T>& own, std::vector<MPI_Request>& sends) {
    Transfer transfer;
    const Range mine = ownership.piece(bucket, comm.rank());
    std::uint64_t offset = 0;
    for (int other = 0; other < comm.size(); ++other) {
      if (other == comm.rank()) continue;
      for (std::uint32_t node = 0; node < rank_nodes[static_cast<std::size_t>(other)]; ++node) {
        if (mine.empty()) break;
        MPI_Irecv(received[bucket % 2].data() + offset, static_cast<int>(mine.size()),
                  mpi_type<T>(), other, kTag, mpi(), &transfer.receives.emplace_back());
        offset += mine.size();
      }
      const Range theirs = ownership.piece(bucket, other);
      if (theirs.empty()) continue;
      for (const std::span<T> sum : own) {
        MPI_Isend(sum.data() + theirs.begin, static_cast<int>(theirs.size()), mpi_type<T>(), other,
                  kTag, mpi(), &sends.emplace_back());
      }
    }
    return transfer;
  }

  // Where the sums of all ranks for `part` of my piece of a bucket stand, in
  // rank order.
  std::vector<std::span<T>> sources(std::uint64_t bucket, Range part, const HeldSums<T>& own) {
    const Range mine = ownership.piece(bucket, comm.rank());
    std::vector<std::span<T>> all;
    std::uint64_t offset = part.begin - mine.begin;
    for (int rank = 0; rank < comm.size(); ++rank) {
      for (std::uint32_t node = 0; node < rank_nodes[static_cast<std::size_t>(rank)]; ++node) {
        if (rank == comm.rank()) {
          all.push_back(own[node].subspan(part.begin, part.size()));
        } else {
          all.push_back(std::span(received[bucket % 2]).subspan(offset, part.size()));
          offset += mine.size();
        }
      }
    }
    return all;
  }
};

template <typename T>
GradientExchange<T>::GradientExchange(const Communicator& comm, const Ownership& ownership,
                                      std::span<const WorkerPlan> plans, std::uint64_t shards,
                                      int threads)
    : state_(new State{comm, ownership, {}, {}, {}, {}}) {
  const RankSums sums = sums_of_ranks(plans, shards, comm.size(), threads);
  state_->rank_nodes = sums.counts;
  state_->join_threads = sums.joins[static_cast<std::size_t>(comm.rank())];
  state_->join_ranks = join_nodes(sums.nodes, shards);
  check(state_->join_ranks.nodes.size() == 1, "all shards together make the whole tree");
  const std::uint64_t values = receive_values(ownership, sums, comm.rank());
  for (std::vector<T>& buffer : state_->received) buffer.resize(values);
}

template <typename T>
GradientExchange<T>::~GradientExchange() = default;

template <typename T>
void GradientExchange<T>::reduce(WorkerPool& pool, std::span<const HeldSums<T>> held,
                                 const UseGradient& use_gradient) {
  State& state = *state_;
  HeldSums<T> sums;  // of all this rank's workers
  for (const HeldSums<T>& of_worker : held) {
    sums.insert(sums.end(), of_worker.begin(), of_worker.end());
  }
  const auto apply = [](const JoinPlan& plan, const std::vector<std::span<T>>& parts) {
    for (const Addition& addition : plan.additions) {
      add_to<T>(parts[addition.into], parts[addition.from]);
    }
  };
  const auto join_threads = [&](Range part) {
    std::vector<std::span<T>> parts;
    for (const std::span<T> sum : sums) parts.push_back(sum.subspan(part.begin, part.size()));
    apply(state.join_threads, parts);
  };
  if (state.comm.size() == 1) {
    for_each_block(pool, {0, state.ownership.parameters}, [&](Range part) {
      join_threads(part);
      use_gradient(part, sums[0].subspan(part.begin, part.size()));
    });
    return;
  }

  if (!state.join_threads.additions.empty()) {
    for_each_block(pool, {0, state.ownership.parameters}, join_threads);
  }
  HeldSums<T> own;
  for (const std::uint32_t survivor : state.join_threads.survivors) own.push_back(sums[survivor]);

  std::vector<MPI_Request> sends;
  auto transfer = state.start(0, own, sends);
  for (std::uint64_t bucket = 0; bucket < state.ownership.buckets(); ++bucket) {
    typename State::Transfer next;
    if (bucket + 1 < state.ownership.buckets()) next = state.start(bucket + 1, own, sends);
    MPI_Waitall(static_cast<int>(transfer.receives.size()), transfer.receives.data(),
                MPI_STATUSES_IGNORE);
    const Range mine = state.ownership.piece(bucket, state.comm.rank());
    for_each_block(pool, mine, [&](Range part) {
      const auto parts = state.sources(bucket, part, own);
      apply(state.join_ranks, parts);
      // The whole sum stands in the leftmost source; it is kept in our own
      // leftmost buffer, whose part has just been added in.
      const std::span<T> gradient = own[0].subspan(part.begin, part.size());
      if (gradient.data() != parts[0].data()) std::ranges::copy(parts[0], gradient.begin());
      use_gradient(part, gradient);
    });
    transfer = std::move(next);
  }
  MPI_Waitall(static_cast<int>(sends.size()), sends.data(), MPI_STATUSES_IGNORE);
}

template <typename T>
void GradientExchange<T>::share_weights(std::span<T> weights) {
  const State& state = *state_;
  const auto ranks = static_cast<std::size_t>(state.comm.size());
  if (ranks == 1) return;
  const std::uint64_t buckets = state.ownership.buckets();
  std::vector<MPI_Request> requests(buckets);
  // Both must live until the requests are done.
  std::vector<int> counts(buckets * ranks);
  std::vector<int> displacements(buckets * ranks);
  for (std::uint64_t bucket = 0; bucket < buckets; ++bucket) {
    const std::uint64_t begin = bucket * state.ownership.bucket;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const Range piece = state.ownership.piece(bucket, static_cast<int>(rank));
      counts[bucket * ranks + rank] = static_cast<int>(piece.size());
      displacements[bucket * ranks + rank] = static_cast<int>(piece.begin - begin);
    }
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, weights.data() + begin,
                    counts.data() + bucket * ranks, displacements.data() + bucket * ranks,
                    mpi_type<T>(), state.mpi(), &requests[bucket]);
  }
  MPI_Waitall(static_cast<int>(buckets), requests.data(), MPI_STATUSES_IGNORE);
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

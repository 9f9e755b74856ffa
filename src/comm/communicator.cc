#include "comm/communicator.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <thread>

#include "base/check.h"
#include "comm/handle.h"

namespace lockstep {
namespace {

// MPI 3 counts are ints; longer messages are sent in pieces.
constexpr std::uint64_t kPieceBytes = 1ULL << 30;
constexpr int kRootTag = 1;
constexpr std::chrono::milliseconds kWaitingPause{2};

template <typename Function>
void in_pieces(std::uint64_t bytes, Function function) {
  for (std::uint64_t begin = 0; begin < bytes; begin += kPieceBytes) {
    function(begin, static_cast<int>(std::min(kPieceBytes, bytes - begin)));
  }
}

}  // namespace

Communicator Communicator::world(Heartbeat* heartbeat) {
  auto handle = std::make_unique<Handle>();
  MPI_Comm_dup(MPI_COMM_WORLD, &handle->comm);
  return {std::move(handle), heartbeat};
}

Communicator Communicator::self() {
  auto handle = std::make_unique<Handle>();
  MPI_Comm_dup(MPI_COMM_SELF, &handle->comm);
  return {std::move(handle), nullptr};
}

Communicator Communicator::split(int color) const {
  const HeartbeatWait wait(heartbeat_);
  auto handle = std::make_unique<Handle>();
  MPI_Comm_split(handle_->comm, color, rank_, &handle->comm);
  return {std::move(handle), heartbeat_};
}

Communicator::Communicator(std::unique_ptr<Handle> handle, Heartbeat* heartbeat)
    : handle_(std::move(handle)), heartbeat_(heartbeat) {
  MPI_Comm_rank(handle_->comm, &rank_);
  MPI_Comm_size(handle_->comm, &size_);
}

Communicator::Communicator(Communicator&&) noexcept = default;
Communicator& Communicator::operator=(Communicator&&) noexcept = default;
Communicator::~Communicator() = default;

void Communicator::broadcast_bytes(std::span<std::byte> bytes) const {
  const HeartbeatWait wait(heartbeat_);
  in_pieces(bytes.size(), [&](std::uint64_t begin, int count) {
    MPI_Bcast(bytes.data() + begin, count, MPI_BYTE, 0, handle_->comm);
  });
}

void Communicator::broadcast(std::string& text) const {
  std::uint64_t size = text.size();
  broadcast(size);
  text.resize(size);
  broadcast(std::span<char>(text.data(), text.size()));
}

std::vector<std::byte> Communicator::gather_bytes(std::span<const std::byte> bytes) const {
  const HeartbeatWait wait(heartbeat_);
  const std::uint64_t own = bytes.size();
  std::vector<std::uint64_t> sizes(static_cast<std::size_t>(size_));
  MPI_Gather(&own, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, 0, handle_->comm);
  if (!is_root()) {
    in_pieces(own, [&](std::uint64_t begin, int count) {
      MPI_Send(bytes.data() + begin, count, MPI_BYTE, 0, kRootTag, handle_->comm);
    });
    return {};
  }
  std::vector<std::byte> all(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::copy(bytes.begin(), bytes.end(), all.begin());
  std::uint64_t offset = own;
  for (int source = 1; source < size_; ++source) {
    const std::uint64_t size = sizes[static_cast<std::size_t>(source)];
    in_pieces(size, [&](std::uint64_t begin, int count) {
      MPI_Recv(all.data() + offset + begin, count, MPI_BYTE, source, kRootTag, handle_->comm,
               MPI_STATUS_IGNORE);
    });
    offset += size;
  }
  return all;
}

std::vector<std::string> Communicator::gather_text(const std::string& text) const {
  const std::uint64_t own = text.size();
  const auto sizes = gather(std::span(&own, 1));
  const auto letters = gather(std::span(text.data(), text.size()));
  std::vector<std::string> texts;
  std::uint64_t offset = 0;
  for (const std::uint64_t size : sizes) {
    texts.emplace_back(letters.data() + offset, size);
    offset += size;
  }
  return texts;
}

std::vector<std::byte> Communicator::scatter(
    const std::vector<std::span<const std::byte>>& parts) const {
  const HeartbeatWait wait(heartbeat_);
  if (!is_root()) {
    std::uint64_t size = 0;
    MPI_Recv(&size, 1, MPI_UINT64_T, 0, kRootTag, handle_->comm, MPI_STATUS_IGNORE);
    std::vector<std::byte> own(size);
    in_pieces(size, [&](std::uint64_t begin, int count) {
      MPI_Recv(own.data() + begin, count, MPI_BYTE, 0, kRootTag, handle_->comm, MPI_STATUS_IGNORE);
    });
    return own;
  }
  check(parts.size() == static_cast<std::size_t>(size_), "one part for each rank");
  for (int target = 1; target < size_; ++target) {
    const auto part = parts[static_cast<std::size_t>(target)];
    const std::uint64_t size = part.size();
    MPI_Send(&size, 1, MPI_UINT64_T, target, kRootTag, handle_->comm);
    in_pieces(size, [&](std::uint64_t begin, int count) {
      MPI_Send(part.data() + begin, count, MPI_BYTE, target, kRootTag, handle_->comm);
    });
  }
  return {parts[0].begin(), parts[0].end()};
}

std::vector<std::string> Communicator::share_text(const std::string& text) const {
  std::vector<std::string> texts = gather_text(text);
  texts.resize(static_cast<std::size_t>(size_));
  for (std::string& of_rank : texts) broadcast(of_rank);
  return texts;
}

std::vector<std::vector<std::byte>> Communicator::exchange(
    const std::vector<std::vector<std::byte>>& parts) const {
  const HeartbeatWait wait(heartbeat_);
  const auto ranks = static_cast<std::size_t>(size_);
  check(parts.size() == ranks, "one part for each rank");
  std::vector<int> send_sizes;
  std::vector<int> send_offsets;
  std::vector<std::byte> sent;
  for (const auto& part : parts) {
    send_offsets.push_back(static_cast<int>(sent.size()));
    send_sizes.push_back(static_cast<int>(part.size()));
    sent.insert(sent.end(), part.begin(), part.end());
    check(sent.size() <= std::numeric_limits<int>::max(), "the bytes to send are below 2^31");
  }
  std::vector<int> sizes(ranks);
  MPI_Alltoall(send_sizes.data(), 1, MPI_INT, sizes.data(), 1, MPI_INT, handle_->comm);
  std::vector<int> offsets;
  std::uint64_t total = 0;
  for (const int size : sizes) {
    offsets.push_back(static_cast<int>(total));
    total += static_cast<std::uint64_t>(size);
    check(total <= std::numeric_limits<int>::max(), "the bytes to receive are below 2^31");
  }
  std::vector<std::byte> received(total);
  MPI_Alltoallv(sent.data(), send_sizes.data(), send_offsets.data(), MPI_BYTE, received.data(),
                sizes.data(), offsets.data(), MPI_BYTE, handle_->comm);
  std::vector<std::vector<std::byte>> from_ranks;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const auto begin = received.begin() + offsets[rank];
    from_ranks.emplace_back(begin, begin + sizes[rank]);
  }
  return from_ranks;
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
  const HeartbeatWait wait(heartbeat_);
  std::uint64_t result = 0;
  MPI_Allreduce(&value, &result, 1, MPI_UINT64_T, MPI_SUM, handle_->comm);
  return result;
}

std::uint64_t Communicator::max(std::uint64_t value) const {
  const HeartbeatWait wait(heartbeat_);
  std::uint64_t result = 0;
  MPI_Allreduce(&value, &result, 1, MPI_UINT64_T, MPI_MAX, handle_->comm);
  return result;
}

std::uint64_t Communicator::any(std::uint64_t flags) const {
  const HeartbeatWait wait(heartbeat_);
  std::uint64_t result = 0;
  MPI_Allreduce(&flags, &result, 1, MPI_UINT64_T, MPI_BOR, handle_->comm);
  return result;
}

int Communicator::host_leader() const {
  const HeartbeatWait wait(heartbeat_);
  Handle host;
  MPI_Comm_split_type(handle_->comm, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host.comm);
  int leader = rank_;
  MPI_Bcast(&leader, 1, MPI_INT, 0, host.comm);
  return leader;
}

void Communicator::barrier() const {
  const HeartbeatWait wait(heartbeat_);
  MPI_Barrier(handle_->comm);
}

void Communicator::wait_for_all(const std::function<void()>& while_waiting) const {
  const HeartbeatWait wait(heartbeat_);
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(handle_->comm, &request);
  while (true) {
    int all_here = 0;
    MPI_Test(&request, &all_here, MPI_STATUS_IGNORE);
    if (all_here != 0) return;
    while_waiting();
    std::this_thread::sleep_for(kWaitingPause);
  }
}

}  // namespace lockstep

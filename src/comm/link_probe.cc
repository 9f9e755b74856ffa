#include "comm/link_probe.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <mpi.h>

#include "base/seconds_since.h"
#include "comm/handle.h"

namespace lockstep {
namespace {

constexpr int kProbeTag = 3;
constexpr int kFirstTrips = 10;
constexpr int kMostTrips = 1000;
constexpr double kTripsSeconds = 0.02;
constexpr int kClockTrips = 50;

// A transfer doubles until it takes this long. Then the fastest of some counts, because other
// work on the hosts only slows it down.
constexpr double kTransferSeconds = 0.015;
constexpr int kTransfers = 3;
constexpr std::uint64_t kFirstTransfer = std::uint64_t{64} << 10;
constexpr std::uint64_t kLastTransfer = std::uint64_t{1} << 30;
constexpr std::uint64_t kMessageBytes = std::uint64_t{4} << 20;  // a larger transfer is several

using Clock = std::chrono::steady_clock;

enum class Direction { forth, back, both };

// One end of a link. The lower rank leads: it takes the times and tells the other what follows.
class LinkEnd {
 public:
  LinkEnd(const Communicator& comm, int partner)
      : comm_(CommunicatorHandle::of(comm)), partner_(partner), leads_(comm.rank() < partner) {}

  [[nodiscard]] bool leads() const { return leads_; }

  // The leader's number, on both ends.
  std::uint64_t tell(std::uint64_t number) const {
    if (leads_) {
      send(&number, sizeof(number));
    } else {
      receive(&number, sizeof(number));
    }
    return number;
  }

  // Sends a byte there and back, on the leader's initiative; the seconds that it took.
  [[nodiscard]] double round_trip() const {
    std::byte byte{};
    const Clock::time_point start = Clock::now();
    if (leads_) send(&byte, 1);
    receive(&byte, 1);
    if (!leads_) send(&byte, 1);
    return seconds_since(start);
  }

  // Moves `bytes` in a direction, then a byte from the follower to the leader.
  void transfer(Direction direction, std::uint64_t bytes) {
    const bool sends = direction == Direction::both || (direction == Direction::forth) == leads_;
    const bool receives = direction == Direction::both || !sends;
    outgoing_.resize(sends ? std::min(bytes, kMessageBytes) : 0);
    incoming_.resize(receives ? std::min(bytes, kMessageBytes) : 0);
    for (std::uint64_t begin = 0; begin < bytes; begin += kMessageBytes) {
      message(sends, receives, static_cast<int>(std::min(kMessageBytes, bytes - begin)));
    }
    std::byte done{};
    if (leads_) {
      receive(&done, 1);
    } else {
      send(&done, 1);
    }
  }

  void send(const void* bytes, int size) const {
    MPI_Send(bytes, size, MPI_BYTE, partner_, kProbeTag, comm_);
  }
  void receive(void* bytes, int size) const {
    MPI_Recv(bytes, size, MPI_BYTE, partner_, kProbeTag, comm_, MPI_STATUS_IGNORE);
  }

 private:
  void message(bool sends, bool receives, int size) {
    if (sends && receives) {
      MPI_Sendrecv(outgoing_.data(), size, MPI_BYTE, partner_, kProbeTag, incoming_.data(), size,
                   MPI_BYTE, partner_, kProbeTag, comm_, MPI_STATUS_IGNORE);
      return;
    }
    if (sends) send(outgoing_.data(), size);
    if (receives) receive(incoming_.data(), size);
  }

  MPI_Comm comm_;
  int partner_;
  bool leads_;
  std::vector<std::byte> outgoing_;
  std::vector<std::byte> incoming_;
};

// The fastest of many round trips, and their lower quartile: other work on the hosts only slows
// them down.
struct TripSeconds {
  double fastest = 0;
  double usual = 0;
};

TripSeconds measure_trips(const LinkEnd& end) {
  static_cast<void>(end.round_trip());  // MPI connects the two at their first message
  double spent = 0;
  for (int i = 0; i < kFirstTrips; ++i) spent += end.round_trip();
  const double wanted = kTripsSeconds / std::max(spent / kFirstTrips, 1e-9);
  const double bounded = std::clamp<double>(wanted, kFirstTrips, kMostTrips);
  std::vector<double> trips(end.tell(static_cast<std::uint64_t>(bounded)));
  for (double& seconds : trips) seconds = end.round_trip();
  std::ranges::sort(trips);
  return {.fastest = trips.front(), .usual = trips[trips.size() / 4]};
}

// The time of one transfer, which begins on both ends together.
double transfer_seconds(LinkEnd& end, Direction direction, std::uint64_t bytes) {
  const Clock::time_point start = Clock::now();
  end.tell(bytes);
  end.transfer(direction, bytes);
  return seconds_since(start);
}

// The fastest of some transfers of as many bytes. Known to the leader.
double fastest_transfer(LinkEnd& end, Direction direction, std::uint64_t bytes) {
  double fastest = transfer_seconds(end, direction, bytes);
  for (int i = 1; i < kTransfers; ++i) {
    fastest = std::min(fastest, transfer_seconds(end, direction, bytes));
  }
  return fastest;
}

// `trip_seconds`: what the first byte and the answer of a transfer take.
double measure_rate(LinkEnd& end, Direction direction, double trip_seconds) {
  const auto is_short = [&](double seconds, std::uint64_t bytes) {
    return end.tell(seconds < kTransferSeconds && bytes < kLastTransfer ? 1 : 0) != 0;
  };
  std::uint64_t bytes = kFirstTransfer;
  while (true) {
    // One transfer may be slow by chance; short ones would measure buffers instead of the link.
    while (is_short(transfer_seconds(end, direction, bytes), bytes)) bytes *= 2;
    const double fastest = fastest_transfer(end, direction, bytes);
    if (!is_short(fastest, bytes)) {
      return static_cast<double>(bytes) / std::max(fastest - trip_seconds, fastest / 2);
    }
    bytes *= 2;
  }
}

// Nanoseconds since 1970, by the clock that a host sets.
std::int64_t wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

LinkRates measure_link(const Communicator& comm, int partner) {
  const HeartbeatWait wait(comm.heartbeat());
  LinkEnd end(comm, partner);
  LinkRates rates;
  const TripSeconds trips = measure_trips(end);
  rates.latency_seconds = trips.usual / 2;
  rates.bytes_per_second = measure_rate(end, Direction::forth, trips.fastest);
  rates.bytes_per_second_back = measure_rate(end, Direction::back, trips.fastest);
  rates.bytes_per_second_both = measure_rate(end, Direction::both, trips.fastest);
  return rates;
}

ClockDifference compare_clocks(const Communicator& comm, int partner) {
  const HeartbeatWait wait(comm.heartbeat());
  const LinkEnd end(comm, partner);
  std::int64_t shortest = 0;
  ClockDifference difference;
  for (int i = 0; i < kClockTrips; ++i) {
    std::int64_t theirs = wall_clock();
    if (!end.leads()) {
      std::byte question{};
      end.receive(&question, 1);
      theirs = wall_clock();
      end.send(&theirs, sizeof(theirs));
      continue;
    }
    const std::byte question{};
    const std::int64_t before = wall_clock();
    end.send(&question, 1);
    end.receive(&theirs, sizeof(theirs));
    const std::int64_t trip = std::max<std::int64_t>(wall_clock() - before, 0);
    if (i > 0 && trip >= shortest) continue;
    shortest = trip;
    difference.seconds =
        1e-9 * (static_cast<double>(theirs - before) - static_cast<double>(trip) / 2);
    difference.uncertainty_seconds = 1e-9 * static_cast<double>(trip) / 2;
  }
  return difference;
}

}  // namespace lockstep

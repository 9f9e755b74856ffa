#include "comm/stall_watch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/blocked_signals.h"
#include "base/host_name.h"
#include "comm/datagram_socket.h"
#include "comm/watch_packet.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

// Seconds between two packets of a rank: short against the limit, so that many may be lost.
double seconds_between_beats(const WatchLimits& limits) {
  return limits.silence > 0 ? std::clamp(limits.silence / 20, 0.05, 0.5) : 0.5;
}

// A thread that did not run for this many beats was stopped, together with what it waited for.
constexpr double kPausedBeats = 8;

// A rank loses rank 0 later than rank 0 loses it, because rank 0 knows more.
double patience_with_root(const WatchLimits& limits) { return 1.25 * limits.silence + 1; }

struct Meeting {
  std::uint64_t token = 0;
  std::uint16_t port = 0;  // of rank 0's socket; 0: it has none
  std::vector<std::uint32_t> addresses;
};

// Collective. Where rank 0 can be reached.
Meeting agree_on_meeting(const Communicator& comm, const DatagramSocket* socket) {
  Meeting meeting;
  if (comm.is_root() && socket != nullptr) {
    std::random_device random;
    meeting.token = (std::uint64_t{random()} << 32) | random();
    meeting.port = socket->port();
    meeting.addresses = own_addresses();
  }
  comm.broadcast(meeting.token);
  comm.broadcast(meeting.port);
  comm.broadcast(meeting.addresses);
  return meeting;
}

// Null if the system has none to give: then this rank is not watched.
std::unique_ptr<DatagramSocket> open_socket() {
  try {
    return std::make_unique<DatagramSocket>();
  } catch (const std::system_error&) {
    return nullptr;
  }
}

}  // namespace

// The thread and everything that it alone uses.
class StallWatch::Thread {
 public:
  Thread(const Heartbeat& heartbeat, Settings settings, int rank, std::vector<std::string> hosts,
         Meeting meeting, std::unique_ptr<DatagramSocket> socket)
      : heartbeat_(heartbeat),
        settings_(std::move(settings)),
        rank_(rank),
        root_host_(hosts.front()),
        meeting_(std::move(meeting)),
        socket_(std::move(socket)),
        period_(seconds_between_beats(settings_.limits)),
        table_(std::move(hosts), settings_.limits, now()),
        addresses_(rank == 0 ? table_.size() : 0) {
    const BlockedSignals blocked;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Thread() {
    thread_.request_stop();
    thread_.join();
  }
  // Waits until this rank and rank 0 have heard each other, rank 0 until it has heard all, or a
  // second where packets do not arrive. A rank that was never heard is not missed, so that one that
  // is stopped before would hold the job for ever.
  void meet() {
    constexpr std::chrono::seconds kLongest{1};
    std::unique_lock lock(mutex_);
    has_met_.wait_for(lock, kLongest, [this] { return met_; });
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

 private:
  static double now() {
    return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
  }

  [[nodiscard]] WatchPacket packet_of(WatchPacket::Kind kind) const {
    WatchPacket packet;
    packet.kind = kind;
    packet.token = meeting_.token;
    packet.rank = static_cast<std::uint32_t>(rank_);
    return packet;
  }

  void run(const std::stop_token& stop) {
    double last_round = now();
    // Ranks begin one after the other, so that rank 0 does not get all packets at once.
    constexpr int kTurns = 64;
    double next_beat = last_round + period_ * (rank_ % kTurns) / kTurns;
    while (!stop.stop_requested()) {
      const auto received = socket_->receive(std::max(0.0, next_beat - now()));
      const double time = now();
      // This comes before the packet, which must not look as if it had taken so long.
      if (time - last_round > kPausedBeats * period_) forgive(time);
      last_round = time;
      if (received) take(*received, time);
      if (time < next_beat) continue;
      next_beat = time + period_;
      rank_ == 0 ? judge(time) : report(time);
    }
  }

  void forgive(double time) {
    table_.forgive(time);
    if (root_heard_) root_heard_ = time;
  }

  void take(const DatagramSocket::Received& received, double time) {
    const std::optional<WatchPacket> packet = to_packet(received.bytes);
    if (!packet || packet->token != meeting_.token) return;
    if (rank_ == 0) {
      take_beat(*packet, received.from, time);
    } else if (packet->kind == WatchPacket::Kind::end) {
      settings_.end(packet->text, /*reports=*/false);
    } else if (packet->kind == WatchPacket::Kind::heard) {
      root_heard_ = time;
      root_address_ = received.from;
      tell_met();
    }
  }

  void tell_met() {
    {
      const std::scoped_lock guard(mutex_);
      met_ = true;
    }
    has_met_.notify_one();
  }

  // ---- rank 0 ----

  void take_beat(const WatchPacket& packet, const SocketAddress& from, double time) {
    if (packet.kind != WatchPacket::Kind::beat || packet.rank >= addresses_.size()) return;
    table_.hear(static_cast<int>(packet.rank), packet.state, time);
    addresses_[packet.rank] = from;
    if (!met_ && std::ranges::all_of(addresses_.begin() + 1, addresses_.end(),
                                     [](const auto& known) { return known.has_value(); })) {
      tell_met();
    }
    socket_->send(from, to_bytes(packet_of(WatchPacket::Kind::heard)));
  }

  void judge(double time) {
    table_.hear(0, heartbeat_.now(), time);
    if (settings_.stop_requested()) table_.request_stop();
    const WatchVerdict verdict = table_.judge(time);
    if (verdict.kind == WatchVerdict::Kind::warning) settings_.warn(verdict.text);
    if (verdict.kind != WatchVerdict::Kind::end) return;
    WatchPacket packet = packet_of(WatchPacket::Kind::end);
    packet.text = verdict.text;
    const std::vector<std::byte> bytes = to_bytes(packet);
    constexpr int kCopies = 3;  // packets may be lost
    for (int copy = 0; copy < kCopies; ++copy) {
      for (const auto& known : addresses_) {
        if (known) socket_->send(*known, bytes);
      }
    }
    settings_.end(verdict.text, /*reports=*/true);
  }

  // ---- other ranks ----

  void report(double time) {
    WatchPacket packet = packet_of(WatchPacket::Kind::beat);
    packet.state = heartbeat_.now();
    const std::vector<std::byte> beat = to_bytes(packet);
    const bool knows_address = root_address_ && time - root_heard_.value_or(0) < 4 * period_;
    if (knows_address) socket_->send(*root_address_, beat);
    for (const std::uint32_t address : meeting_.addresses) {
      if (!knows_address) socket_->send({address, meeting_.port}, beat);
    }
    const double limit = patience_with_root(settings_.limits);
    if (settings_.limits.silence <= 0 || !root_heard_ || time - *root_heard_ <= limit) return;
    settings_.end(
        fmt::format("rank 0 on {} has not been heard from for {}; this rank was in {}", root_host_,
                    seconds_text(time - *root_heard_), describe(packet.state)),
        /*reports=*/true);
  }

  const Heartbeat& heartbeat_;
  Settings settings_;
  int rank_;
  std::string root_host_;
  Meeting meeting_;
  std::unique_ptr<DatagramSocket> socket_;
  double period_;

  WatchTable table_;                                     // rank 0 only
  std::vector<std::optional<SocketAddress>> addresses_;  // of the ranks; rank 0 only
  std::optional<double> root_heard_;                     // other ranks
  std::optional<SocketAddress> root_address_;            // where its answer came from

  std::mutex mutex_;  // for met_, which the main thread waits for
  std::condition_variable has_met_;
  bool met_ = false;

  std::jthread thread_;
};

StallWatch::StallWatch(const Communicator& comm, const Heartbeat& heartbeat, Settings settings)
    : comm_(comm) {
  if (comm.size() == 1) return;
  std::unique_ptr<DatagramSocket> socket = open_socket();
  const Meeting meeting = agree_on_meeting(comm, socket.get());
  // All of them on rank 0; only rank 0's on the others.
  std::vector<std::string> hosts = comm.gather_text(host_name());
  if (!comm.is_root()) hosts.resize(1);
  comm.broadcast(hosts.front());
  const bool can_meet = meeting.port != 0 && !meeting.addresses.empty();
  if (comm.is_root() && !can_meet) {
    settings.warn("this host has no UDP over IPv4, so nothing ends the job when a rank is lost");
  }
  if (!socket || !can_meet) return;
  thread_ = std::make_unique<Thread>(heartbeat, std::move(settings), comm.rank(), std::move(hosts),
                                     meeting, std::move(socket));
  thread_->meet();
}

StallWatch::~StallWatch() = default;

void StallWatch::finish() {
  comm_.barrier();
  thread_.reset();
}

}  // namespace lockstep

#include "comm/owned_stream.h"

#include <utility>

#include "comm/messages.h"

namespace lockstep {

// What a rank has sent and rank 0 has not yet taken takes memory there, so it is little.
constexpr int kMostUntaken = 2;  // chunks

struct OwnedStream::State {
  struct Part {
    std::size_t array;
    Range range;
  };
  [[nodiscard]] bool at_end() const { return next == chunks.size(); }
  void send_next();
  void receive_next();

  const Communicator& comm;
  Ownership ownership;
  std::vector<std::span<const float>> arrays;
  std::vector<Part> chunks;  // in order
  std::size_t next = 0;
  Chunk arriving;
  Messages<float> messages;
};

void OwnedStream::State::send_next() {
  for (int sent = 0; sent < kMostUntaken && !at_end(); ++next) {
    const auto& [array, range] = chunks[next];
    const Range own = ownership.owned_within(range, comm.rank());
    if (own.empty()) continue;
    messages.send_when_taken(arrays[array].subspan(own.begin, own.size()), 0);
    ++sent;
  }
}

void OwnedStream::State::receive_next() {
  arriving.assign(static_cast<std::size_t>(comm.size()), {});
  if (at_end()) return;
  for (int rank = 1; rank < comm.size(); ++rank) {
    auto& values = arriving[static_cast<std::size_t>(rank)];
    values.resize(ownership.owned_within(chunks[next].range, rank).size());
    if (!values.empty()) messages.receive(values, rank);
  }
}

OwnedStream::OwnedStream(const Communicator& comm, const Ownership& ownership,
                         const std::vector<std::span<const float>>& arrays, std::uint64_t chunk)
    : state_(std::make_unique<State>(
          State{comm, ownership, arrays, {}, 0, {}, Messages<float>(comm)})) {
  if (comm.size() == 1) return;
  for (std::size_t array = 0; array < arrays.size(); ++array) {
    for_each_part({0, ownership.parameters}, chunk, [&](Range part) {
      state_->chunks.push_back({array, part});
    });
  }
  if (comm.is_root()) {
    state_->receive_next();
  } else {
    state_->send_next();
  }
}

OwnedStream::~OwnedStream() = default;

bool OwnedStream::at_end() const { return state_->at_end(); }

bool OwnedStream::has_arrived() { return state_->messages.done(); }

OwnedStream::Chunk OwnedStream::take() {
  const HeartbeatWait wait(state_->comm.heartbeat());
  state_->messages.wait();
  Chunk arrived = std::move(state_->arriving);
  ++state_->next;
  state_->receive_next();
  return arrived;
}

void OwnedStream::advance() {
  if (state_->messages.done()) state_->send_next();
}

void OwnedStream::wait_until_sent() {
  const HeartbeatWait wait(state_->comm.heartbeat());
  state_->messages.wait();
  while (!state_->at_end()) {
    state_->send_next();
    state_->messages.wait();
  }
}

}  // namespace lockstep

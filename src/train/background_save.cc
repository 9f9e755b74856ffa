#include "train/background_save.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "base/blocked_signals.h"
#include "base/error.h"
#include "base/heartbeat.h"
#include "comm/owned_values.h"

namespace lockstep {
namespace {

std::vector<std::span<const float>> views_of(const std::vector<std::vector<float>>& arrays) {
  return {arrays.begin(), arrays.end()};
}

}  // namespace

BackgroundSave::BackgroundSave(const Communicator& comm, const Ownership& ownership,
                               StateSnapshot snapshot, std::filesystem::path directory,
                               std::uint32_t keep_last)
    : comm_(comm),
      ownership_(ownership),
      snapshot_(std::move(snapshot)),
      directory_(std::move(directory)),
      keep_last_(keep_last),
      stream_(comm, ownership, views_of(snapshot_.owned), kDefaultChunkElements) {
  if (!comm.is_root()) return;
  std::packaged_task<SaveOutcome()> task([this] { return write(); });
  outcome_ = task.get_future();
  const BlockedSignals in_the_thread;
  thread_ = std::thread(std::move(task));
}

std::uint64_t BackgroundSave::bytes(const Ownership& ownership, std::uint64_t arrays) {
  const std::uint64_t chunk = std::min(kDefaultChunkElements, ownership.parameters);
  const std::uint64_t encoded = 3;  // put together, in a message, and as its bytes
  const std::uint64_t arriving = ownership.ranks == 1 ? 0 : 2;
  return (arrays * ownership.owned(0) + (encoded + arriving) * chunk) * sizeof(float);
}

BackgroundSave::~BackgroundSave() {
  chunks_.close();
  if (thread_.joinable()) thread_.join();
}

void BackgroundSave::assemble(std::uint32_t array, Range range, std::vector<float>& chunk) {
  chunk.resize(range.size());
  const Range own = ownership_.owned_within(range, 0);
  const auto owned = std::span<const float>(snapshot_.owned[array]);
  place_owned(ownership_, 0, range, owned.subspan(own.begin, own.size()), std::span(chunk));
  if (comm_.size() == 1) return;
  const auto others = chunks_.take();
  if (!others) throw Error(ExitCode::io, "the run ended before this state was saved");
  for (int rank = 1; rank < comm_.size(); ++rank) {
    const std::span<const float> values = (*others)[static_cast<std::size_t>(rank)];
    place_owned(ownership_, rank, range, values, std::span(chunk));
  }
}

SaveOutcome BackgroundSave::write() {
  struct CloseAtEnd {
    Handover<OwnedStream::Chunk>& chunks;
    ~CloseAtEnd() { chunks.close(); }
  };
  const CloseAtEnd after_a_failure_the_rest_is_dropped{chunks_};
  std::vector<float> chunk;
  const auto values = [&](std::uint32_t array, Range range) -> std::span<const float> {
    assemble(array, range, chunk);
    return chunk;
  };
  return try_save_step(directory_, snapshot_.rest,
                       {.parameters = ownership_.parameters,
                        .weights_digest = snapshot_.weights_digest,
                        .values = values},
                       keep_last_);
}

void BackgroundSave::advance() {
  if (!comm_.is_root()) {
    stream_.advance();
    return;
  }
  while (!stream_.at_end() && stream_.has_arrived() && chunks_.is_free()) {
    chunks_.give(stream_.take());
  }
}

bool BackgroundSave::has_ended() {
  return stream_.at_end() &&
         outcome_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

SaveOutcome BackgroundSave::finish() {
  if (!comm_.is_root()) {
    stream_.wait_until_sent();
    return {};
  }
  const HeartbeatWork work(comm_.heartbeat());  // the disk may be slow
  while (!stream_.at_end()) {
    chunks_.wait_until_free();
    if (Heartbeat* heartbeat = comm_.heartbeat()) heartbeat->tick();
    chunks_.give(stream_.take());
  }
  return outcome_.get();
}

}  // namespace lockstep

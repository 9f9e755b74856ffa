#include "data/byte_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>
#include <zlib.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/input_file.h"

namespace lockstep {
namespace {

// The size of a regular file, or 0 for a stream.
std::uint64_t file_size(const std::filesystem::path& path, InputKind kind) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw Error(ExitCode::missing_input,
                fmt::format("{}: cannot open: {}", path.string(),
                            error ? error.message() : std::strerror(ENOENT)));
  }
  const bool streams =
      !std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status);
  if (streams && kind == InputKind::file_or_stream) return 0;
  require_file(path);
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) {
    throw Error(ExitCode::missing_input,
                fmt::format("{}: cannot tell its size: {}", path.string(), error.message()));
  }
  return bytes;
}

}  // namespace

struct ByteStream::State {
  State(const std::filesystem::path& file_path, InputKind kind, std::function<void()> when_paused)
      : path(file_path),
        on_pause(std::move(when_paused)),
        file_bytes(file_size(file_path, kind)),
        file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file.number < 0) {
      throw Error(ExitCode::missing_input,
                  fmt::format("{}: cannot open: {}", path.string(), std::strerror(errno)));
    }
    refill();
    if (available == 1) {  // a pipe may give byte by byte
      available += read_file(std::as_writable_bytes(std::span(input).subspan(1, 1)));
    }
    compressed = available >= 2 && input[0] == 0x1F && input[1] == 0x8B;
    // 16: gzip framing, with its checksum, and nothing else.
    if (compressed && inflateInit2(&inflater, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  }
  ~State() {
    if (compressed) inflateEnd(&inflater);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Replaces the used-up input; leaves `available` 0 at the end of the file.
  void refill() {
    position = 0;
    available = read_file(std::as_writable_bytes(std::span(input)));
  }

  // What the file has now, at least one byte unless it is at its end.
  [[nodiscard]] std::size_t read_file(std::span<std::byte> bytes) const {
    while (on_pause && !file_is_ready(kPauseMilliseconds)) on_pause();
    while (true) {
      const ssize_t n = ::read(file.number, bytes.data(), bytes.size());
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      throw Error(ExitCode::missing_input,
                  fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)));
    }
  }

  // Whether the file has more within that time, or is at its end.
  [[nodiscard]] bool file_is_ready(int milliseconds = 0) const {
    pollfd ready{.fd = file.number, .events = POLLIN, .revents = 0};
    return poll(&ready, 1, milliseconds) != 0;
  }

  // What is in memory, or what the file has now.
  std::size_t copy_some(std::span<std::byte> bytes) {
    if (available == 0 && bytes.size() >= input.size()) return read_file(bytes);
    if (available == 0) refill();
    const std::size_t n = std::min(available, bytes.size());
    std::memcpy(bytes.data(), input.data() + position, n);
    position += n;
    available -= n;
    return n;
  }

  // Moves forward in a plain file.
  void seek_forward(std::uint64_t bytes) {
    if (bytes <= available) {
      position += bytes;
      available -= bytes;
      return;
    }
    if (::lseek(file.number, static_cast<off_t>(bytes - available), SEEK_CUR) < 0) {
      throw Error(ExitCode::missing_input,
                  fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)));
    }
    available = 0;
  }

  // What the file has now, decompressed: at least one byte unless it is at its end.
  std::size_t decompress_some(std::span<std::byte> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      if (available == 0 && filled > 0) break;
      if (available == 0) refill();
      if (member_done) {
        if (available == 0) break;
        // Only another member may follow; zlib's own gzread would ignore the rest.
        if (input[position] != 0x1F) fail("is followed by other bytes");
        inflateReset(&inflater);
        member_done = false;
      }
      if (available == 0) fail("ends early: the file is cut short");
      inflater.next_in = input.data() + position;
      inflater.avail_in = static_cast<uInt>(available);
      inflater.next_out = reinterpret_cast<Bytef*>(bytes.data() + filled);
      const auto room = static_cast<uInt>(
          std::min<std::size_t>(bytes.size() - filled, std::numeric_limits<uInt>::max()));
      inflater.avail_out = room;
      const int result = inflate(&inflater, Z_NO_FLUSH);
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        fail(fmt::format("is damaged ({})", inflater.msg != nullptr ? inflater.msg : "zlib error"));
      }
      position += available - inflater.avail_in;
      available = inflater.avail_in;
      filled += room - inflater.avail_out;
      member_done = result == Z_STREAM_END;
    }
    return filled;
  }

  [[noreturn]] void fail(const std::string& how) const {
    throw Error(ExitCode::data,
                fmt::format("{}: its gzip data {}; fetch the file again", path.string(), how));
  }

  static constexpr int kPauseMilliseconds = 1000;

  std::filesystem::path path;
  std::function<void()> on_pause;
  std::uint64_t file_bytes = 0;
  Descriptor file;
  std::array<unsigned char, 1 << 16> input;
  std::size_t position = 0;   // start of the unread part of `input`
  std::size_t available = 0;  // size of the unread part
  bool compressed = false;
  bool member_done = false;
  z_stream inflater = {};
};

ByteStream::ByteStream(const std::filesystem::path& path, InputKind kind,
                       std::function<void()> on_pause)
    : state_(std::make_unique<State>(path, kind, std::move(on_pause))) {}
ByteStream::~ByteStream() = default;

std::size_t ByteStream::read_some(std::span<std::byte> bytes) {
  return state_->compressed ? state_->decompress_some(bytes) : state_->copy_some(bytes);
}

bool ByteStream::is_ready() const { return state_->available > 0 || state_->file_is_ready(); }

std::size_t ByteStream::read(std::span<std::byte> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const std::size_t n = read_some(bytes.subspan(filled));
    if (n == 0) break;
    filled += n;
  }
  return filled;
}

void ByteStream::skip(std::uint64_t bytes) {
  if (!state_->compressed) return state_->seek_forward(bytes);
  std::array<std::byte, 1 << 14> unused;
  while (bytes > 0) {
    const auto wanted = std::min<std::uint64_t>(bytes, unused.size());
    const std::size_t n = state_->decompress_some(std::span(unused).first(wanted));
    if (n == 0) return;
    bytes -= n;
  }
}

bool ByteStream::compressed() const { return state_->compressed; }

std::uint64_t ByteStream::file_bytes() const { return state_->file_bytes; }

std::uint64_t ByteStream::content_bytes_limit() const {
  // zlib's technical notes: deflate expands by less than 1032 to 1.
  constexpr std::uint64_t kLargestExpansion = 1032;
  return state_->compressed ? state_->file_bytes * kLargestExpansion : state_->file_bytes;
}

}  // namespace lockstep

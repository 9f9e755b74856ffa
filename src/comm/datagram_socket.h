#pragma once
// UDP over IPv4: packets that may be lost, to and from other hosts.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lockstep {

struct SocketAddress {
  std::uint32_t host = 0;  // in the order of the machine
  std::uint16_t port = 0;

  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

// The IPv4 addresses of this host that are up, loopback among them.
std::vector<std::uint32_t> own_addresses();

class DatagramSocket {
 public:
  // On any free port of all own addresses. Throws std::system_error.
  DatagramSocket();
  ~DatagramSocket();
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // A packet that cannot be sent is dropped silently.
  void send(const SocketAddress& to, std::span<const std::byte> bytes) const;

  struct Received {
    SocketAddress from;
    std::vector<std::byte> bytes;
  };
  // Waits for at most `seconds`; none: nothing came.
  [[nodiscard]] std::optional<Received> receive(double seconds) const;

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace lockstep

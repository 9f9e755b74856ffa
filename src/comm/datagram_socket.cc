#include "comm/datagram_socket.h"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lockstep {
namespace {

constexpr std::size_t kLargestPacket = 2048;

sockaddr_in to_system(const SocketAddress& address) {
  sockaddr_in system{};
  system.sin_family = AF_INET;
  system.sin_addr.s_addr = htonl(address.host);
  system.sin_port = htons(address.port);
  return system;
}

SocketAddress from_system(const sockaddr_in& system) {
  return {ntohl(system.sin_addr.s_addr), ntohs(system.sin_port)};
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

std::vector<std::uint32_t> own_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, freeifaddrs);
  std::vector<std::uint32_t> addresses;
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    if ((entry->ifa_flags & IFF_UP) == 0) continue;
    addresses.push_back(from_system(*reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)).host);
  }
  return addresses;
}

DatagramSocket::DatagramSocket() : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) fail("socket");
  sockaddr_in any = to_system({INADDR_ANY, 0});
  socklen_t size = sizeof(any);
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&any), sizeof(any)) != 0 ||
      getsockname(descriptor_, reinterpret_cast<sockaddr*>(&any), &size) != 0) {
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail("bind");
  }
  port_ = from_system(any).port;
}

DatagramSocket::~DatagramSocket() { close(descriptor_); }

void DatagramSocket::send(const SocketAddress& to, std::span<const std::byte> bytes) const {
  const sockaddr_in system = to_system(to);
  sendto(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&system), sizeof(system));
}

std::optional<DatagramSocket::Received> DatagramSocket::receive(double seconds) const {
  pollfd waiting{descriptor_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(1000 * seconds)) <= 0) return std::nullopt;
  std::array<std::byte, kLargestPacket> buffer;
  sockaddr_in from{};
  socklen_t size = sizeof(from);
  const ssize_t length = recvfrom(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr*>(&from), &size);
  if (length < 0) return std::nullopt;
  return Received{from_system(from), {buffer.begin(), buffer.begin() + length}};
}

}  // namespace lockstep

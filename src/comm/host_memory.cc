#include "comm/host_memory.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lockstep {
namespace {

constexpr std::uint64_t kPageBytes = 4096;

// An opened shared memory object of the system.
class SharedObject {
 public:
  // Fails without an error: see is_open.
  SharedObject(const std::string& name, int flags) : file_(shm_open(name.c_str(), flags, 0600)) {}
  ~SharedObject() {
    if (file_ >= 0) close(file_);
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  [[nodiscard]] bool resize(std::uint64_t bytes) const {
    return ftruncate(file_, static_cast<off_t>(bytes)) == 0;
  }
  // Allocates memory for a range, near the calling core if possible. Without this, touching a page
  // that cannot be had would end the program.
  [[nodiscard]] bool allocate(std::uint64_t offset, std::uint64_t bytes) const {
    return posix_fallocate(file_, static_cast<off_t>(offset), static_cast<off_t>(bytes)) == 0;
  }
  [[nodiscard]] void* map(std::uint64_t bytes) const {
    void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    return address == MAP_FAILED ? nullptr : address;
  }

 private:
  int file_;
};

constexpr std::string_view kPrefix = "lockstep-";

std::string unused_name() {
  static std::atomic<std::uint64_t> count = 0;
  return fmt::format("/{}{}-{}", kPrefix, getpid(), count++);
}

// The process that made the object `name`, if its name says so.
std::optional<pid_t> maker_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  pid_t process = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
  if (error != std::errc() || process <= 0 || end == name.data() + name.size() || *end != '-') {
    return std::nullopt;
  }
  return process;
}

// Removes objects of processes of this user that were killed before they could remove the name. An
// object has its name for less than a second, so an old one is abandoned even where its process
// cannot be seen, as in another container.
void remove_abandoned_objects() {
  namespace fs = std::filesystem;
  constexpr std::chrono::minutes kOld{1};
  std::error_code error;
  fs::directory_iterator entry("/dev/shm", error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::optional<pid_t> maker = maker_of(name);
    struct stat status {};
    if (!maker || ::stat(entry->path().c_str(), &status) != 0) continue;
    std::error_code unknown;
    const bool is_old =
        fs::file_time_type::clock::now() - entry->last_write_time(unknown) > kOld && !unknown;
    const bool is_dead = kill(*maker, 0) != 0 && errno == ESRCH;
    if (is_old && is_dead && status.st_uid == geteuid()) shm_unlink(("/" + name).c_str());
  }
}

}  // namespace

template <typename T>
struct HostMemory<T>::Mapping {
  void* address = nullptr;
  std::uint64_t bytes = 0;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (address != nullptr) munmap(address, bytes);
  }

  // Collective over `sharers`. Maps one object in which rank r has the bytes [offsets[r],
  // offsets[r + 1]). Returns whether all ranks succeeded.
  bool share(const Communicator& sharers, const std::vector<std::uint64_t>& offsets) {
    std::string name = unused_name();
    sharers.broadcast(name);
    bytes = offsets.back();
    const auto everyone = [&](bool could) { return sharers.any(could ? 0 : 1) == 0; };
    // The first rank creates the object and all open it. Then its name is removed, so that it
    // disappears when the last process ends, however that happens.
    std::unique_ptr<SharedObject> object;
    if (sharers.is_root()) {
      remove_abandoned_objects();
      object = std::make_unique<SharedObject>(name, O_CREAT | O_EXCL | O_RDWR);
    }
    const bool created = everyone(!object || (object->is_open() && object->resize(bytes)));
    if (created && !object) object = std::make_unique<SharedObject>(name, O_RDWR);
    const auto own = static_cast<std::size_t>(sharers.rank());
    const bool ready =
        created && everyone(object->is_open() &&
                            object->allocate(offsets[own], offsets[own + 1] - offsets[own]));
    if (object && object->is_open() && sharers.is_root()) shm_unlink(name.c_str());
    if (!ready) return false;
    address = object->map(bytes);
    return everyone(address != nullptr);
  }
};

template <typename T>
HostMemory<T>::HostMemory(const Communicator& comm, std::uint64_t values, int host)
    : rank_(comm.rank()),
      parts_(static_cast<std::size_t>(comm.size())),
      leaders_(static_cast<std::size_t>(comm.size())) {
  if (comm.size() > 1) {
    auto sharers = std::make_unique<Communicator>(comm.split(host));
    const std::vector<int> members = sharers->all_gather(rank_);
    const std::vector<std::uint64_t> sizes = sharers->all_gather(values);
    std::vector<std::uint64_t> offsets = {0};
    for (const std::uint64_t size : sizes) {
      const std::uint64_t pages = (size * sizeof(T) + kPageBytes - 1) / kPageBytes;
      offsets.push_back(offsets.back() + std::max<std::uint64_t>(1, pages) * kPageBytes);
    }
    auto mapping = std::make_unique<Mapping>();
    int leader = rank_;
    refused_ = members.size() > 1 && !mapping->share(*sharers, offsets);
    if (members.size() > 1 && !refused_) {
      leader = members.front();
      for (std::size_t i = 0; i < members.size(); ++i) {
        T* begin = reinterpret_cast<T*>(static_cast<std::byte*>(mapping->address) + offsets[i]);
        parts_[static_cast<std::size_t>(members[i])] = {begin, sizes[i]};
      }
      sharers_ = std::move(sharers);
      mapping_ = std::move(mapping);
    }
    leaders_ = comm.all_gather(leader);
  }
  if (!mapping_) {
    alone_ = std::make_unique_for_overwrite<T[]>(values);
    parts_[static_cast<std::size_t>(rank_)] = {alone_.get(), values};
  }
}

template <typename T>
HostMemory<T>::~HostMemory() = default;

template <typename T>
void HostMemory<T>::fence() const {
  if (!sharers_) return;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  sharers_->barrier();
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

template class HostMemory<float>;
template class HostMemory<double>;

}  // namespace lockstep

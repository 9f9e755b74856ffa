// A library to be preloaded into the program: it writes down the system calls on
// files of the test, in order, and makes one of them fail, wait or find the file shorter.
//
//   FILE_CALLS_LOG    where to write, one line a call: "fsync PATH", "rename PATH PATH", ...
//   FILE_CALLS_FAULT  "CALL PART NUMBER WHAT": what is done to the NUMBERth (from 1) CALL
//                     on a path that has PART in it. WHAT is one of
//                       28         the errno with which it fails; close and fsync are done
//                                  all the same
//                       28+        so do all later ones
//                       halve      the file is cut to half its size before it
//                       wait       it continues when the log's directory has a file "go", at
//                                  most 20 s later; each pause writes "pauses PATH"
//                       pieces     it and all later ones write one byte
//                       interrupt  a signal comes in between
//                       stop       the process is stopped (SIGSTOP) before it
//
// Calls are written down for paths with "lockstep-" in them, as test directories and shared
// memory have; a file that is open is known by /proc/self/fd. Plain C inside: it runs within
// calls of a program that may be anywhere.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// The next definition of the same function, the C library's.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Path {
  char text[PATH_MAX] = {};
};

Path path_of(int descriptor) {
  Path path;
  char link[64];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path.text, sizeof(path.text) - 1);
  path.text[size > 0 ? size : 0] = '\0';
  return path;
}

void note(const char* call, const char* path, const char* second = nullptr) {
  const char* log = std::getenv("FILE_CALLS_LOG");
  if (log == nullptr) return;
  // Paths as the program gave them, which may be relative, or those of open files.
  if (second == nullptr && std::strstr(path, "lockstep-") == nullptr) return;
  const int before = errno;
  char line[2 * PATH_MAX + 64];
  const int size = std::snprintf(line, sizeof(line), "%s %s%s%s\n", call, path,
                                 second != nullptr ? " " : "", second != nullptr ? second : "");
  static const auto open_it = next<int(const char*, int, ...)>("open");
  static const auto write_it = next<ssize_t(int, const void*, size_t)>("write");
  static const auto close_it = next<int(int)>("close");
  const int file = open_it(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file >= 0 && size > 0) static_cast<void>(write_it(file, line, static_cast<size_t>(size)));
  close_it(file);
  errno = before;
}

// What is to be done to this call; empty: nothing.
struct Fault {
  char what[32] = {};
  [[nodiscard]] bool is(const char* word) const { return std::strcmp(what, word) == 0; }
  [[nodiscard]] int error() const { return std::atoi(what); }
};

// As often as it is asked it counts the call, where it is one of those that are meant.
Fault fault_of(const char* call, const char* path) {
  static int count = 0;
  Fault fault;
  const char* text = std::getenv("FILE_CALLS_FAULT");
  char which[32];
  char part[PATH_MAX];
  int number = 0;
  char what[32];
  if (text == nullptr || std::sscanf(text, "%31s %4095s %d %31s", which, part, &number, what) != 4)
    return fault;
  if (std::strcmp(which, call) != 0 || std::strstr(path, part) == nullptr) return fault;
  ++count;
  const bool lasts = std::strcmp(what, "pieces") == 0 || std::strchr(what, '+') != nullptr;
  if (count == number || (count > number && lasts)) {
    std::memcpy(fault.what, what, sizeof(what));
  }
  if (fault.is("stop")) raise(SIGSTOP);
  return fault;
}

void halve(const char* path) {
  struct stat file {};
  if (stat(path, &file) == 0) static_cast<void>(truncate(path, file.st_size / 2));
}

void wait_for_go(const char* path) {
  char go[PATH_MAX];
  std::snprintf(go, sizeof(go), "%s", std::getenv("FILE_CALLS_LOG"));
  char* slash = std::strrchr(go, '/');
  if (slash == nullptr) return;
  std::strcpy(slash + 1, "go");
  note("waits", path);
  for (int pauses = 0; access(go, F_OK) != 0; ++pauses) {
    if (pauses > 2000) _exit(99);  // a test that failed: nobody will say go
    note("pauses", path);
    const timespec pause{0, 10'000'000};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
  static const auto real = next<int(int)>("fsync");
  const Path path = path_of(descriptor);
  const Fault fault = fault_of("fsync", path.text);
  if (fault.is("wait")) wait_for_go(path.text);
  note("fsync", path.text);
  const int result = real(descriptor);
  if (fault.error() == 0) return result;
  errno = fault.error();
  return -1;
}

int close(int descriptor) {
  static const auto real = next<int(int)>("close");
  const Path path = path_of(descriptor);
  const Fault fault = fault_of("close", path.text);
  note("close", path.text);
  const int result = real(descriptor);
  if (fault.error() == 0) return result;
  errno = fault.error();
  return -1;
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  const Path path = path_of(descriptor);
  const Fault fault = fault_of("write", path.text);
  note("write", path.text);
  if (fault.is("pieces") && size > 1) return real(descriptor, bytes, 1);
  errno = fault.is("interrupt") ? EINTR : fault.error();
  return errno != 0 ? -1 : real(descriptor, bytes, size);
}

size_t fread(void* bytes, size_t size, size_t count, FILE* file) {
  static const auto real = next<size_t(void*, size_t, size_t, FILE*)>("fread");
  const Path path = path_of(fileno(file));
  const Fault fault = fault_of("read", path.text);
  if (fault.is("halve")) halve(path.text);
  if (fault.error() == 0) return real(bytes, size, count, file);
  file->_flags |= _IO_ERR_SEEN;
  errno = fault.error();
  return 0;
}

ssize_t read(int descriptor, void* bytes, size_t size) {
  static const auto real = next<ssize_t(int, void*, size_t)>("read");
  const Path path = path_of(descriptor);
  const Fault fault = fault_of("read", path.text);
  if (fault.is("halve")) halve(path.text);
  errno = fault.error();
  return errno != 0 ? -1 : real(descriptor, bytes, size);
}

int rename(const char* from, const char* to) {
  static const auto real = next<int(const char*, const char*)>("rename");
  const Fault fault = fault_of("rename", to);
  note("rename", from, to);
  errno = fault.error();
  return errno != 0 ? -1 : real(from, to);
}

int shm_open(const char* name, int flags, mode_t mode) {
  static const auto real = next<int(const char*, int, mode_t)>("shm_open");
  const Fault fault = fault_of("shm_open", name);
  errno = fault.error();
  if (errno != 0) return -1;
  const bool creates = (static_cast<unsigned>(flags) & static_cast<unsigned>(O_CREAT)) != 0;
  note(creates ? "shm_create" : "shm_open", name);
  return real(name, flags, mode);
}

int shm_unlink(const char* name) {
  static const auto real = next<int(const char*)>("shm_unlink");
  note("shm_unlink", name);
  return real(name);
}

int ftruncate(int descriptor, off_t size) {
  static const auto real = next<int(int, off_t)>("ftruncate");
  const Fault fault = fault_of("ftruncate", path_of(descriptor).text);
  errno = fault.error();
  return errno != 0 ? -1 : real(descriptor, size);
}

int posix_fallocate(int descriptor, off_t offset, off_t size) {
  static const auto real = next<int(int, off_t, off_t)>("posix_fallocate");
  const Fault fault = fault_of("posix_fallocate", path_of(descriptor).text);
  return fault.error() != 0 ? fault.error() : real(descriptor, offset, size);
}

void* mmap(void* address, size_t size, int protection, int flags, int descriptor, off_t offset) {
  static const auto real = next<void*(void*, size_t, int, int, int, off_t)>("mmap");
  const int error = descriptor < 0 ? 0 : fault_of("mmap", path_of(descriptor).text).error();
  if (error == 0) return real(address, size, protection, flags, descriptor, offset);
  errno = error;
  return MAP_FAILED;
}

}  // extern "C"

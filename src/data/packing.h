#pragma once
// Values as bytes, for messages between processes of one build on one kind of
// machine. Values are taken out in the order in which they were put in.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/check.h"

namespace lockstep {

class Packer {
 public:
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void put_text(std::string_view text) {
    put(std::uint64_t{text.size()});
    bytes_.append(text);
  }
  template <typename T>
  void put_all(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put_text({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
  }
  void put_texts(const std::vector<std::string>& texts) {
    put(std::uint64_t{texts.size()});
    for (const std::string& text : texts) put_text(text);
  }

  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, cut(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view get_text() { return cut(get<std::uint64_t>()); }
  template <typename T>
  std::vector<T> get_all() {
    const std::string_view bytes = get_text();
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  std::vector<std::string> get_texts() {
    std::vector<std::string> texts(get<std::uint64_t>());
    for (std::string& text : texts) text = get_text();
    return texts;
  }

 private:
  std::string_view cut(std::uint64_t size) {
    check(size <= rest_.size(), "a message holds what is taken out of it");
    const std::string_view front = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return front;
  }

  std::string_view rest_;
};

}  // namespace lockstep

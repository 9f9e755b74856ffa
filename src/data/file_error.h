#pragma once
// Errors that readers report about invalid files.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

// Throws Error(data): "<path>: <what>".
[[noreturn]] void fail_file(const std::filesystem::path& path, std::string_view what);

// "1 byte", "2 bytes"
std::string bytes_text(std::uint64_t n);

// Whether a file begins like an HTML page, which a redirected download leaves:
// white space or a byte order mark, then '<'.
bool looks_like_html(std::span<const std::byte> start);

// Throws Error(data) when a file begins like an HTML page instead of `format`.
void refuse_html(const std::filesystem::path& path, std::span<const std::byte> start,
                 std::string_view format);

// Throws Error(data) with the expected size and "found 46 bytes: 1 byte too few; fetch the
// file again". `what` says what the expected number of bytes is for.
[[noreturn]] void fail_size(const std::filesystem::path& path, std::string_view what,
                            std::uint64_t expected, std::uint64_t found, bool compressed);

}  // namespace lockstep

#pragma once
// What readers say of files that are not what they should be.

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

// Whether the beginning of a file is that of an HTML page, which a download
// leaves when it is redirected: white space or a byte order mark, then '<'.
bool looks_like_html(std::span<const std::byte> start);

// Throws Error(data) when a file begins like a page instead of `format`.
void refuse_html(const std::filesystem::path& path, std::span<const std::byte> start,
                 std::string_view format);

// "found 46 bytes: 1 byte too few; fetch the file again", and what was expected.
// `what` says what the expected number of bytes is for.
[[noreturn]] void fail_size(const std::filesystem::path& path, std::string_view what,
                            std::uint64_t expected, std::uint64_t found, bool compressed);

}  // namespace lockstep

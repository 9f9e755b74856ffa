#include "report/error_file.h"

#include <exception>
#include <string>

#include "base/atomic_file.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "base/run_files.h"

namespace lockstep {

void write_error_file(const std::filesystem::path& run_dir, int rank, std::string_view host,
                      ExitCode code, std::string_view message) noexcept {
  try {
    Json object;
    object["rank"] = rank;
    object["host"] = host;
    object["exit_code"] = static_cast<int>(code);
    object["message"] = message;
    replace_file(run_dir / error_file_name(rank), to_text(object, 2) + "\n");
  } catch (const std::exception&) {  // the message itself is already on stderr
  }
}

std::optional<RecordedError> read_error_file(const std::filesystem::path& run_dir, int rank) {
  const std::optional<std::string> text = read_if_there(run_dir / error_file_name(rank));
  if (!text) return std::nullopt;
  try {
    const Json error = Json::parse(*text);
    return RecordedError{error.at("exit_code").get<int>(), error.at("message").get<std::string>()};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void remove_error_files(const std::filesystem::path& run_dir) {
  for (const auto& entry : std::filesystem::directory_iterator(run_dir)) {
    const std::string name = entry.path().filename().string();
    if (is_error_file_name(name)) remove_file(entry.path());
  }
}

}  // namespace lockstep

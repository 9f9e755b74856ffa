#pragma once
// What tests of launch/local have in common.

#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {

// A copy of the launch scripts whose program has faults on demand.
class LaunchFixture : public ProgramFixture {
 protected:
  LaunchFixture() {
    std::filesystem::create_directories(directory_ / "project/build/release");
    std::filesystem::create_directory(directory_ / "project/launch");
    const std::filesystem::path launch = std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "launch";
    std::filesystem::copy(launch / "local", directory_ / "project/launch/local");
    std::filesystem::copy(launch / "lib", directory_ / "project/launch/lib");
    std::filesystem::create_symlink(LOCKSTEP_WITH_FAULTS,
                                    directory_ / "project/build/release/lockstep");
  }

  [[nodiscard]] ProgramResult local(const std::string& arguments,
                                    const std::string& fault = "") const {
    return run_program(fmt::format("cd {} && LOCKSTEP_FAULT='{}' project/launch/local {}",
                                   directory_.string(), fault, arguments));
  }

  [[nodiscard]] nlohmann::json read_json(const std::string& name) const {
    return nlohmann::json::parse(file(name), nullptr, /*allow_exceptions=*/false);
  }
  [[nodiscard]] nlohmann::json digest(const std::string& run) const {
    return read_json(run + "/summary.json")["weights_digest"];
  }
  [[nodiscard]] std::string state(const std::string& run) const {
    return read_json(run + "/state.json").value("state", "");
  }

  // Whether a process of this test is left; the last one may take a moment to vanish.
  [[nodiscard]] bool leaves_nothing() const {
    for (int tries = 0; tries < 100; ++tries) {
      if (!has_processes()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

 private:
  [[nodiscard]] bool has_processes() const {
    std::error_code error;
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
      const std::filesystem::path folder =
          std::filesystem::read_symlink(process.path() / "cwd", error);
      if (!error && folder == directory_) return true;
    }
    return false;
  }
};

}  // namespace lockstep

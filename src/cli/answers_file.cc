#include "cli/answers_file.h"

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"

namespace lockstep {
namespace {

std::string to_digits(const WrongAnswers& answers) {
  std::string digits;
  digits.reserve(answers.size());
  for (const std::uint8_t wrong : answers) digits += wrong == 0 ? '0' : '1';
  return digits;
}

WrongAnswers from_digits(const std::string& digits) {
  WrongAnswers answers;
  answers.reserve(digits.size());
  for (const char digit : digits) answers.push_back(digit == '0' ? 0 : 1);
  return answers;
}

}  // namespace

void write_answers(const std::filesystem::path& path, const Answers& answers) {
  const nlohmann::json object = {{"train", to_digits(answers.train)},
                                 {"dev", to_digits(answers.dev)}};
  replace_file(path, to_text(object) + "\n");
}

std::optional<Answers> read_answers(const std::filesystem::path& path) {
  std::ifstream file = open_file(path);
  if (!file) return std::nullopt;
  const auto object = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.value("train", nlohmann::json()).is_string() ||
      !object.value("dev", nlohmann::json()).is_string()) {
    throw Error(ExitCode::data, path.string() +
                                    ": not the answers of a run; remove the run's "
                                    "directory to train it again");
  }
  return Answers{from_digits(object["train"].get<std::string>()),
                 from_digits(object["dev"].get<std::string>())};
}

}  // namespace lockstep

#include "comm/agreement.h"

#include <cstdint>
#include <exception>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/host_name.h"

namespace lockstep {

void agree(const Communicator& comm, const std::function<void()>& local_work) {
  auto code = ExitCode::ok;
  std::string message;
  try {
    local_work();
  } catch (...) {
    const Failure failure = failure_of(std::current_exception());
    code = failure.code;
    message = failure.message;
  }
  if (comm.max(static_cast<std::uint64_t>(code)) == 0) return;

  const auto code_word = static_cast<std::uint64_t>(code);
  const auto codes = comm.gather(std::span(&code_word, 1));
  const auto messages = comm.gather_text(message);
  const auto hosts = comm.gather_text(host_name());
  std::uint64_t agreed_code = 0;
  std::string agreed_message;
  if (comm.is_root()) {
    std::size_t first = 0;
    while (codes[first] == 0) ++first;
    agreed_code = codes[first];
    agreed_message = first == 0
                         ? messages[0]
                         : fmt::format("rank {} on {}: {}", first, hosts[first], messages[first]);
  }
  comm.broadcast(agreed_code);
  comm.broadcast(agreed_message);
  throw AgreedError(static_cast<ExitCode>(agreed_code), agreed_message);
}

void require_same(const Communicator& comm, const std::string& text,
                  const std::function<std::string(const std::string& theirs,
                                                  const std::string& root)>& describe) {
  std::string root_text = text;
  comm.broadcast(root_text);
  if (comm.max(text == root_text ? 0 : 1) == 0) return;
  const auto texts = comm.gather_text(text);
  agree(comm, [&] {
    for (std::size_t rank = 1; rank < texts.size(); ++rank) {
      if (texts[rank] == root_text) continue;
      throw Error(ExitCode::usage,
                  fmt::format("rank {} differs: {}", rank, describe(texts[rank], root_text)));
    }
  });
}

}  // namespace lockstep

#include "tests/bench/replay/recording.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/replay/message.hpp"

namespace signet::bench {
namespace {

const std::string kUnknown =
    json_answer("500 Internal Server Error", R"({"errors":[{"message":"the bench does not know this request"}]})");

}  // namespace

Recording::~Recording() {
  disconnect();
}

const std::string& Recording::answer(std::string_view target, std::string_view body) {
  ++counts_.requests;
  key_.assign(target).append(1, '\0').append(body);
  if (const auto found = answers_.find(std::string_view(key_)); found != answers_.end()) return found->second;
  const std::string request = json_post(target, body);
  std::string status, answered;
  // A second attempt, since a subgraph may have closed the connection that was idle.
  const bool known = port_ != 0 && (exchange(request, status, answered) || exchange(request, status, answered));
  if (!known || status != "200") {
    ++counts_.unknown;
    return kUnknown;
  }
  ++counts_.misses;
  return answers_.emplace(key_, json_answer("200 OK", answered)).first->second;
}

bool Recording::connect() {
  if (socket_ >= 0) return true;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  disconnect();
  return false;
}

void Recording::disconnect() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Recording::exchange(std::string_view request, std::string& status, std::string& answer) {
  if (!connect()) return false;
  while (!request.empty()) {
    const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) return disconnect(), false;
    request.remove_prefix(static_cast<size_t>(sent));
  }
  std::string buffer;
  Message message;
  Progress progress = Progress::incomplete;
  while (progress == Progress::incomplete) {
    char piece[1 << 16];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got <= 0) return disconnect(), false;
    buffer.append(piece, static_cast<size_t>(got));
    progress = read_message(buffer, true, message);
  }
  if (progress == Progress::malformed) return disconnect(), false;
  status = second_word(message.start_line);
  answer = message.body;
  return true;
}

}  // namespace signet::bench

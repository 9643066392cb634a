#include "router/http/one_shot.hpp"

#include <fmt/format.h>
#include <utility>

namespace signet::http {

void Gather::head(int status, Headers&& headers) {
  response_.status = status;
  response_.headers = std::move(headers);
}

void Gather::piece(std::string_view bytes) {
  if (overflow_) return;
  if (bytes.size() > body_bytes_max_ - response_.body.size()) {
    overflow_ = true;
    response_.body = {};
    return;
  }
  response_.body += bytes;
}

void Gather::whole(LentText&& body) {
  if (!response_.body.empty() || body.view().size() > body_bytes_max_) return piece(body.view());
  response_.body = std::move(body).take();
}

void Gather::end() {
  if (overflow_) {
    finish(std::unexpected(
        Failure{TransportError::too_large, fmt::format("the body is larger than {} bytes", body_bytes_max_)}));
  } else {
    finish(std::move(response_));
  }
}

void Gather::fail(const Failure& failure) {
  finish(std::unexpected(failure));
}

// The callback is moved out first: it may destroy this sink.
void Collect::finish(Outcome outcome) {
  if (auto done = std::exchange(done_, nullptr)) done(std::move(outcome));
}

}  // namespace signet::http

// OriginFetch: one request to the server of a source, within the caps of step 1 of the gate: no redirects, whole
// answers only, and credentials only to the configured origin.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/app/source_files.hpp"
#include "router/base/clock.hpp"
#include "router/http/one_shot.hpp"
#include "signing/core/refusal.hpp"

namespace signet::app {

/// Threads: the control thread. One request at a time; it ends with the object.
class OriginFetch {
 public:
  struct Target {
    http::Url url;
    http::Headers fields;
    http::Method method = http::Method::get;
    std::string body{};
  };
  struct Caps {
    uint64_t sent_bytes_max, decoded_bytes_max;
  };
  /// An answer with whatever status. Errors: it could not be had.
  using OnAnswer = std::function<void(std::expected<http::Response, signing::Refusal>)>;

  OriginFetch(SourceAuthorities authorities, http::Transport& transport)
      : authorities_(std::move(authorities)), transport_(transport) {}
  ~OriginFetch();

  /// `done` may be called before this returns, and may send the next one.
  void send(Target to, const Caps& caps, SteadyTime deadline, OnAnswer done);

 private:
  std::expected<http::Response, signing::Refusal> judge(const std::string& where, http::Outcome outcome) const;

  SourceAuthorities authorities_;
  http::Transport& transport_;
  std::unique_ptr<http::Collect> sink_;
  std::shared_ptr<http::Exchange> exchange_;
};

/// A URL fit for a log: its query may be a credential.
std::string shown_url(std::string_view url);
/// What an answer with a status that is not wanted comes to. `where`: the URL, as shown.
signing::Refusal refusal_of_status(const std::string& where, const http::Response& answer);

}  // namespace signet::app

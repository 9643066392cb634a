// AdmissionCaller: asks the admission webhook and brings back its answer as evidence.
#pragma once

#include <functional>
#include <memory>

#include "config-schema/config.hpp"
#include "router/http/one_shot.hpp"
#include "router/http/transport.hpp"
#include "router/net/event_loop.hpp"
#include "signing/admission/client.hpp"

namespace signet::app {

/// Threads: the control thread. One call in flight.
class AdmissionCaller {
 public:
  using OnAnswer = std::function<void(signing::Verification<signing::StoredVerdict>)>;

  AdmissionCaller(const config::Admission& config, crypto::SecretBytes secret, net::EventLoop& loop,
                  http::Transport& transport, const Clock& clock);
  ~AdmissionCaller();

  /// Key files were read again.
  void set_secret(const crypto::SecretBytes& secret) { secret_ = secret; }
  /// Errors: the admission_ reasons. `done` runs on the loop, never inside this call.
  void ask(const signing::ReviewRequest& request, OnAnswer done);

 private:
  config::Admission config_;
  crypto::SecretBytes secret_;
  net::EventLoop& loop_;
  http::Transport& transport_;
  const Clock& clock_;
  admission::ReviewCall call_;
  std::unique_ptr<http::Collect> sink_;
  std::shared_ptr<http::Exchange> exchange_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace signet::app

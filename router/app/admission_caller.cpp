#include "router/app/admission_caller.hpp"

#include "router/base/limits.hpp"

namespace signet::app {

AdmissionCaller::AdmissionCaller(const config::Admission& config, crypto::SecretBytes secret, net::EventLoop& loop,
                                 http::Transport& transport, const Clock& clock)
    : config_(config), secret_(std::move(secret)), loop_(loop), transport_(transport), clock_(clock) {}

AdmissionCaller::~AdmissionCaller() {
  *alive_ = false;
  if (exchange_) exchange_->cancel();
}

void AdmissionCaller::ask(const signing::ReviewRequest& review, OnAnswer done) {
  auto url = http::parse_url(config_.url);
  if (!url) {
    loop_.post([done = std::move(done), error = url.error()] {
      done(signing::refuse(signing::Reason::admission_unreachable, "admission.url: " + error));
    });
    return;
  }
  call_ = admission::make_call(review, secret_, clock_.wall());
  http::Request request{
      .to = http::make_destination(
          {.url = std::move(*url), .headers = call_.headers, .response_bytes_max = limits::kAdmissionAnswerBytesMax}),
      .headers = {},
      .body = call_.body,
      // Asking again about the same artifact changes nothing, and the webhook-id makes a repeat visible.
      .idempotent = true};
  sink_ = std::make_unique<http::Collect>(limits::kAdmissionAnswerBytesMax,
                                          [this, alive = alive_, done = std::move(done)](http::Outcome outcome) {
                                            // The sink is on the stack: answer when it has returned.
                                            loop_.post([this, alive, done, outcome = std::move(outcome)] {
                                              if (!*alive) return;
                                              if (outcome) {
                                                done(admission::read_answer(call_, *outcome, clock_.wall()));
                                              } else {
                                                done(std::unexpected(admission::read_failure(outcome.error())));
                                              }
                                            });
                                          });
  exchange_ = transport_.send(std::move(request), clock_.steady() + config_.timeout, *sink_);
}

}  // namespace signet::app

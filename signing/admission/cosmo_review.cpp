#include "signing/admission/cosmo_review.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/utf8.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "signing/admission/config_review.hpp"
#include "signing/admission/cosmo_config.hpp"
#include "signing/core/cosmo.hpp"

namespace signet::admission {
namespace {

std::optional<std::string> text_member(const json::Document& document, std::string_view name) {
  const json::NodeId node = document.find(document.root(), name);
  if (!node.valid() || document.kind(node) != json::Kind::string) return std::nullopt;
  return document.string(node);
}

ServerAnswer answer_with(const CosmoHearing& hearing, ServerAnswer answer, std::string sha256, bool allowed,
                         std::string_view message) {
  answer.log = ReviewLog{.graph = signing::printable(hearing.graph, 128),
                         .environment = signing::printable(hearing.organization, 128),
                         .sha256 = std::move(sha256),
                         .serial = 0,
                         .allowed = allowed,
                         .message = signing::printable(message, kMessageCharactersMax)};
  return answer;
}

// Errors: why the config is not signed.
std::expected<void, std::string> judge_config(const AdmissionPolicy& policy, std::string_view config) {
  if (!is_utf8(config)) return std::unexpected(std::string("the config is not valid UTF-8"));
  const auto urls = cosmo_config_urls(config);
  if (!urls) return std::unexpected(urls.error());
  const size_t subgraphs = count_subgraphs(*urls);
  if (subgraphs > policy.max_subgraphs) {
    return std::unexpected(fmt::format("{} subgraphs; at most {} are allowed", subgraphs, policy.max_subgraphs));
  }
  RuleResult result = judge_urls(policy, *urls);
  if (!result.passed) return std::unexpected(std::move(result.why));
  return {};
}

}  // namespace

std::variant<ServerAnswer, CosmoHearing> hear_cosmo(const CosmoPolicy& policy, const http::Headers& headers,
                                                    std::string_view body) {
  if (body.size() > kReviewBytesMax) {
    return turn_away(413, fmt::format("the body has {} bytes; at most {} are allowed", body.size(), kReviewBytesMax));
  }
  if (!signing::verify_cosmo_webhook(headers, body, policy.webhook_secrets)) {
    return turn_away(401,
                     "X-Cosmo-Signature-256 is missing or wrong; compare the webhook's secret with "
                     "cosmo.webhook_secret_file");
  }
  const auto document = json::Document::parse(body, {.depth_max = 4});
  if (!document) return turn_away(400, "the body is not JSON: " + document.error().message);
  const auto text = text_member(*document, "privateConfigUrl");
  auto organization = text_member(*document, "organizationId"), graph = text_member(*document, "federatedGraphId");
  if (!text || !organization || !graph) {
    return turn_away(400, "privateConfigUrl, organizationId and federatedGraphId have to be strings");
  }
  auto url = http::parse_url(*text);
  if (!url) return turn_away(400, "privateConfigUrl: " + url.error());
  const bool listed = url->scheme != http::Scheme::unix_socket &&
                      std::ranges::find(policy.origins, url->origin()) != policy.origins.end();
  if (!listed) return turn_away(400, "privateConfigUrl is not at an origin that cosmo.origins lists");
  return CosmoHearing{std::move(*url), std::move(*organization), std::move(*graph)};
}

ServerAnswer decide_cosmo(const CosmoPolicy& policy, const CosmoHearing& hearing, const Fetched& config) {
  std::string problem;
  if (!config) {
    problem = "the config could not be fetched: " + config.error();
  } else if (const auto judged = judge_config(policy.policy, *config); !judged) {
    problem = judged.error();
  }
  std::string sha256 = config ? crypto::sha256_hex(*config) : std::string();
  if (!problem.empty()) {
    problem = signing::printable(problem, kMessageCharactersMax);
    return answer_with(hearing, turn_away(400, problem), std::move(sha256), false, problem);
  }
  std::string body;
  json::Writer(body)
      .begin_object()
      .key("signatureSha256")
      .value(signing::cosmo_body_signature(*config, policy.sign_key))
      .end_object();
  return answer_with(hearing, {.response = json_response(200, std::move(body)), .log = std::nullopt}, std::move(sha256),
                     true, "allowed by policy");
}

}  // namespace signet::admission

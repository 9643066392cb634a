#include "signing/admission/config_review.hpp"

#include <fmt/format.h>

#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::admission {
namespace {

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

bool read_text(const json::Document& document, json::NodeId object, std::string_view name, std::string& out) {
  const json::NodeId node = document.find(object, name);
  if (!node.valid() || document.kind(node) != json::Kind::string) return false;
  out = document.string(node);
  return true;
}

std::expected<void, std::string> read_subgraphs(const json::Document& document, json::NodeId request, Review& out) {
  const json::NodeId list = document.find(request, "subgraphs");
  if (!list.valid() || document.kind(list) != json::Kind::array) return bad("subgraphs is not an array");
  if (document.size(list) > signing::kSubgraphsMax) {
    return bad(
        fmt::format("subgraphs has {} entries; at most {} are allowed", document.size(list), signing::kSubgraphsMax));
  }
  for (json::NodeId item : document.items(list)) {
    signing::Subgraph subgraph;
    if (!read_text(document, item, "name", subgraph.name) || !read_text(document, item, "url", subgraph.url)) {
      return bad("a subgraph has no name or no url");
    }
    const json::NodeId subscription = document.find(item, "subscriptionUrl");
    const bool given = subscription.valid() && !document.is_null(subscription);
    if (given && !read_text(document, item, "subscriptionUrl", subgraph.subscription_url)) {
      return bad("a subgraph's subscriptionUrl is not a string");
    }
    out.subgraphs.push_back(std::move(subgraph));
  }
  return {};
}

}  // namespace

std::string print_review(const signing::ReviewRequest& request) {
  const signing::Statement& statement = request.statement;
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("apiVersion").value(kApiVersion).key("kind").value(kKind).key("request").begin_object();
  writer.key("uid").value(request.uid);
  writer.key("artifact").value(signing::to_text(statement.artifact));
  writer.key("graph").value(statement.graph);
  writer.key("environment").value(statement.environment);
  writer.key("serial").value(statement.serial);
  writer.key("previous").value(statement.previous);
  writer.key("sha256").value(statement.sha256);
  writer.key("source").value(signing::to_text(request.source));
  writer.key("signedBy").begin_array();
  for (const signing::Signer& signer : request.signed_by) {
    writer.begin_object().key("kid").value(signer.kid).key("role").value(signing::to_text(signer.role)).end_object();
  }
  writer.end_array().key("subgraphs").begin_array();
  for (const signing::Subgraph& subgraph : request.subgraphs) {
    writer.begin_object().key("name").value(subgraph.name).key("url").value(subgraph.url);
    if (!subgraph.subscription_url.empty()) writer.key("subscriptionUrl").value(subgraph.subscription_url);
    writer.end_object();
  }
  writer.end_array().key("statement").raw(request.jws).end_object().end_object();
  return out;
}

std::expected<Review, std::string> parse_review(std::string_view body) {
  const auto document = json::Document::parse(body, {.depth_max = 16});
  if (!document) return bad("the body is not JSON: " + document.error().message);
  std::string version, kind;
  if (!read_text(*document, document->root(), "apiVersion", version) || version != kApiVersion ||
      !read_text(*document, document->root(), "kind", kind) || kind != kKind) {
    return bad("the body is no ConfigReview of admission.signet.dev/v1");
  }
  const json::NodeId request = document->find(document->root(), "request");
  if (!request.valid() || document->kind(request) != json::Kind::object) return bad("request is not an object");
  Review review;
  const bool texts =
      read_text(*document, request, "uid", review.uid) && read_text(*document, request, "artifact", review.artifact) &&
      read_text(*document, request, "graph", review.graph) &&
      read_text(*document, request, "environment", review.environment) &&
      read_text(*document, request, "previous", review.previous) &&
      read_text(*document, request, "sha256", review.sha256) && read_text(*document, request, "source", review.source);
  if (!texts || review.uid.empty() || review.uid.size() > 128) return bad("the request lacks a member");
  const json::NodeId serial_node = document->find(request, "serial");
  const auto serial = serial_node.valid() ? document->integer(serial_node) : std::nullopt;
  if (!serial || *serial < 1) return bad("serial is not a positive integer");
  review.serial = static_cast<uint64_t>(*serial);
  if (auto good = read_subgraphs(*document, request, review); !good) return bad(std::move(good).error());
  const json::NodeId statement = document->find(request, "statement");
  if (!statement.valid() || document->kind(statement) != json::Kind::object) return bad("statement is not an object");
  review.statement = std::string(document->raw(statement));
  return review;
}

std::string print_answer(const ReviewAnswer& answer) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("response").begin_object();
  writer.key("uid").value(answer.uid);
  writer.key("allowed").value(answer.allowed);
  writer.key("sha256").value(answer.sha256);
  writer.key("status").begin_object();
  writer.key("message").value(signing::printable(answer.message, kMessageCharactersMax)).end_object();
  if (answer.approval) writer.key("approval").raw(signing::print_jws_signature(*answer.approval));
  if (answer.min_serial > 0) writer.key("minSerial").value(answer.min_serial);
  writer.end_object().end_object();
  return out;
}

}  // namespace signet::admission

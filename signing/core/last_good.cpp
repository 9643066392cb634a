#include "signing/core/last_good.hpp"

#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/crypto/crypto.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"

namespace signet::signing {
namespace {

constexpr std::string_view kMagic = "signet-last-good 1 ";
constexpr size_t kHeaderBytesMax = 8192;

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

/// The parts behind the header, cut off one after the other.
class Parts {
 public:
  Parts(const json::Document& header, std::string_view bytes) : header_(header), rest_(bytes) {}

  bool take(json::NodeId object, std::string_view name, size_t bytes_max, std::string& out) {
    const json::NodeId node = header_.find(object, name);
    const auto size = node.valid() ? header_.integer(node) : std::nullopt;
    if (!size || *size < 0 || static_cast<uint64_t>(*size) > bytes_max) return false;
    const auto bytes = static_cast<size_t>(*size);
    if (bytes > rest_.size()) return false;
    out = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return true;
  }
  bool text(json::NodeId object, std::string_view name, std::string& out) const {
    const json::NodeId node = header_.find(object, name);
    if (!node.valid() || header_.kind(node) != json::Kind::string) return false;
    out = header_.string(node);
    return true;
  }
  bool done() const { return rest_.empty(); }

 private:
  const json::Document& header_;
  std::string_view rest_;
};

}  // namespace

std::string print_last_good(const Artifact& artifact) {
  std::string rest;
  json::Writer writer(rest);
  writer.begin_object();
  if (artifact.body_signature) {
    writer.key("body_signature").value(artifact.body_signature->values.front());
  } else {
    writer.key("statement").value(artifact.jws.size());
  }
  writer.key("artifact").value(artifact.stored->size());
  writer.key("verdict");
  if (artifact.verdict) {
    writer.begin_object();
    writer.key("uid").value(artifact.verdict->uid);
    writer.key("body").value(artifact.verdict->body.size());
    writer.key("id").value(artifact.verdict->signature.id);
    writer.key("timestamp").value(artifact.verdict->signature.timestamp);
    writer.key("signature").value(artifact.verdict->signature.signature);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.end_object();
  rest += '\n';
  rest += artifact.jws;
  rest += *artifact.stored;
  if (artifact.verdict) rest += artifact.verdict->body;
  return fmt::format("{}{}\n{}", kMagic, crypto::sha256_hex(rest), rest);
}

std::expected<Candidate, std::string> parse_last_good(std::string_view file) {
  const size_t first_line = file.find('\n');
  if (!file.starts_with(kMagic) || first_line == std::string_view::npos) return bad("this is no last-good copy");
  const std::string_view rest = file.substr(first_line + 1);
  if (file.substr(kMagic.size(), first_line - kMagic.size()) != crypto::sha256_hex(rest)) {
    return bad("the last-good copy is damaged: its digest does not fit");
  }
  const size_t header_size = rest.substr(0, kHeaderBytesMax).find('\n');
  if (header_size == std::string_view::npos) return bad("the last-good copy has no header");
  const auto header = json::Document::parse(rest.substr(0, header_size), {.depth_max = 2});
  if (!header) return bad("the last-good copy's header is not JSON");
  Parts parts(*header, rest.substr(header_size + 1));
  Candidate candidate;
  candidate.source = SourceKind::last_good;
  std::string artifact, body_signature;
  const bool bare = parts.text(header->root(), "body_signature", body_signature);
  if (bare) candidate.body_signature = BodySignature{{std::move(body_signature)}};
  if ((!bare && !parts.take(header->root(), "statement", limits::kStatementBytesMax, candidate.statement)) ||
      !parts.take(header->root(), "artifact", limits::kArtifactBytesMax, artifact)) {
    return bad("the last-good copy's sizes do not fit its bytes");
  }
  candidate.artifact = std::make_shared<const std::string>(std::move(artifact));
  const json::NodeId verdict = header->find(header->root(), "verdict");
  if (verdict.valid() && header->kind(verdict) == json::Kind::object) {
    StoredVerdict stored;
    const bool good = parts.text(verdict, "uid", stored.uid) && parts.text(verdict, "id", stored.signature.id) &&
                      parts.text(verdict, "timestamp", stored.signature.timestamp) &&
                      parts.text(verdict, "signature", stored.signature.signature) &&
                      parts.take(verdict, "body", limits::kAdmissionAnswerBytesMax, stored.body);
    if (!good) return bad("the last-good copy's verdict is not complete");
    candidate.verdict = std::move(stored);
  }
  if (!parts.done()) return bad("the last-good copy has bytes after its end");
  return candidate;
}

}  // namespace signet::signing

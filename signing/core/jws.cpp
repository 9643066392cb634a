#include "signing/core/jws.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"

namespace signet::signing {
namespace {

constexpr size_t kProtectedBytesMax = 512;
constexpr size_t kHmacBytes = 32;
constexpr size_t kEd25519Bytes = 64;

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

// The string member `name`, or nothing.
std::optional<std::string> text_of(const json::Document& document, json::NodeId object, std::string_view name) {
  const json::NodeId node = document.find(object, name);
  if (!node || document.kind(node) != json::Kind::string) return std::nullopt;
  return document.string(node);
}

bool is_object_of(const json::Document& document, json::NodeId node, size_t members) {
  return document.kind(node) == json::Kind::object && document.size(node) == members;
}

std::expected<void, std::string> read_header(std::string_view json, JwsSignature& out) {
  const auto document = json::Document::parse(json, {.depth_max = 1});
  if (!document) return bad("a protected header is not JSON: " + document.error().message);
  if (!is_object_of(*document, document->root(), 3))
    return bad("a protected header does not hold exactly typ, alg, kid");
  const auto typ = text_of(*document, document->root(), "typ");
  const auto alg = text_of(*document, document->root(), "alg");
  const auto kid = text_of(*document, document->root(), "kid");
  if (!typ || !alg || !kid) return bad("a protected header does not hold exactly typ, alg, kid as strings");
  if (*typ != kStatementType) return bad("a protected header's typ is not signet.statement.v1");
  if (!parse_algorithm(*alg)) return bad("a protected header's alg is neither HS256 nor Ed25519");
  if (!is_plain_name(*kid)) return bad("a protected header's kid is not a plain name");
  out.alg = *alg;
  out.kid = *kid;
  return {};
}

std::expected<JwsSignature, std::string> read_signature(const json::Document& document, json::NodeId node) {
  if (!is_object_of(document, node, 2)) return bad("a signature does not hold exactly protected and signature");
  const auto header = text_of(document, node, "protected");
  const auto signature = text_of(document, node, "signature");
  if (!header || !signature) return bad("a signature does not hold exactly protected and signature as strings");
  if (header->size() > kProtectedBytesMax) return bad("a protected header is longer than 512 bytes");
  const auto header_json = base64url_decode(*header);
  const auto bytes = base64url_decode(*signature);
  if (!header_json || !bytes) return bad("protected or signature is not canonical base64url without padding");
  JwsSignature out{.protected_text = *header, .kid = {}, .alg = {}, .signature = *bytes};
  if (auto good = read_header(as_text(*header_json), out); !good) return bad(std::move(good).error());
  const size_t expected = parse_algorithm(out.alg) == Algorithm::hs256 ? kHmacBytes : kEd25519Bytes;
  if (bytes->size() != expected) {
    return bad(fmt::format("a signature has {} bytes; {} has {}", bytes->size(), out.alg, expected));
  }
  return out;
}

void write_signature(json::Writer& writer, const JwsSignature& signature) {
  writer.begin_object();
  writer.key("protected").value(signature.protected_text);
  writer.key("signature").value(base64url_encode(signature.signature));
  writer.end_object();
}

}  // namespace

bool JwsSignature::verify(std::string_view payload_text, const VerificationKey& key) const {
  const std::string input = fmt::format("{}.{}", protected_text, payload_text);
  const bool good = key.verify(as_bytes(input), signature);
  return parse_algorithm(alg) == key.algorithm() && kid == key.kid && good;
}

std::expected<Jws, std::string> parse_jws(std::string_view text) {
  if (text.size() > limits::kStatementBytesMax) {
    return bad(fmt::format("the JWS has {} bytes; at most {} are allowed", text.size(), limits::kStatementBytesMax));
  }
  const auto document = json::Document::parse(text, {.depth_max = 4});
  if (!document) return bad("the JWS is not JSON: " + document.error().message);
  const json::NodeId root = document->root();
  if (!is_object_of(*document, root, 2)) return bad("the JWS does not hold exactly payload and signatures");
  auto payload_text = text_of(*document, root, "payload");
  const json::NodeId list = document->find(root, "signatures");
  if (!payload_text || !list || document->kind(list) != json::Kind::array) {
    return bad("the JWS does not hold exactly a payload string and a signatures array");
  }
  const auto payload = base64url_decode(*payload_text);
  if (!payload) return bad("the payload is not canonical base64url without padding");
  if (document->size(list) == 0 || document->size(list) > kSignaturesMax) {
    return bad(fmt::format("the JWS has {} signatures; 1 to {} are allowed", document->size(list), kSignaturesMax));
  }
  Jws jws{.payload_text = std::move(*payload_text), .payload = std::string(as_text(*payload)), .signatures = {}};
  for (json::NodeId item : document->items(list)) {
    auto signature = read_signature(*document, item);
    if (!signature) return bad(std::move(signature).error());
    const bool twice =
        std::ranges::any_of(jws.signatures, [&](const JwsSignature& other) { return other.kid == signature->kid; });
    if (twice) return bad("the JWS has two signatures by one kid");
    jws.signatures.push_back(std::move(*signature));
  }
  return jws;
}

std::expected<JwsSignature, std::string> parse_jws_signature(std::string_view text) {
  const auto document = json::Document::parse(text, {.depth_max = 2});
  if (!document) return bad("the signature is not JSON: " + document.error().message);
  return read_signature(*document, document->root());
}

JwsSignature sign_jws(std::string_view payload_text, const SigningKey& key) {
  std::string header;
  json::Writer writer(header);
  writer.begin_object();
  writer.key("typ").value(kStatementType).key("alg").value(to_text(key.algorithm())).key("kid").value(key.kid);
  writer.end_object();
  JwsSignature out{.protected_text = base64url_encode(as_bytes(header)),
                   .kid = key.kid,
                   .alg = std::string(to_text(key.algorithm())),
                   .signature = {}};
  out.signature = key.sign(as_bytes(fmt::format("{}.{}", out.protected_text, payload_text)));
  return out;
}

Jws make_jws(std::string_view payload, const SigningKey& key) {
  Jws jws{.payload_text = base64url_encode(as_bytes(payload)), .payload = std::string(payload), .signatures = {}};
  jws.signatures.push_back(sign_jws(jws.payload_text, key));
  return jws;
}

std::expected<void, std::string> add_signature(Jws& jws, const SigningKey& key) {
  std::erase_if(jws.signatures, [&](const JwsSignature& signature) { return signature.kid == key.kid; });
  if (jws.signatures.size() >= kSignaturesMax) {
    return bad(fmt::format("the statement has {} signatures already; no more are allowed", kSignaturesMax));
  }
  jws.signatures.push_back(sign_jws(jws.payload_text, key));
  return {};
}

std::string print_jws(const Jws& jws) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("payload").value(jws.payload_text).key("signatures").begin_array();
  for (const JwsSignature& signature : jws.signatures) write_signature(writer, signature);
  writer.end_array().end_object();
  return out;
}

std::string print_jws_signature(const JwsSignature& signature) {
  std::string out;
  json::Writer writer(out);
  write_signature(writer, signature);
  return out;
}

}  // namespace signet::signing

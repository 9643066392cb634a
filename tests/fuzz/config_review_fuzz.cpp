// Requests and answers of the admission webhook never crash, and no answer without proof is a yes.
#include <string_view>

#include "router/base/check.hpp"
#include "signing/admission/config_review.hpp"
#include "signing/core/verdict.hpp"

using namespace signet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)admission::parse_review(text);
  static const signing::Jws jws{.payload_text = "e30", .payload = "{}", .signatures = {}};
  static const signing::Statement statement{
      .graph = "shop", .environment = "production", .previous = {}, .sha256 = std::string(64, 'a')};
  static const signing::TrustPolicy trust;
  static const std::vector<crypto::SecretBytes> secrets{crypto::SecretBytes(crypto::sha256("secret"))};
  static const std::string uid = crypto::sha256_hex("{}").substr(0, 32) + "-1";
  const signing::StoredVerdict verdict{
      .uid = uid, .body = std::string(text), .signature = {.id = "msg_1", .timestamp = "1", .signature = "v1,AAAA"}};
  SIGNET_CHECK(!signing::verify_verdict(
      verdict, {.jws = jws, .statement = statement, .trust = trust, .webhook_secrets = secrets}));
  return 0;
}

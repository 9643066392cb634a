#include "signing/core/cosmo.hpp"

#include <gtest/gtest.h>

namespace signet::signing {
namespace {

// field-reports no. 4: CRLF, an escaped and a raw non-ASCII character, an integer above 2^63, a final LF.
const std::string kBody(
    as_text(*hex_decode("7b202276223a20302e302c0d0a20226e616d65223a20226361665c7530306539222c2022656d6f"
                        "6a69223a2022f09f988a222c20226e223a20313233343536373839303132333435363738393020"
                        "7d0a")));

std::vector<crypto::SecretBytes> keys() {
  Bytes key;
  for (uint8_t i = 0; i < 32; ++i) key.push_back(i);
  return {crypto::SecretBytes(key)};
}

bool verify(const std::vector<std::string>& values, std::string_view body = kBody) {
  const std::vector<CosmoKey> known{
      {.kid = "other", .secret = crypto::SecretBytes(Bytes(32, 7)), .not_before = {}, .not_after = {}},
      {.kid = "cosmo", .secret = keys()[0], .not_before = {}, .not_after = {}}};
  const CosmoKey* signer = find_signer({values}, body, known);
  if (signer != nullptr) EXPECT_EQ(signer->kid, "cosmo");
  return signer != nullptr;
}

TEST(Cosmo, TheMacIsOverTheBytesInOneSpelling) {  // C2, field-reports no. 4
  EXPECT_EQ(crypto::sha256_hex(kBody), "bcfc6438346529fa508dedb8d86b869f65315a7608dc4c1b89fa984bba108e38");
  const std::string good = "jmwf/4HojdHnsfiu5MMp+tjA9MryrtgDbTDRcVfKghU=";
  EXPECT_EQ(cosmo_body_signature(kBody, keys()[0]), good);
  EXPECT_TRUE(verify({good}));
  for (const std::string bad :
       {"jmwf_4HojdHnsfiu5MMp-tjA9MryrtgDbTDRcVfKghU=", "jmwf/4HojdHnsfiu5MMp+tjA9MryrtgDbTDRcVfKghU",
        "jmwf/4HojdHnsfiu5MMp+tjA9MryrtgDbTDRcVfKghV=", "jmwf/4hojdhnsfiu5mmp+tja9mryrtgdbtdrcvfkghu=",
        "sha256=jmwf/4HojdHnsfiu5MMp+tjA9MryrtgDbTDRcVfKghU=", "h7s43Hm7QXZltdozP0UKl+MDiZc9AsopxA+Slml41ug=",
        "8LbSnt15D1oKC2HMglZrbvTm5uWaWK8rx5nshPZKvNc=", "", " jmwf/4HojdHnsfiu5MMp+tjA9MryrtgDbTDRcVfKghU="}) {
    EXPECT_FALSE(verify({bad})) << bad;
  }
  EXPECT_FALSE(verify({"x", good}));
  EXPECT_FALSE(verify({good, good}));
  EXPECT_FALSE(verify({}));
  EXPECT_FALSE(verify({good}, kBody.substr(0, kBody.size() - 1)));
}

TEST(Cosmo, WebhooksCarryHex) {
  http::Headers headers;
  const std::string mac = hex_encode(crypto::hmac_sha256(keys()[0].view(), as_bytes(kBody)));
  headers.set("X-Cosmo-Signature-256", mac);
  EXPECT_TRUE(verify_cosmo_webhook(headers, kBody, keys()));
  headers.set("X-Cosmo-Signature-256", "A" + mac.substr(1));
  EXPECT_FALSE(verify_cosmo_webhook(headers, kBody, keys()));
  EXPECT_FALSE(verify_cosmo_webhook({}, kBody, keys()));
}

}  // namespace
}  // namespace signet::signing

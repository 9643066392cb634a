#include "router/base/encoding.hpp"

#include <gtest/gtest.h>

namespace signet {
namespace {

// Spec: RFC 4648 §10, the test vectors.
TEST(Encoding, Rfc4648Vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (auto [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    auto decoded = base64_decode(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(as_text(*decoded), plain);
  }
}

TEST(Encoding, RefusesEverySpellingButTheCanonicalOne) {
  for (std::string_view bad : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8 ", " Zm8=", "Zm8=\n", "Zm-_", "Z", "===="}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
  for (std::string_view bad : {"Zg==", "Zh", "Zm9", "Zm+/", "Z", "Zg "}) EXPECT_FALSE(base64url_decode(bad)) << bad;
  EXPECT_TRUE(base64url_decode("Zm-_"));
}

TEST(Encoding, HexIsLowerCaseAndEven) {
  EXPECT_EQ(hex_encode(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(hex_decode("00abff"), (Bytes{0x00, 0xab, 0xff}));
  for (std::string_view bad : {"0", "0g", "AB", "0x", " 0"}) EXPECT_FALSE(hex_decode(bad)) << bad;
}

}  // namespace
}  // namespace signet

// What Cosmo's CDN is asked for, and what becomes of its answers. The token's claims are in its second part, as JSON in
// base64url: {"organization_id":"org-1","federated_graph_id":"graph_2","aud":"cosmo:graph-key"}.
#include <gtest/gtest.h>

#include "router/app/artifact_source.hpp"
#include "router/base/limits.hpp"
#include "router/base/units.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/manual_clock.hpp"

namespace signet::app {
namespace {

using signing::Reason;

const std::string kToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJvcmdhbml6YXRpb25faWQiOiJvcmctMSIsImZlZGVyYXRlZF9ncmFwaF9pZCI6ImdyYXBoXzIiLCJhdWQiOiJjb3NtbzpncmFwaC1rZXkifQ."
    "c2lnbmF0dXJl";

class CosmoSourceTest : public testing::Test {
 protected:
  std::unique_ptr<BodySource> source(const std::string& token = kToken) {
    config::CdnSource cdn;
    cdn.url = "https://cdn.test/base/";
    cdn.token = token;
    return *make_cosmo_source(cdn, {"graph.source", signing::SourceKind::cdn, transport, clock});
  }
  http::Request ask(BodySource& of, const std::string& version, int status, std::string_view body = {},
                    const http::Headers& headers = {}) {
    of.fetch_body(version, [this](BodySource::FetchedBody got) { fetched = std::move(got); });
    return transport.answer(status, body, headers);
  }
  Reason refused(const std::string& version, int status, std::string_view part, const http::Headers& headers = {}) {
    const auto cdn = source();
    ask(*cdn, version, status, {}, headers);
    if (fetched) ADD_FAILURE() << "status " << status << " is not refused";
    if (fetched) return Reason::build;
    EXPECT_NE(fetched.error().detail.find(part), std::string::npos) << fetched.error().detail;
    EXPECT_EQ(fetched.error().detail.find("c2lnbmF0dXJl"), std::string::npos);
    return fetched.error().reason;
  }

  testing_support::ManualClock clock{*parse_timestamp("2026-11-25T10:00:00Z")};
  testing_support::FakeTransport transport;
  BodySource::FetchedBody fetched;
};

TEST_F(CosmoSourceTest, AsksAsCosmosRouterDoes) {
  const auto cdn = source();
  http::Headers headers;
  headers.add("X-Signature-SHA256", "c2ln");
  const http::Request request = ask(*cdn, "7a1f", 200, "{}", headers);
  EXPECT_EQ(request.to->method, http::Method::post);
  EXPECT_EQ(request.to->url.text(), "https://cdn.test/base/org-1/graph_2/routerconfigs/latest.json");
  EXPECT_EQ(request.to->headers.get("authorization"), "Bearer " + kToken);
  EXPECT_EQ(request.to->headers.get("content-type"), "application/json; charset=UTF-8");
  EXPECT_EQ(request.to->headers.get("accept-encoding"), "gzip");
  EXPECT_EQ(request.body, R"({"version":"7a1f"})");
  EXPECT_EQ(request.to->response_bytes_max, limits::kArtifactWireBytesMax);
  EXPECT_EQ(request.to->decoded_bytes_max, limits::kArtifactBytesMax);
  ASSERT_TRUE(fetched && *fetched);
  EXPECT_EQ((*fetched)->body, "{}");
  EXPECT_EQ((*fetched)->signature.values, std::vector<std::string>{"c2ln"});
}

TEST_F(CosmoSourceTest, C2EveryFieldIsHandedOnAsItStood) {
  const auto cdn = source();
  http::Headers headers;
  headers.add("x-signature-sha256", "a");
  headers.add("X-SIGNATURE-SHA256", "b");
  ask(*cdn, "", 200, "{}", headers);
  EXPECT_EQ((*fetched)->signature.values, (std::vector<std::string>{"a", "b"}));
  ask(*cdn, "", 200, "{}");
  EXPECT_TRUE((*fetched)->signature.values.empty());
}

TEST_F(CosmoSourceTest, C6NotModifiedIsAnAnswerToAVersionOnly) {
  const auto cdn = source();
  EXPECT_EQ(ask(*cdn, "7a1f", 304).body, R"({"version":"7a1f"})");
  ASSERT_TRUE(fetched);
  EXPECT_FALSE(*fetched);
  EXPECT_EQ(refused("", 304, "status 304, and it was not asked about a version"), Reason::fetch_status);
}

TEST_F(CosmoSourceTest, OtherAnswersAreRefused) {
  EXPECT_EQ(refused("v", 401, "does not take the token"), Reason::fetch_status);
  EXPECT_EQ(refused("v", 403, "does not take the token"), Reason::fetch_status);
  EXPECT_EQ(refused("v", 400, "not one of this graph"), Reason::fetch_status);
  EXPECT_EQ(refused("v", 404, "nothing is published"), Reason::fetch_status);
  EXPECT_EQ(refused("v", 204, "status 204"), Reason::fetch_status);
  EXPECT_EQ(refused("v", 503, "status 503"), Reason::fetch_unavailable);
  EXPECT_EQ(refused("v", 200, "the body is empty"), Reason::fetch_empty);
  http::Headers elsewhere;
  elsewhere.add("Location", "https://evil.test/x?token=1");
  EXPECT_EQ(refused("v", 307, "to https://evil.test/x", elsewhere), Reason::fetch_redirect);
}

TEST_F(CosmoSourceTest, C16ARotatedTokenIsUsed) {
  const auto cdn = source();
  config::Source other;
  other.cdn.emplace();
  other.cdn->token = "e30.eyJvcmdhbml6YXRpb25faWQiOiJvIiwiZmVkZXJhdGVkX2dyYXBoX2lkIjoiZyJ9.eA";  // "o" and "g"
  cdn->reconfigure(other);
  EXPECT_EQ(ask(*cdn, "", 200, "{}").to->url.text(), "https://cdn.test/base/o/g/routerconfigs/latest.json");
}

}  // namespace
}  // namespace signet::app

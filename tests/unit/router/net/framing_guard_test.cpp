// The table of attacks-and-faults §3-H, row by row: what Beast 1.81 would accept and what must come out.
#include "router/net/framing_guard.hpp"

#include <gtest/gtest.h>

namespace signet::net {
namespace {

constexpr std::string_view kHost = "Host: a.test\r\n";

std::string head(std::string_view fields, std::string_view request_line = "POST /graphql HTTP/1.1") {
  return std::string(request_line) + "\r\n" + std::string(kHost) + std::string(fields) + "\r\n";
}

std::expected<Framing, FramingRefusal> check_request_head(std::string_view bytes) {
  return HeadGuard(HeadGuard::Kind::request).check(bytes);
}

std::expected<Framing, FramingRefusal> check_response_head(std::string_view bytes) {
  return HeadGuard(HeadGuard::Kind::response).check(bytes);
}

int status_of(std::string_view bytes) {
  const auto framing = check_request_head(bytes);
  return framing ? (framing->head_bytes > 0 ? 200 : 0) : framing.error().status;
}

TEST(FramingGuard, AcceptsOrdinaryHeads) {
  const auto framing = check_request_head(head("Content-Length: 25\r\nConnection: keep-alive\r\n") + "body");
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->content_length, 25u);
  EXPECT_TRUE(framing->keep_alive);
  EXPECT_EQ(framing->head_bytes, head("Content-Length: 25\r\nConnection: keep-alive\r\n").size());
  const auto chunked = check_request_head(head("Transfer-Encoding: Chunked\r\n"));
  ASSERT_TRUE(chunked);
  EXPECT_TRUE(chunked->chunked);
  EXPECT_EQ(status_of("GET http://a.test/graphql?query=x HTTP/1.1\r\nHost: a.test\r\n\r\n"), 200);
  EXPECT_EQ(status_of("OPTIONS * HTTP/1.1\r\nHost: a.test:4000\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a.test:65535\r\n\r\n"), 200);
}

struct Row {
  std::string_view name;
  std::string bytes;
  int status;
};

std::vector<Row> rows() {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "a:b\r\n";
  return {
      {"te_unknown", head("Transfer-Encoding: xchunked\r\n"), 501},
      {"te_chunked_identity", head("Transfer-Encoding: chunked, identity\r\n"), 501},
      {"te_quoted", head("Transfer-Encoding: \"chunked\"\r\n"), 501},
      {"te_identity_cl", head("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"), 400},
      {"te_gzip_chunked", head("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"te_parameter", head("Transfer-Encoding: chunked;foo=1\r\n"), 400},
      {"te_folded", head("Transfer-Encoding:\r\n chunked\r\n"), 501},
      {"te_http_1_0", head("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), 400},
      {"te_twice", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"te_and_cl", head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {"cl_and_te", head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"cl_twice_equal", head("Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
      {"cl_list", head("Content-Length: 3, 3\r\n"), 400},
      {"cl_sign", head("Content-Length: +3\r\n"), 400},
      {"cl_leading_zero", head("Content-Length: 03\r\n"), 400},
      {"cl_hex", head("Content-Length: 0x3\r\n"), 400},
      {"cl_empty", head("Content-Length:\r\n"), 400},
      {"cl_huge", head("Content-Length: 99999999999\r\n"), 400},
      {"no_host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two_hosts", head("Host: b.test\r\n"), 400},
      {"bad_host", "GET / HTTP/1.1\r\nHost: a b@c/d\r\n\r\n", 400},
      {"bad_port", "GET / HTTP/1.1\r\nHost: a.test:65536\r\n\r\n", 400},
      {"no_port", "GET / HTTP/1.1\r\nHost: a.test:8o\r\n\r\n", 400},
      {"absolute_form_other_host", "GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", 400},
      {"utf8_in_target", head("", "GET /\xC3\xA9 HTTP/1.1"), 400},
      {"fragment_in_target", head("", "GET /a#b HTTP/1.1"), 400},
      {"headers_500", head(many), 431},
      {"folded_field", head("X-A: b\r\n c\r\n"), 400},
      {"space_before_colon", head("X-A : b\r\n"), 400},
      {"no_colon", head("X-A\r\n"), 400},
      {"nul_in_value", head(std::string("X-A: b\0c\r\n", 10)), 400},
      {"bare_lf", "GET / HTTP/1.1\nHost: a.test\n\n", 400},
      {"bare_cr", head("X-A: b\rc\r\n"), 400},
      {"two_spaces", head("", "GET  / HTTP/1.1"), 400},
      {"http_1_2", head("", "GET / HTTP/1.2"), 400},
      {"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"connect", head("", "CONNECT a.test:443 HTTP/1.1"), 405},
      {"authority_form", head("", "GET a.test HTTP/1.1"), 400},
      {"star_for_get", head("", "GET * HTTP/1.1"), 400},
      {"leading_empty_line", "\r\n" + head(""), 400},
      {"expect_other", head("Expect: foo\r\n"), 417},
      {"connection_names_end_to_end_field", head("Connection: close, authorization\r\n"), 400},
      {"target_17_KiB", head("", "GET /" + std::string(17 << 10, 'a') + " HTTP/1.1"), 414},
      {"target_endless", "GET /" + std::string(40 << 10, 'a'), 414},
      {"fields_70_KiB", head("X: " + std::string(70 << 10, 'a') + "\r\n"), 431},
      {"field_endless", "GET / HTTP/1.1\r\nX: " + std::string(70 << 10, 'a'), 431},
  };
}

TEST(FramingGuard, EveryRowOfTheTable) {
  for (const Row& row : rows()) EXPECT_EQ(status_of(row.bytes), row.status) << row.name;
}

TEST(FramingGuard, LimitsAdmitWhatTheyPromise) {
  EXPECT_EQ(status_of(head("", "GET /" + std::string(15 << 10, 'a') + " HTTP/1.1")), 200);
  EXPECT_EQ(status_of(head("Cookie: " + std::string(32 << 10, 'a') + "\r\n")), 200);
  std::string ninety_nine;
  for (int i = 0; i < 99; ++i) ninety_nine += "a:b\r\n";
  EXPECT_EQ(status_of(head(ninety_nine)), 200);  // Host is the hundredth
  EXPECT_EQ(status_of(head(ninety_nine + "a:b\r\n")), 431);
}

// A prefix of a good head is never refused, and never taken for a whole one.
TEST(FramingGuard, EveryPrefixWaits) {
  const std::string whole = head("Content-Length: 3\r\nX-Long: some value\r\n");
  for (size_t n = 0; n < whole.size(); ++n) EXPECT_EQ(status_of(whole.substr(0, n)), 0) << n;
}

// The verdict does not depend on the pieces in which a head comes.
TEST(FramingGuard, BytesOneByOneGetTheSameVerdict) {
  for (const Row& row : rows()) {
    HeadGuard guard(HeadGuard::Kind::request);
    int status = 0;
    for (size_t n = 1; n <= row.bytes.size() && status == 0; ++n) {
      const auto framing = guard.check(std::string_view(row.bytes).substr(0, n));
      if (!framing) status = framing.error().status;
      if (framing && framing->head_bytes > 0) status = 200;
    }
    EXPECT_EQ(status, status_of(row.bytes)) << row.name;
  }
}

// Heads that come byte by byte cost no more than whole ones: while a line is not complete, whatever was given before
// may be overwritten by what would be refused, and only what is new is looked at; a complete line is never looked at
// again.
TEST(FramingGuard, NothingIsLookedAtTwice) {
  const std::string fields = "X-Long: " + std::string(20'000, 'x') + "\r\nX-Other: y\r\nContent-Length: 3\r\n";
  for (const auto kind : {HeadGuard::Kind::request, HeadGuard::Kind::response}) {
    const std::string whole = kind == HeadGuard::Kind::request
                                  ? head(fields, "POST /" + std::string(9'000, 'q') + " HTTP/1.1")
                                  : "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
    HeadGuard guard(kind);
    std::string given;
    for (size_t n = 1, line = 0; n <= whole.size(); ++n) {
      given.assign(n, '\n');
      const size_t shown = whole[n - 1] == '\n' ? line : n - 1;
      given.replace(shown, n - shown, whole, shown, n - shown);
      // A line end is seen when its second byte is there.
      if (n > 1 && whole[n - 2] == '\r') given[n - 2] = '\r';
      if (whole[n - 1] == '\n') line = n;
      const auto framing = guard.check(given);
      ASSERT_TRUE(framing) << n << ": " << framing.error().message;
      ASSERT_EQ(framing->head_bytes, n == whole.size() ? n : 0);
    }
  }
}

// Every single-byte substitution either is refused or keeps the meaning of the framing fields.
TEST(FramingGuard, SingleByteMutationsNeverChangeTheBodyLengthSilently) {
  const std::string whole = head("Content-Length: 3\r\n");
  const size_t digits = whole.find(" 3\r\n");  // the space may become a digit, the digit another one
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string mutated = whole;
      mutated[at] = static_cast<char>(byte);
      const auto framing = check_request_head(mutated);
      if (!framing || framing->head_bytes == 0 || at == digits || at == digits + 1) continue;
      const bool renamed = !framing->has_content_length;  // the field's name was hit: then it is another field
      EXPECT_TRUE(framing->content_length == 3 || renamed) << at << ' ' << byte;
      EXPECT_FALSE(framing->chunked);
    }
  }
}

TEST(FramingGuard, Responses) {
  EXPECT_TRUE(check_response_head("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
  for (std::string_view bad :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 2\n\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 O\x01K\r\n\r\n", "HTTP/1.1 200 O\x7FK\r\n\r\n"}) {
    EXPECT_FALSE(check_response_head(bad)) << bad;
  }
  const auto framing = check_response_head("HTTP/1.1 503 Not now\r\nA: b\r\n\r\n");
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->status, 503);
  EXPECT_EQ(framing->fields_begin, 22);
  EXPECT_TRUE(framing->plain_fields);
  for (std::string_view odd : {"HTTP/1.1 200 OK\r\nA:b\r\nC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nC: d \r\n\r\n"}) {
    EXPECT_FALSE(check_response_head(odd)->plain_fields) << odd;
  }
}

}  // namespace
}  // namespace signet::net

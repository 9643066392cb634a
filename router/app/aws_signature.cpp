#include "router/app/aws_signature.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "router/base/units.hpp"
#include "router/http/token.hpp"

namespace signet::app {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTermination = "aws4_request";

// 20261125T100000Z
std::string compact_time(WallTime time) {
  std::string text = format_timestamp(std::chrono::floor<std::chrono::seconds>(time));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

// What is signed of the request, in its one spelling.
struct Canonical {
  std::string signed_names;
  std::string text;
};

Canonical canonical(const AwsRequest& request, const http::Headers& fields) {
  std::map<std::string, std::string> sorted{{"host", request.url.authority()}};
  for (const auto& [name, value] : fields) sorted[http::lower_case(name)] = value;
  Canonical out{.signed_names = {},
                .text = fmt::format("{}\n{}\n\n", http::to_text(request.method), request.url.target)};
  for (const auto& [name, value] : sorted) {
    out.text += fmt::format("{}:{}\n", name, value);
    out.signed_names += (out.signed_names.empty() ? "" : ";") + name;
  }
  out.text += fmt::format("\n{}\n{}", out.signed_names, crypto::sha256_hex(""));
  return out;
}

crypto::SecretBytes derive(const crypto::SecretBytes& key, std::string_view message) {
  crypto::Sha256 derived = crypto::hmac_sha256(key.view(), as_bytes(message));
  crypto::SecretBytes out{ByteView(derived)};
  crypto::wipe(derived);
  return out;
}

crypto::SecretBytes signing_key(const crypto::SecretBytes& secret, const AwsRequest& request, std::string_view date) {
  constexpr std::string_view kBegin = "AWS4";
  Bytes first(kBegin.begin(), kBegin.end());
  first.reserve(first.size() + secret.size());  // so that no copy is left behind
  first.insert(first.end(), secret.view().begin(), secret.view().end());
  crypto::SecretBytes key{ByteView(first)};
  crypto::wipe(first);
  for (const std::string_view step :
       {date, std::string_view(request.region), std::string_view(request.service), kTermination}) {
    key = derive(key, step);
  }
  return key;
}

// Fit for a header field, and for nothing to hide in.
bool is_plain(std::string_view value) {
  constexpr size_t kBytesMax = 8192;
  return !value.empty() && value.size() <= kBytesMax &&
         std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7F; });
}

// One `name = value` of the profile, where the name is one that counts.
std::expected<void, std::string> take_setting(std::string_view line,
                                              std::map<std::string_view, std::string_view>& found) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::unexpected("is neither a [profile] nor NAME = VALUE");
  const std::string_view name = http::trim_space(line.substr(0, equals));
  const auto setting = found.find(name);
  if (setting == found.end()) return {};
  if (!setting->second.empty()) return std::unexpected(fmt::format("has {} for the second time", name));
  setting->second = http::trim_space(line.substr(equals + 1));
  if (is_plain(setting->second)) return {};
  return std::unexpected(fmt::format("has no usable {}: printable ASCII without spaces is expected", name));
}

}  // namespace

std::expected<AwsCredentials, std::string> parse_aws_credentials(std::string_view text) {
  constexpr std::string_view kKeyId = "aws_access_key_id", kSecret = "aws_secret_access_key",
                             kToken = "aws_session_token";
  std::map<std::string_view, std::string_view> found{{kKeyId, {}}, {kSecret, {}}, {kToken, {}}};
  bool inside = false, seen = false;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view raw = text.substr(0, end);
    const std::string_view line = http::trim_space(raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = line == "[default]";
      if (inside && seen) return std::unexpected(fmt::format("line {} begins [default] for the second time", number));
      seen = seen || inside;
    } else if (inside) {
      if (auto taken = take_setting(line, found); !taken) {
        return std::unexpected(fmt::format("line {} {}", number, taken.error()));
      }
    }
  }
  if (!seen) return std::unexpected("there is no profile [default]");
  for (const std::string_view needed : {kKeyId, kSecret}) {
    if (found[needed].empty()) return std::unexpected(fmt::format("the profile [default] has no {}", needed));
  }
  return AwsCredentials{.access_key_id = std::string(found[kKeyId]),
                        .secret_access_key = crypto::SecretBytes(as_bytes(found[kSecret])),
                        .session_token = std::string(found[kToken])};
}

http::Headers sign_aws_request(const AwsRequest& request, const AwsCredentials& credentials, WallTime now) {
  const std::string time = compact_time(now);
  const std::string date = time.substr(0, time.find('T'));
  http::Headers fields = request.fields;
  fields.add("X-Amz-Date", time);
  if (!credentials.session_token.empty()) fields.add("X-Amz-Security-Token", credentials.session_token);
  const Canonical what = canonical(request, fields);
  const std::string scope = fmt::format("{}/{}/{}/{}", date, request.region, request.service, kTermination);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope, crypto::sha256_hex(what.text));
  const crypto::SecretBytes key = signing_key(credentials.secret_access_key, request, date);
  const crypto::Sha256 signature = crypto::hmac_sha256(key.view(), as_bytes(to_sign));
  fields.add("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                          credentials.access_key_id, scope, what.signed_names, hex_encode(signature)));
  return fields;
}

}  // namespace signet::app

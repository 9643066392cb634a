// AWS Signature Version 4, as S3-shaped stores ask for it: requests without query and body. Pure: no clock, no I/O.
// Spec: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "router/base/clock.hpp"
#include "router/crypto/crypto.hpp"
#include "router/http/message.hpp"
#include "router/http/url.hpp"

namespace signet::app {

struct AwsCredentials {
  std::string access_key_id;
  crypto::SecretBytes secret_access_key;
  std::string session_token;  ///< empty: the key is a permanent one
};

/// The profile `[default]` of a file in the ini form of AWS's tools; other profiles and other settings are passed over.
/// Errors: what is missing or wrong and on which line, never a value.
std::expected<AwsCredentials, std::string> parse_aws_credentials(std::string_view text);

struct AwsRequest {
  http::Method method = http::Method::get;
  http::Url url;         ///< its path spelt as it is sent; without query
  http::Headers fields;  ///< beside Host, all of them to be signed
  std::string region;
  std::string service;
};

/// The fields to send: those of the request, X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization.
http::Headers sign_aws_request(const AwsRequest& request, const AwsCredentials& credentials, WallTime now);

}  // namespace signet::app

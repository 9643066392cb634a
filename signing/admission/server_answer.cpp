#include "signing/admission/server_answer.hpp"

#include "router/http/media_type.hpp"
#include "router/json/writer.hpp"

namespace signet::admission {

http::Response json_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("content-type", http::kJson);
  response.body = std::move(body);
  return response;
}

ServerAnswer turn_away(int status, std::string_view why) {
  std::string body;
  json::Writer(body).begin_object().key("error").value(why).end_object();
  return {.response = json_response(status, std::move(body)), .log = std::nullopt};
}

}  // namespace signet::admission

#include "router/app/pipeline/answer.hpp"

#include <fmt/format.h>

#include "router/json/writer.hpp"

namespace signet::app {
namespace {

void write_error(json::Writer& writer, std::string_view message, ErrorCode code,
                 const std::vector<graphql::Position>& positions) {
  writer.begin_object().key("message").value(message);
  if (!positions.empty()) {
    writer.key("locations").begin_array();
    for (const graphql::Position& position : positions) {
      writer.begin_object().key("line").value(position.line).key("column").value(position.column).end_object();
    }
    writer.end_array();
  }
  writer.key("extensions").begin_object().key("code").value(info(code).name).end_object().end_object();
}

}  // namespace

std::string error_body(const Error& error) {
  return error_body(DocumentErrors{{error.code, error.message, {}}});
}

std::string error_body(const DocumentErrors& errors) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("errors").begin_array();
  for (const operation::DocumentError& error : errors) write_error(writer, error.message, error.code, error.positions);
  writer.end_array().end_object();
  return body;
}

std::string_view content_type_field(http::ResponseType type) {
  static constexpr auto field = [](http::ResponseType of) {
    return fmt::format("Content-Type: {}; charset=utf-8\r\n", http::to_text(of));
  };
  static const std::string json = field(http::ResponseType::json);
  static const std::string graphql = field(http::ResponseType::graphql_response);
  return type == http::ResponseType::json ? json : graphql;
}

net::ServerResponse json_page(int status, std::string body) {
  return text_page(status, "application/json; charset=utf-8", std::move(body));
}

net::ServerResponse text_page(int status, std::string_view content_type, std::string body) {
  return {.status = status,
          .fields = fmt::format("Content-Type: {}\r\nCache-Control: no-store\r\n", content_type),
          .body = std::move(body),
          .close = false};
}

}  // namespace signet::app

// The front end behind a pipe: reads one JSON request a line, answers with one JSON line.
//
//   {"do":"schema","name":"shop","sdl":"type Query …"}                     keeps a schema under a name
//   {"do":"parse","document":"…"}                                          → {"parsed":true}
//   {"do":"validate","schema":"shop","document":"…"}                       → {"parsed":true,"valid":false}
//   {"do":"coerce","schema":"shop","document":"…","variables":"{…}"}       → {"ok":true,"variables":{…}}
//   {"do":"normalize","schema":"shop","document":"…","mask":0}             → {"ok":true,"text":"…"}
// A request that fails carries the messages in "errors".
#include <iostream>
#include <map>
#include <string>

#include "router/graphql/parser.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "router/operation/coercion.hpp"
#include "router/operation/operation_rebuilder.hpp"
#include "router/operation/prepare.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet {
namespace {

class Driver {
 public:
  std::string answer(const std::string& line) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    const auto request = json::Document::parse(line);
    if (!request) {
      writer.key("errors").begin_array().value(request.error().message).end_array();
    } else {
      respond(*request, writer);
    }
    writer.end_object();
    return out;
  }

 private:
  static std::string text(const json::Document& request, std::string_view key) {
    const json::NodeId node = request.find(request.root(), key);
    return node.valid() ? request.string(node) : std::string();
  }

  template <class Errors>
  static void write_errors(json::Writer& writer, const Errors& errors) {
    writer.key("errors").begin_array();
    for (const auto& error : errors) writer.value(error.message);
    writer.end_array();
  }

  void respond(const json::Document& request, json::Writer& writer) {
    const std::string task = text(request, "do");
    if (task == "schema") return add_schema(request, writer);
    const auto document = graphql::parse_executable(text(request, "document"));
    writer.key("parsed").value(document.has_value());
    if (!document) return write_errors(writer, std::vector{document.error()});
    if (task == "parse") return;
    const schema::Schema& schema = schemas_.at(text(request, "schema"));
    const auto errors = operation::validate(*document, schema);
    writer.key("valid").value(errors.empty());
    if (!errors.empty()) return write_errors(writer, errors);
    if (task == "coerce") coerce(request, *document, schema, writer);
    if (task == "normalize") normalize(request, *document, schema, writer);
  }

  void add_schema(const json::Document& request, json::Writer& writer) {
    auto document = graphql::parse_type_system(text(request, "sdl"));
    if (!document) return write_errors(writer, std::vector{document.error()});
    auto schema = schema::build_schema(*document);
    writer.key("ok").value(schema.has_value());
    if (!schema) return write_errors(writer, schema.error());
    schemas_.insert_or_assign(text(request, "name"), std::move(*schema));
  }

  static void coerce(const json::Document& request, const graphql::Document& document, const schema::Schema& schema,
                     json::Writer& writer) {
    const graphql::OperationId operation(0);
    const auto coerced = operation::coerce_variables(document, schema, operation, text(request, "variables"));
    writer.key("ok").value(coerced.has_value());
    if (!coerced) return write_errors(writer, coerced.error());
    writer.key("variables").begin_object();
    size_t index = 0;
    for (auto [id, definition] : document.each(document[operation].first_variable)) {
      const operation::CoercedVariable& variable = coerced->values[index++];
      if (variable.present) writer.key(definition.name).raw(variable.json);
    }
    writer.end_object();
  }

  static void normalize(const json::Document& request, const graphql::Document& document, const schema::Schema& schema,
                        json::Writer& writer) {
    const json::NodeId node = request.find(request.root(), "mask");
    const auto mask = static_cast<uint32_t>(node.valid() ? request.integer(node).value_or(0) : 0);
    const auto normalized = operation::normalize(document, schema, graphql::OperationId(0), mask);
    writer.key("ok").value(normalized.has_value());
    if (!normalized) return write_errors(writer, std::vector{normalized.error()});
    writer.key("text").value(operation::rebuild_operation(*normalized, schema));
    writer.key("tree");
    write_set(*normalized, schema, normalized->root, writer);
  }

  // {"Cat,Dog": ["key:field(args)", […children…]], …}: what each object type collects, in order.
  static void write_set(const operation::NormalizedOperation& normalized, const schema::Schema& schema,
                        operation::SelectionSetId id, json::Writer& writer) {
    writer.begin_object();
    for (const operation::TypeClass& type_class : normalized.selection_sets[id].classes) {
      std::string types;
      for (schema::TypeId type : type_class.types) {
        if (!types.empty()) types += ',';
        types += schema.type_name(type);
      }
      writer.key(types).begin_array();
      for (operation::FieldNodeId field : type_class.fields) {
        const operation::FieldNode& node = normalized.fields[field];
        writer.begin_array().value(node.response_key);
        writer.value(node.kind == operation::FieldKind::type_name ? "__typename" : schema.field_name(node.field));
        if (node.children) write_set(normalized, schema, node.children, writer);
        writer.end_array();
      }
      writer.end_array();
    }
    writer.end_object();
  }

  std::map<std::string, schema::Schema> schemas_;
};

}  // namespace
}  // namespace signet

int main() {
  signet::Driver driver;
  std::string line;
  while (std::getline(std::cin, line)) std::cout << driver.answer(line) << std::endl;
}

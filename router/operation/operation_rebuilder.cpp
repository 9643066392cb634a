#include "router/operation/operation_rebuilder.hpp"

#include "router/base/sort_unique.hpp"
#include "router/crypto/crypto.hpp"
#include "router/graphql/parser.hpp"

namespace signet::operation {
namespace {

using schema::InputValueId;
using schema::Schema;

// Nesting in the call stack is bounded by limits::kOperationDepthMax, which normalize() keeps.
class Rebuilder {
 public:
  Rebuilder(const NormalizedOperation& operation, const Schema& schema) : operation_(operation), schema_(schema) {
    for (const Arguments& arguments : operation.arguments) argument_names_.push_back(names_of(arguments.text));
  }

  std::string run() {
    constexpr std::array<std::string_view, 3> kWords = {"query", "mutation", "subscription"};
    std::string out(kWords[static_cast<size_t>(operation_.type)]);
    out += ' ';
    out += number_variables(set(operation_.root));
    return out;
  }

 private:
  // Stands for a variable until all fields are in order and can be numbered.
  static constexpr char kVariable = '$';

  // The argument names of canonical text; only those that the schema knows are ever printed.
  static std::vector<std::string> names_of(const std::string& text) {
    std::vector<std::string> names;
    if (text.empty()) return names;
    const auto parsed = graphql::parse_field_set("f(" + text + ")");
    if (!parsed) return names;
    const graphql::Document& document = parsed->document;
    for (auto [id, argument] : document.each(document[parsed->first_selection].first_argument)) {
      names.emplace_back(argument.name);
    }
    return names;
  }

  std::string field(const FieldNode& node) {
    if (node.kind == FieldKind::type_name) return "__typename";
    std::string out(schema_.field_name(node.field));
    bool first = true;
    for (const std::string& name : argument_names_[node.arguments.value()]) {
      const InputValueId argument = schema_.find_any_argument(node.field, name);
      if (!argument) continue;
      out += first ? "(" : ", ";
      first = false;
      out += schema_.text(schema_.input_values[argument].name);
      out += ": ";
      out += kVariable;
    }
    if (!first) out += ')';
    if (node.children) {
      out += ' ';
      out += set(node.children);
    }
    return out;
  }

  std::string fields(const TypeClass& type_class) {
    std::vector<std::string> printed;
    for (FieldNodeId id : type_class.fields) printed.push_back(field(operation_.fields[id]));
    sort_unique(printed);
    std::string out = "{";
    for (const std::string& text : printed) {
      if (out.size() > 1) out += ' ';
      out += text;
    }
    return out + '}';
  }

  std::string set(SelectionSetId id) {
    const SelectionSet& selection_set = operation_.selection_sets[id];
    if (selection_set.classes.size() == 1) return fields(selection_set.classes.front());
    std::string out = "{";
    for (const TypeClass& type_class : selection_set.classes) {
      if (type_class.fields.empty()) continue;
      if (out.size() > 1) out += ' ';
      out += "... on ";
      out += schema_.type_name(type_class.types.front());
      out += ' ';
      out += fields(type_class);
    }
    return out + '}';
  }

  static std::string number_variables(const std::string& text) {
    std::string out;
    size_t number = 0;
    for (const char c : text) {
      out += c;
      if (c == kVariable) out += fmt::format("v{}", ++number);
    }
    return out;
  }

  const NormalizedOperation& operation_;
  const Schema& schema_;
  std::vector<std::vector<std::string>> argument_names_;
};

}  // namespace

std::string rebuild_operation(const NormalizedOperation& operation, const Schema& schema) {
  return Rebuilder(operation, schema).run();
}

std::string operation_signature(const NormalizedOperation& operation, const Schema& schema) {
  return crypto::sha256_hex(rebuild_operation(operation, schema));
}

}  // namespace signet::operation

#include "router/graphql/printer.hpp"

namespace signet::graphql {
namespace {

// Nesting in the call stack is that of the document, which the parser has bounded.
class Printer {
 public:
  explicit Printer(const Document& document, bool sorted = false) : document_(document), sorted_(sorted) {}

  std::string take() { return std::move(out_); }

  void type(TypeRefId id) {
    const TypeRef& ref = document_[id];
    switch (ref.kind) {
      case TypeRefKind::named:
        out_ += ref.name;
        break;
      case TypeRefKind::list:
        out_ += '[';
        type(ref.inner);
        out_ += ']';
        break;
      case TypeRefKind::non_null:
        type(ref.inner);
        out_ += '!';
        break;
    }
  }

  void value(ValueId id) {
    const Value& node = document_[id];
    switch (node.kind) {
      case ValueKind::variable:
        out_ += '$';
        out_ += node.text;
        break;
      case ValueKind::string:
        append_string_literal(out_, node.text);
        break;
      case ValueKind::list: {
        out_ += '[';
        bool first = true;
        for (auto [item, unused] : document_.each(node.first_item)) {
          if (!first) out_ += ", ";
          first = false;
          value(item);
        }
        out_ += ']';
        break;
      }
      case ValueKind::object:
        out_ += '{';
        arguments(node.first_field);
        out_ += '}';
        break;
      default:
        out_ += node.text;
        break;
    }
  }

  void arguments(ArgumentId first) {
    std::vector<const Argument*> list;
    for (auto [id, argument] : document_.each(first)) list.push_back(&argument);
    if (sorted_) std::ranges::sort(list, {}, &Argument::name);
    bool comma = false;
    for (const Argument* argument : list) {
      if (comma) out_ += ", ";
      comma = true;
      out_ += argument->name;
      out_ += ": ";
      value(argument->value);
    }
  }

  void parenthesized(ArgumentId first) {
    if (!first) return;
    out_ += '(';
    arguments(first);
    out_ += ')';
  }

  void directives(DirectiveId first) {
    bool space = false;
    for (auto [id, directive] : document_.each(first)) {
      if (space) out_ += ' ';
      space = true;
      out_ += '@';
      out_ += directive.name;
      parenthesized(directive.first_argument);
    }
  }

  void selections(SelectionId first) {
    bool space = false;
    for (auto [id, selection] : document_.each(first)) {
      if (space) out_ += ' ';
      space = true;
      this->selection(selection);
    }
  }

  void document() {
    for (const Operation& operation : document_.operations) {
      constexpr std::array<std::string_view, 3> kWords = {"query", "mutation", "subscription"};
      out_ += kWords[static_cast<size_t>(operation.type)];
      if (!operation.name.empty()) out_ += ' ';
      out_ += operation.name;
      variable_definitions(operation.first_variable);
      definition_body(operation.first_directive, operation.first_selection);
    }
    for (const Fragment& fragment : document_.fragments) {
      out_ += "fragment ";
      out_ += fragment.name;
      out_ += " on ";
      out_ += fragment.type_condition;
      definition_body(fragment.first_directive, fragment.first_selection);
    }
  }

 private:
  void selection(const Selection& node) {
    if (node.kind == SelectionKind::field) {
      if (!node.alias.empty()) {
        out_ += node.alias;
        out_ += ": ";
      }
    } else {
      out_ += "...";
      if (node.kind == SelectionKind::inline_fragment && !node.name.empty()) out_ += " on ";
    }
    out_ += node.name;
    parenthesized(node.first_argument);
    spaced_directives(node.first_directive);
    if (node.first_child) block(node.first_child);
  }

  void spaced_directives(DirectiveId first) {
    if (!first) return;
    out_ += ' ';
    directives(first);
  }

  void block(SelectionId first) {
    out_ += " {";
    selections(first);
    out_ += '}';
  }

  void definition_body(DirectiveId first_directive, SelectionId first_selection) {
    spaced_directives(first_directive);
    block(first_selection);
    out_ += '\n';
  }

  void variable_definitions(VariableDefinitionId first) {
    if (!first) return;
    out_ += '(';
    bool comma = false;
    for (auto [id, definition] : document_.each(first)) {
      if (comma) out_ += ", ";
      comma = true;
      out_ += '$';
      out_ += definition.name;
      out_ += ": ";
      type(definition.type);
      if (definition.default_value) {
        out_ += " = ";
        value(definition.default_value);
      }
      spaced_directives(definition.first_directive);
    }
    out_ += ')';
  }

  const Document& document_;
  const bool sorted_;
  std::string out_;
};

}  // namespace

void append_string_literal(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::string print_type(const Document& document, TypeRefId type) {
  Printer printer(document);
  printer.type(type);
  return printer.take();
}

std::string print_value(const Document& document, ValueId value) {
  Printer printer(document);
  printer.value(value);
  return printer.take();
}

std::string print_arguments(const Document& document, ArgumentId first) {
  Printer printer(document);
  printer.arguments(first);
  return printer.take();
}

std::string print_canonical_arguments(const Document& document, ArgumentId first) {
  Printer printer(document, true);
  printer.arguments(first);
  return printer.take();
}

std::string print_directives(const Document& document, DirectiveId first) {
  Printer printer(document);
  printer.directives(first);
  return printer.take();
}

std::string print_selections(const Document& document, SelectionId first) {
  Printer printer(document);
  printer.selections(first);
  return printer.take();
}

std::string print_executable(const Document& document) {
  Printer printer(document);
  printer.document();
  return printer.take();
}

}  // namespace signet::graphql

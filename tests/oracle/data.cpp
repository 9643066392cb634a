// Random rows: unique keys, references to few entities so that they repeat, nulls, empty lists, hostile leaves, and
// fields that fail.

#include <fmt/format.h>

#include "tests/oracle/inputs.hpp"
#include "tests/oracle/world.hpp"

namespace signet::oracle {

using demo::Number;
using demo::Value;

namespace {

constexpr size_t kRowsMax = 160;

class Filler {
 public:
  Filler(World& world, Random& random) : world_(world), random_(random) {}

  void fill() {
    world_.rows.clear();
    for (const TypeDef& type : world_.types) {
      const size_t count = type.kind == TypeKind::entity ? random_.between(1, 5) : type.kind == TypeKind::root ? 1 : 0;
      for (size_t i = 0; i < count; ++i) add_row(type.name);
    }
    const size_t given = world_.rows.size();
    for (size_t i = 0; i < given; ++i) {
      if (world_.type(world_.rows[i].type)->kind == TypeKind::entity) fill_keys(i);
    }
    for (size_t i = 0; i < given; ++i) fill_cells(i);
    if (world_.type("Receipt") != nullptr) fill_cells(add_row("Receipt"));
    if (random_.chance(40)) break_fields();
  }

 private:
  size_t add_row(const std::string& type) {
    world_.rows.push_back({.type = type, .cells = {}, .failing = {}});
    return world_.rows.size() - 1;
  }

  /// Distinct in the last leaf of each key, whatever stands in the others.
  void fill_keys(size_t row) {
    const TypeDef& type = *world_.type(world_.rows[row].type);
    for (const FieldSet& key : type.keys) {
      for (const SetNode& node : key) {
        const FieldDef& field = *type.field(node.field);
        Value value;
        if (field.type.name == "Dims") {
          const size_t dims = add_row("Dims");
          world_.rows[dims].cells["width"] = static_cast<int>(row % 2);
          world_.rows[dims].cells["height"] = static_cast<int>(row);
          world_.rows[dims].cells["unit"] = hostile_text(random_);
          value = reference("Dims", dims);
        } else if (world_.type(field.type.name) != nullptr) {
          value = reference(field.type.name, random_.pick(world_.rows_of(field.type.name)));
        } else if (node.field.starts_with("region")) {
          if (field.type.required() || random_.chance(60)) value = fmt::format("r{}", row % 2);
        } else {
          value = unique_leaf(field.type.name, row);
        }
        world_.rows[row].cells[node.field] = std::move(value);
      }
    }
  }

  Value unique_leaf(const std::string& type, size_t row) {
    if (type == "Int") return static_cast<int64_t>(row * 7);
    if (type == "ID" && random_.chance(50)) return fmt::format("{}", row + 1000);
    return fmt::format("{}{}", hostile_text(random_), row);
  }

  void fill_cells(size_t row, unsigned depth = 0) {
    const TypeDef& type = *world_.type(world_.rows[row].type);
    if (type.name == "Mutation") return;
    for (const FieldDef& field : type.fields) {
      if (!field.required.empty() || world_.rows[row].cells.contains(field.name)) continue;
      Value value = cell(field.type, depth);
      world_.rows[row].cells[field.name] = std::move(value);
    }
  }

  Value cell(const TypeUse& type, unsigned depth) {
    const bool tired = depth > 2 || world_.rows.size() > kRowsMax;
    const TypeDef* named = world_.type(type.name);
    const bool value_type = named != nullptr && (named->kind == TypeKind::value || named->abstract());
    if (!type.required() && (random_.chance(20) || (tired && value_type))) return {};
    if (type.lists > 0) {
      demo::List items;
      const size_t count = tired && value_type ? 0 : random_.below(4);
      for (size_t i = 0; i < count; ++i) items.push_back(cell(type.item(), depth));
      return items;
    }
    if (type.name == "Query") return reference("Query", 0);
    if (named != nullptr && named->abstract()) return cell({random_.pick(named->members), 0, 1}, depth);
    if (!value_type && named != nullptr) {
      return reference(type.name, random_.pick(world_.rows_of(type.name)));
    }
    if (!value_type) return leaf(type.name);
    const size_t row = add_row(type.name);
    fill_cells(row, depth + 1);
    return reference(type.name, row);
  }

  Value leaf(const std::string& type) {
    if (type == "Int") return Number{std::to_string(static_cast<int32_t>(random_.next()))};
    if (type == "Float") return Number{random_.chance(50) ? "-0.0" : "0.1000000000000000055511151231257827"};
    if (type == "Boolean") return random_.chance(50);
    if (type == "Color") return random_.chance(50) ? "RED" : random_.chance(50) ? "GREEN" : "BLUE";
    if (type == "ID" && random_.chance(30)) return std::to_string(random_.below(1000));
    if (type == "Blob" && random_.chance(50)) return Number{hostile_number(random_)};
    if (type == "Blob" && random_.chance(50)) return blob();
    return hostile_text(random_);
  }

  /// JSON inside a custom scalar, which must not be taken for part of the answer.
  Value blob() {
    auto object = std::make_shared<demo::Object>();
    object->fields.emplace_back(kBlobMark, true);
    object->fields.emplace_back("__typename", "E0");
    object->fields.emplace_back("id", demo::List{Number{"1e400"}, Value(), true, hostile_text(random_)});
    return std::shared_ptr<const demo::Object>(std::move(object));
  }

  void break_fields() {
    const unsigned percent = random_.chance(50) ? 3 : 10;
    for (Row& row : world_.rows) {
      for (const FieldDef& field : world_.type(row.type)->fields) {
        if (!field.steady && random_.chance(row.type == "Query" ? percent / 3 : percent)) {
          row.failing.insert(field.name);
        }
      }
    }
  }

  World& world_;
  Random& random_;
};

}  // namespace

void fill_world(World& world, Random& random) {
  Filler(world, random).fill();
}

}  // namespace signet::oracle

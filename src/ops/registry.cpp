#include "ops/registry.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/schema.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

// PyTorch's overload order for names with several overloads: "name", "overload,overload,...". Sorted by name.
struct Order {
  std::string_view name, overloads;
};
constexpr Order kOrder[] = {
#include "ops/overload_order.inc"
};

// The place of an overload in its name's list; unknown ones come last.
size_t rank(SchemaName name) {
  auto found = std::lower_bound(std::begin(kOrder), std::end(kOrder), name.name, [](const Order& row, std::string_view text) { return row.name < text; });
  if (found == std::end(kOrder) || found->name != name.name) return 0;
  std::string_view rest = found->overloads;
  for (size_t place = 0;; ++place) {
    size_t comma = rest.find(',');
    if (rest.substr(0, comma) == name.overload) return place;
    if (comma == std::string_view::npos) return SIZE_MAX;
    rest.remove_prefix(comma + 1);
  }
}

class Table final : public OpTable {
 public:
  Table() {
    struct Entry {
      SchemaName name;
      size_t rank;
      const OpDef* row;
    };
    std::vector<Entry> entries;
    auto add = [&](std::span<const OpDef> rows) {
      for (const OpDef& row : rows) {
        SchemaName name = schema_name(row.schema);
        entries.push_back({name, rank(name), &row});
      }
    };
#define X(name) add(name##_rows());
#include "ops/families.def"
#undef X
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.name.name != b.name.name ? a.name.name < b.name.name : a.rank < b.rank; });
    rows_.reserve(entries.size());
    names_.reserve(entries.size());
    for (const Entry& entry : entries) {
      rows_.push_back(entry.row);
      names_.push_back(entry.name.name);
    }
  }

  std::span<const OpDef* const> find(std::string_view name) const override {
    auto [first, last] = std::equal_range(names_.begin(), names_.end(), name);
    return {rows_.data() + (first - names_.begin()), size_t(last - first)};
  }
  std::span<const OpDef* const> all() const { return rows_; }

 private:
  std::vector<const OpDef*> rows_;
  std::vector<std::string_view> names_;
};

const Table& table() {
  static const Table instance;
  return instance;
}

}  // namespace

const OpTable& operator_table() { return table(); }
std::span<const OpDef* const> all_operators() { return table().all(); }

}  // namespace taper::impl

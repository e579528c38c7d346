#include "ops/registry.h"

#include <algorithm>
#include <bit>
#include <functional>
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

// Rows by name: a hash table of groups, made once in a process, so it sorts nothing that is not asked for.
class Table final : public OpTable {
 public:
  Table() {
    std::vector<std::span<const OpDef>> families;
    size_t count = 0;
#define X(name) families.push_back(name##_rows()), count += families.back().size();
#include "ops/families.def"
#undef X
    slots_.resize(std::bit_ceil(count * 2));
    std::vector<uint32_t> group_of;
    group_of.reserve(count);
    for (std::span<const OpDef> rows : families) {
      for (const OpDef& row : rows) {
        std::string_view name = schema_name(row.schema).name;
        uint32_t& slot = slots_[place_of(name)];
        if (!slot) {
          groups_.push_back({name, 0, 0});
          slot = uint32_t(groups_.size());
        }
        ++groups_[slot - 1].end;
        group_of.push_back(slot - 1);
      }
    }
    // Each group's end was its size; becomes its place, and moves on to the end as it is filled.
    uint32_t begin = 0;
    for (Group& group : groups_) {
      uint32_t size = group.end;
      group.begin = group.end = begin;
      begin += size;
    }
    rows_.resize(count);
    size_t at = 0;
    for (std::span<const OpDef> rows : families)
      for (const OpDef& row : rows) rows_[groups_[group_of[at++]].end++] = &row;
    for (const Group& group : groups_) order(group);
  }

  std::span<const OpDef* const> find(std::string_view name) const override {
    uint32_t slot = slots_[place_of(name)];
    return slot ? rows_of(groups_[slot - 1]) : std::span<const OpDef* const>();
  }
  // By name.
  std::vector<const OpDef*> all() const {
    std::vector<Group> sorted = groups_;
    std::sort(sorted.begin(), sorted.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
    std::vector<const OpDef*> out;
    for (const Group& group : sorted) out.insert(out.end(), rows_of(group).begin(), rows_of(group).end());
    return out;
  }

 private:
  struct Group {
    std::string_view name;
    uint32_t begin, end;
  };

  std::span<const OpDef* const> rows_of(const Group& group) const { return std::span(rows_).subspan(group.begin, group.end - group.begin); }
  size_t place_of(std::string_view name) const {
    size_t place = std::hash<std::string_view>()(name) & (slots_.size() - 1);
    while (slots_[place] && groups_[slots_[place] - 1].name != name) place = (place + 1) & (slots_.size() - 1);
    return place;
  }
  void order(const Group& group) {
    if (group.end - group.begin < 2) return;
    std::vector<std::pair<size_t, const OpDef*>> ranked;
    for (const OpDef* row : rows_of(group)) ranked.emplace_back(rank(schema_name(row->schema)), row);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < ranked.size(); ++i) rows_[group.begin + i] = ranked[i].second;
  }

  std::vector<const OpDef*> rows_;
  std::vector<Group> groups_;
  std::vector<uint32_t> slots_;  // group + 1, 0 free: open addressing
};

const Table& table() {
  static const Table instance;
  return instance;
}

}  // namespace

const OpTable& operator_table() { return table(); }
std::span<const OpDef* const> all_operators() {
  static const std::vector<const OpDef*> sorted = table().all();
  return sorted;
}

}  // namespace taper::impl

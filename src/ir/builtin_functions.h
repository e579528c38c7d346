// Variants of operators that are written in TorchScript instead of C++: a number on the left of a tensor, _pair and its
// kin, signatures that old archives used, and what the meaning of old operators is made of (upgraders). They are
// compiled from the text here, once a unit and only when a call needs one, and are inlined where they are called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taper::impl::ir {

// The module that holds them; "aten::mul" is its functions named "mul".
inline constexpr std::string_view kBuiltinModule = "taper.builtin";
inline constexpr std::string_view kUpgraderModule = "taper.upgraders";

bool has_builtin_functions(std::string_view operator_name) noexcept;
std::string builtin_source();
std::string upgrader_source();

// Archives before version `below` meant by this overload what the function in the upgrader module does. The function's
// signature is the old schema.
struct UpgraderRow {
  std::string_view op;  // "aten::div.Tensor"
  int64_t below;
  std::string_view function;
};
// Null when the overload means today what it meant in archives of that version.
const UpgraderRow* find_upgrader(std::string_view op, std::string_view overload, int64_t version) noexcept;

// The name under which PyTorch keeps an aten operator that has several: "aten::absolute" gives "abs". Empty when it has
// one.
std::string_view canonical_name(std::string_view name) noexcept;

}  // namespace taper::impl::ir

// The page of the documentation that says what of TorchScript taper runs, made of the language cases.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace taper::impl {

// Every row needs a case that is whole.
std::string support_table(std::string_view folder);

std::string read_text(const std::filesystem::path& path);  // empty when there is none
void write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace taper::impl

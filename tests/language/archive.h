// Makes the archive of a language case. The case's sources go into it as they are; beside them stands a module
// __torch__.runs.Runs with a method run<N> for each of the case's runs, which gives the run's expression as text: what is
// compared is the text that the language itself makes of the value.
#pragma once

#include <string>
#include <vector>

#include "core/ref.h"
#include "runtime/module.h"

namespace taper::impl {

struct ArchiveContent {
  std::vector<std::pair<std::string, std::string>> sources;  // "__torch__.m" and its text
  std::vector<std::string> runs;                             // expressions
  // The attribute "model" of Runs: its class, and the expression that makes it before the archive is written.
  std::string model_type, model;
  // Attributes below "model" that code cannot assign: path and expression.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string constants;  // a tuple: CONSTANTS.c0 and so on
};

// Writes the archive to a file. Without a model that is done by hand, with one as Instance::save does.
void write_archive(const std::string& path, const ArchiveContent& content);

// The instance's archive with all of its code printed from the graphs. Error(kUnsupported) when some of it has no code.
std::vector<char> printed_archive(Instance& instance);

}  // namespace taper::impl

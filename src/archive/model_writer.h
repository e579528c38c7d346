// Writes a module's archive in today's form: data.pkl and constants.pkl with their storages anew, code as it was read (of
// archives of the model.json generation, as the reader spelled it out). The file format version stays the source's, so
// that a reader applies to the code what it would have applied before. Code that was printed instead means today's operators.
#pragma once

#include <map>
#include <span>
#include <string>

#include "archive/byte_sink.h"
#include "archive/model_file.h"
#include "archive/pickle_writer.h"

namespace taper::impl {

using ExtraFiles = std::map<std::string, std::string>;
using CodeTexts = std::map<std::string, std::string>;  // by module: "__torch__.m"

struct ModelContent {
  const ModelFile& source;  // code and extra files
  const Value& root;
  std::span<const Value> constants;
  const ExtraFiles& extra;          // beside the source's or instead of those of the same name
  const CodeTexts* code = nullptr;  // instead of the source's
};

// `top`: the archive's folder, which PyTorch calls as the file without ".pt".
void write_model(ByteSink& sink, const std::string& top, const ModelContent& content, ScriptStates& states);

}  // namespace taper::impl

// Writes a module's archive in today's form: data.pkl and constants.pkl with their storages anew, code as it was read (of
// archives of the model.json generation, as the reader spelled it out). The file format version stays the source's, so
// that a reader applies to the code what it would have applied before.
#pragma once

#include <map>
#include <span>
#include <string>

#include "archive/byte_sink.h"
#include "archive/model_file.h"
#include "archive/pickle_writer.h"

namespace taper::impl {

using ExtraFiles = std::map<std::string, std::string>;

struct ModelContent {
  const ModelFile& source;  // code and extra files
  const Value& root;
  std::span<const Value> constants;
  const ExtraFiles& extra;  // beside the source's or instead of those of the same name
};

// `top`: the archive's folder, which PyTorch calls as the file without ".pt".
void write_model(ByteSink& sink, const std::string& top, const ModelContent& content, ScriptStates& states);

}  // namespace taper::impl

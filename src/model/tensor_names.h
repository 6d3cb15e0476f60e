// Which tensor of a file is which of a family's: by its name; by the name that the user gives it; and, in modules whose
// inner names are not known for sure (Family::uncertain_modules), by place and shape, when one tensor that nobody knows and
// one that is lacking have them. Laws: the order of names is no evidence; what fits twice is an error and never a choice;
// what was read under another name is said.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/tensor_files.h"
#include "model/families.h"

namespace bantam {

// What a user says of a file's names: pairs of patterns (model/name_pattern.h), a name in the file and the family's own.
struct Renaming {
  std::string where;  // opens messages
  std::vector<std::pair<std::string, std::string>> names;
};
// From a JSON object {"name in the file": "name it is read as", …}. usage: it is none.
Renaming read_renaming(const std::filesystem::path& file);

// A tensor that nothing but its place and shape told.
struct GuessedName {
  std::string name, shape, read_as;  // "model.hc_out_mix", "[2]", "model.hc_out_mix.weight"
};

struct TensorNames {
  std::map<std::string, const TensorFiles::Entry*> found;  // by the family's names, derived ones too
  std::vector<GuessedName> guessed;
};

// The family's names of a model's tensors, with their shapes.
using WantedTensors = std::map<std::string, std::vector<uint64_t>>;

// Every wanted tensor, found in the files, which hold no other but derived ones. usage: the renaming does not fit; not_found,
// invalid: tensors are lacking or left over, or fit more than one name; the message names them.
TensorNames find_tensors(const TensorFiles& files, const WantedTensors& wanted, const Family& family,
                         const Renaming& renaming, const std::string& where);

// Whether a stored shape is the wanted one; in an uncertain module dimensions of 1 do not count.
bool fits(const Family& family, std::string_view name, const std::vector<uint64_t>& stored,
          const std::vector<uint64_t>& wanted);

}  // namespace bantam

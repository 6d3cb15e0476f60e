#include "parts/part.h"

namespace bantam {

Registry<Branch>& mixers() {
  static Registry<Branch> registry("mixer");
  return registry;
}

Registry<Branch>& feeds() {
  static Registry<Branch> registry("feed");
  return registry;
}

Registry<Join>& joins() {
  static Registry<Join> registry("join");
  return registry;
}

Registry<TokenMemory>& token_memories() {
  static Registry<TokenMemory> registry("memory");
  return registry;
}

Registry<Refinement>& refinements() {
  static Registry<Refinement> registry("refinement");
  return registry;
}

Registry<StreamEnds>& stream_ends() {
  static Registry<StreamEnds> registry("join");
  return registry;
}

}  // namespace bantam

// What may change when a run goes on, and what may not.
#pragma once
#include <string>

#include "base/json.h"

namespace bantam {

// {"train": recipe, …}: `before` is the checkpoint's, `now` the caller's. usage error that names every other
// key than target_tokens, the schedule's tail, intervals and what is shown, with both values.
void refuse_changes(const Json& before, const Json& now, const std::string& checkpoint);

}  // namespace bantam

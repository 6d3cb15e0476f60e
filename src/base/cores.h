// Which processors of the machine this process runs on.
#pragma once
#include <string_view>
#include <vector>

namespace bantam {

// "0-3,6": processors by the system's numbers, rising, each once. usage: not of this form.
std::vector<int> parse_cores(std::string_view text);

// Holds this thread, and all that it starts from now on, to these processors. Before the first use of the thread pool, which
// then has as many threads. usage: this process may use none of them, or not all.
void use_cores(const std::vector<int>& cores);

}  // namespace bantam

// Open file descriptors.
#pragma once
#include <string_view>

namespace bantam {

// All of `bytes` where the descriptor stands, however many calls that takes. False, with errno set, where it does
// not go on.
bool write_whole(int descriptor, std::string_view bytes);

}  // namespace bantam

// Options whose value is a size: bytes of memory, of text or of a row, tokens of a shard.
#pragma once
#include <cstdint>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace bantam::cli {

// "4096", "1.5G", "64Mi", "20MB": k, M, G, T of 1000, ki, Mi, Gi, Ti of 1024, in any case, with or without a B; whole
// after that, to the nearest. Anything else, less than 1 and more than 1000T are wrong usage.
//
// `value` keeps what it has where the option is not given; "" as `standard`: the meaning says what that is.
CLI::Option* add_size_option(CLI::App& command, const char* names, uint64_t& value, const char* meaning,
                             const char* standard = "");

}  // namespace bantam::cli

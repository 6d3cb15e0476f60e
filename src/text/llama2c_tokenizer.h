// The tokenizer files of llama2.c (tokenizer.bin, tok512.bin): u32 bytes of the longest token, then for each token f32 score,
// i32 length, bytes. They are SentencePiece models without their head: BPE by score, bytes where no token fits, a space put
// before the text.
#pragma once
#include <string>
#include <string_view>

namespace bantam {

// The same as the file of a SentencePiece model. vocab: how many tokens the file must hold. Token 0 is unknown, 1 begins and 2
// ends a text, 3 to 258 are the bytes. corrupt, invalid.
std::string llama2c_tokenizer_model(std::string_view file, size_t vocab, std::string_view where);

}  // namespace bantam

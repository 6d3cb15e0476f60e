// A chat on standard input and output, as `bantam chat` and the quickstart open it.
#pragma once
#include <string>

#include "infer/conversation.h"

namespace bantam::cli {

// Reads a message a line and streams the answers, until /exit or the end of input. /reset begins anew, /help
// says so; Ctrl-C stops an answer. On a terminal it shows what to type; piped, answers alone go to stdout, or
// one JSON object each with `json`. Errors of a message (too long) are said and the chat goes on; others end
// it.
void chat_loop(Conversation& conversation, bool json);

}  // namespace bantam::cli

"""Compact language models on one machine: load, generate, score, tokenize.

    import bantam

    model = bantam.Model.load("runs/books/model")
    print(model.generate("Once upon a time", max_tokens=60, temperature=0.7, seed=1))
    for piece in model.stream("Once upon a time"):
        print(piece, end="", flush=True)

    ids = model.tokenizer.encode("Once upon a time")  # int32 [T]
    model.logits(ids)                                 # float32 [T, V], row t of the token behind ids[:t + 1]
    model.score(ids)                                  # float64 [T - 1], ln p(ids[t + 1] | ids[:t + 1])

Every failure is a bantam.Error, whose `code` says which kind: "usage", "not_found", "corrupt", …
"""

from ._bantam import Error, Generation, Model, TextStream, Tokenizer, __version__, set_threads, threads

Error.__module__ = __name__  # as people catch it

__all__ = ["Error", "Generation", "Model", "TextStream", "Tokenizer", "__version__", "set_threads", "threads"]

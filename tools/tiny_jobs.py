"""Tiny runs of the program for tools/fault_points.py and tools/kill_points.py: what is run, what must come out of it, and
what may be there at any moment on the way.

A job's result is a digest for each file that it ends with. Figures of time, which no two runs share, are left out of
logs and of a checkpoint's state.
"""
import hashlib
import json
import os
import shutil
import subprocess

# What of a log's line and of a checkpoint's state the clock and the machine have a part in.
TIMES = {"tokens_per_second", "mfu", "memory_bytes", "seconds", "joules", "pauses", "sha256"}

RUN = """tokenizer: {path: tokenizer, train: {vocab_size: 270}}
data: {sources: [{path: INPUTS/songs.jsonl, weight: 1}, {path: INPUTS/books.jsonl, weight: 1},
                 {path: INPUTS/valid.jsonl, split: valid, weight: 1}], pack: pack}
train: {max_seq_len: 16, tokens_per_batch: 64, target_tokens: 192, lr: 5e-3, warmup_steps: 2, eval_every: 2,
        eval_tokens: 64, mixed_precision: f32, save_every: 1, keep_checkpoints: 2, keep_best: 1, ema: 0.9,
        optimizer: muon, sample_every: 2, sample_prompts: [la]}
"""
MODEL = {"width": 16, "vocab": 270, "context": 64,
         "layers": [{"mixer": {"kind": "attention", "heads": 2}, "feed": {"kind": "swiglu", "width": 24}}]}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def files_under(folder):
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name != ".lock"]


def tree(folder):
    return {os.path.relpath(path, folder): digest(read(path)) for path in files_under(folder)}


def without_times(value):
    return {key: item for key, item in value.items() if key not in TIMES}


def step_of(line):
    """A line of log.jsonl; one that a full disk cut as it is."""
    try:
        return without_times(json.loads(line))
    except ValueError:
        return line


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Job:
    """`outputs` are files or folders that are whole or absent at any moment."""
    name, outputs = "", []

    def __init__(self, bantam, work):
        self.bantam, self.work = bantam, work

    def inputs(self, name):
        return os.path.join(self.work, "inputs", name)

    def prepare(self, folder):
        os.makedirs(folder)

    def command(self, folder):
        raise NotImplementedError

    def result(self, folder):
        found = {}
        for name in self.outputs:
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                found.update({name + "/" + file: value for file, value in tree(path).items()})
            elif os.path.exists(path):
                found[name] = digest(read(path))
        return found

    def complaints(self, folder, wanted, made):
        """What is wrong on the way. `made`: folders and files that were given their names so far."""
        wrong = []
        for name in self.outputs:
            path = os.path.join(folder, name)
            belongs = lambda file: file == name or file.startswith(name + "/")
            there = {file: value for file, value in self.result(folder).items() if belongs(file)}
            if os.path.exists(path) and there != {file: value for file, value in wanted.items() if belongs(file)}:
                wrong.append(name + " is there and is not as an undisturbed run leaves it")
        return wrong

    def may_stay(self, folder, path):
        """Whether a half-written file or folder may stay behind a run that failed."""
        return False


class Train(Job):
    """A run with everything that writes: it makes tokenizer and pack, keeps an average and the best, evaluates, samples."""
    name, outputs = "train", ["tokenizer", "pack", "model"]

    def prepare(self, folder):
        os.makedirs(folder)
        write(os.path.join(folder, "run.yaml"), RUN.replace("INPUTS/", self.inputs("")))
        write(os.path.join(folder, "model.json"), json.dumps(MODEL))

    def command(self, folder):
        return [self.bantam, "train", folder]

    def result(self, folder):
        found = super().result(folder)
        found.pop("model/README.md", None)  # tells how long the run took
        for path in files_under(os.path.join(folder, "checkpoints")):
            name = os.path.relpath(path, folder)
            if name.endswith("/state.json"):
                content = without_times(json.loads(read(path)))
                content["state"] = without_times(content["state"])
                found[name] = digest(json.dumps(content, sort_keys=True).encode())
            else:
                found[name] = digest(read(path))
        log = os.path.join(folder, "log.jsonl")
        if os.path.exists(log):
            lines = [step_of(line) for line in read(log).decode().splitlines()]
            found["log.jsonl"] = digest(json.dumps(lines, sort_keys=True).encode())
        resolved = os.path.join(folder, "resolved.yaml")
        if os.path.exists(resolved):
            found["resolved.yaml"] = digest(read(resolved).replace(folder.encode(), b""))
        return found

    def complaints(self, folder, wanted, made):
        checkpoints = os.path.join(folder, "checkpoints")
        named = os.listdir(checkpoints) if os.path.isdir(checkpoints) else []
        whole = [name for name in named if name.startswith("step-") and name[5:].isdigit()]
        wrong = ["checkpoints/" + name + " is not whole" for name in whole
                 if not self.is_whole(os.path.join(checkpoints, name))]
        if not whole and any(os.path.dirname(path) == checkpoints for path in made):
            wrong.append("there was a checkpoint and there is none")
        outputs = {name: value for name, value in wanted.items() if not name.startswith("checkpoints/")}
        return wrong + super().complaints(folder, outputs, made)

    @staticmethod
    def is_whole(checkpoint):
        try:
            files = json.loads(read(os.path.join(checkpoint, "state.json")))["files"]
            return all(digest(read(os.path.join(checkpoint, name))) == file["sha256"] for name, file in files.items())
        except (OSError, ValueError, KeyError):
            return False

    def may_stay(self, folder, path):
        return path.startswith(os.path.join(folder, "pack.partial")) and has_journal(folder)


class GoOn(Train):
    """A finished run that is to have more steps: until the new model is whole, the old one is."""
    name = "go-on"

    def prepare(self, folder):
        shutil.copytree(self.inputs("run"), folder)

    def command(self, folder):
        return super().command(folder) + ["--set", "train.target_tokens=256"]

    def complaints(self, folder, wanted, made):
        is_model = lambda name: name.startswith("model/")
        old, there = self.result(self.inputs("run")), self.result(folder)
        as_before = dict({name: value for name, value in wanted.items() if not is_model(name)},
                         **{name: value for name, value in old.items() if is_model(name)})
        model_stayed = all(there.get(name) == value for name, value in old.items() if is_model(name))
        made = made + [os.path.join(folder, "checkpoints", "seen")]
        return super().complaints(folder, as_before if model_stayed else wanted, made)


def has_journal(folder):
    return os.path.exists(os.path.join(folder, "pack.partial", "journal.json"))


class Pack(Job):
    """Several shards, so that there is a journal; masks, labels, categories; rows that are skipped, repeated texts."""
    name, outputs = "pack", ["pack"]

    def command(self, folder):
        return [self.bantam, "pack", "--tokenizer", self.inputs("tokenizer"), "--out", os.path.join(folder, "pack"),
                "--source", self.inputs("mixed.jsonl"), "--source", self.inputs("songs.jsonl"), "--shard-tokens", "400",
                "--skip-invalid", "--dedupe", "exact", "--valid-fraction", "0.2"]

    def may_stay(self, folder, path):
        return path.startswith(os.path.join(folder, "pack.partial")) and has_journal(folder)


class Repack(Pack):
    """Over a pack that is there: until the new one is whole, the old one is."""
    name = "repack"

    def prepare(self, folder):
        os.makedirs(folder)
        subprocess.run([self.bantam, "pack", "--tokenizer", self.inputs("tokenizer"), "--out",
                        os.path.join(folder, "pack"), self.inputs("books.jsonl")], check=True, capture_output=True)
        self.before = tree(os.path.join(folder, "pack"))

    def complaints(self, folder, wanted, made):
        there = tree(os.path.join(folder, "pack")) if os.path.isdir(os.path.join(folder, "pack")) else {}
        new = {name[len("pack/"):]: value for name, value in wanted.items()}
        return [] if there in (self.before, new) else ["pack is neither the old nor the new one"]


class TokenizerTrain(Job):
    name, outputs = "tokenizer", ["tokenizer"]

    def command(self, folder):
        return [self.bantam, "tokenizer", "train", self.inputs("words.txt"), "--vocab-size", "300", "--out",
                os.path.join(folder, "tokenizer")]


class Export(Job):
    name, outputs = "export", ["exported"]

    def command(self, folder):
        return [self.bantam, "export", self.inputs("model"), os.path.join(folder, "exported"), "--to", "hf"]


class ExportBin(Job):
    name, outputs = "export-bin", ["exported"]

    def command(self, folder):
        return [self.bantam, "export", self.inputs("model"), os.path.join(folder, "exported"), "--to", "bin"]


class Import(Job):
    name, outputs = "import", ["imported"]

    def command(self, folder):
        return [self.bantam, "import", self.inputs("exported"), os.path.join(folder, "imported")]


class Init(Job):
    name, outputs = "init", ["run"]

    def command(self, folder):
        return [self.bantam, "init", "qovaryx-50m", os.path.join(folder, "run")]


class Corpus(Job):
    name, outputs = "corpus", ["corpus.jsonl"]

    def command(self, folder):
        return [self.bantam, "corpus", "--size", "100K", "--out", os.path.join(folder, "corpus.jsonl")]


class Picture(Job):
    name, outputs = "picture", ["model.svg", "model.html"]

    def command(self, folder):
        return [self.bantam, "inspect", self.inputs("model"), "--svg", os.path.join(folder, "model.svg"), "--html",
                os.path.join(folder, "model.html")]


JOBS = [Train, GoOn, Pack, Repack, TokenizerTrain, Export, ExportBin, Import, Init, Corpus, Picture]


def write_inputs(bantam, work):
    """What the jobs read, made once under work/inputs."""
    inputs = os.path.join(work, "inputs")
    os.makedirs(inputs)
    at = lambda name: os.path.join(inputs, name)
    write(at("songs.jsonl"), "".join('{"text":"la la %d la"}\n' % (i * 37 % 101) for i in range(120)))
    write(at("books.jsonl"), "".join('{"text":"once there was %d"}\n' % (i * 53 % 97) for i in range(120)))
    write(at("valid.jsonl"), '{"text":"la la 3 la"}\n{"text":"once there was 5"}\n')
    write(at("words.txt"), "".join("w%d some word%d\n" % (i * 7919 % 6007, i % 251) for i in range(3000)))
    rows = []
    for i in range(90):
        row = {"text": "row %d of a few" % i}
        if i % 3 == 0:
            row = {"prompt": "what is %d? " % i, "completion": "it is %d" % i, "category": "question"}
        if i % 5 == 0:
            row["decision"] = i % 2
        if i % 7 == 0:
            row["meta"] = {"number": i}
        rows.append(json.dumps(row) if i % 11 else '{"text": %d}' % i)
    write(at("mixed.jsonl"), "\n".join(rows) + "\n")
    train = Train(bantam, work)
    run = os.path.join(work, "run")
    train.prepare(run)
    subprocess.run(train.command(run), check=True, capture_output=True)
    shutil.copytree(os.path.join(run, "tokenizer"), at("tokenizer"))
    shutil.copytree(os.path.join(run, "model"), at("model"))
    os.rename(run, at("run"))
    subprocess.run([bantam, "export", at("model"), at("exported"), "--to", "hf"], check=True, capture_output=True)

#!/usr/bin/env python3
"""Makes each call fail by which the program changes files, one after the other, as a full or broken disk would.

    tools/fault_points.py build [--jobs train,pack] [--kinds ENOSPC,EIO,full] [--every N] [--processes N]

Tiny runs (tools/tiny_jobs.py) of training, packing, tokenizers, export and the rest. For each call, and each kind of
failure (tests/e2e/failing_writes.cpp, preloaded, says what they are), the run must

- end with exit code 1 and one message that names a file, or end as if nothing had been;
- leave whole or absent what it was to write, whole what was there before, and a checkpoint where there was one;
- leave nothing half-written, but for packing that can go on, and for files that a broken disk will not let go;
- end, when it is started again on a disk that works, with the bytes of a run that was never disturbed.

Prints a line for each job and each thing that is wrong; exit code 1 where there is one. Needs the build folder of a
build with tests.
"""
import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

import tiny_jobs

KINDS = ["ENOSPC", "EIO", "full"]
TAKE_NO_ROOM = {"close", "unlink", "unlinkat", "remove"}


def run_job(job, folder, fault=None, preload=None):
    """(exit code, message, calls). A call is (number, name, path, whether it failed)."""
    environment = dict(os.environ, BANTAM_THREADS="1")
    log = folder + ".calls"
    if preload:
        environment.update(LD_PRELOAD=preload, BANTAM_FAULT_UNDER=folder, BANTAM_FAULT_LOG=log)
    if fault:
        environment.update(BANTAM_FAULT_KIND=fault[0], BANTAM_FAULT_AT=str(fault[1]))
    done = subprocess.run(job.command(folder), env=environment, capture_output=True, stdin=subprocess.DEVNULL)
    calls = []
    if os.path.exists(log):
        for line in tiny_jobs.read(log).decode().splitlines():
            number, name, rest = line.split(" ", 2)
            failed = rest.endswith(" failed")
            calls.append((int(number), name, rest[:-len(" failed")] if failed else rest, failed))
        os.unlink(log)
    return done.returncode, done.stderr.decode(errors="replace"), calls


def leftovers(job, folder):
    marks = (".partial", ".old", ".kept")
    found = [os.path.join(at, name) for at, folders, files in os.walk(folder) for name in folders + files
             if name.endswith(marks)]
    return [path for path in found if not job.may_stay(folder, path)]


def complaints_after(job, folder, fault, code, err, calls, wanted):
    failed = [call for call in calls if call[3]]
    if not failed:
        return []
    wrong = []
    messages = [line for line in err.splitlines() if line.startswith("bantam: ")]
    if code not in (0, 1):
        wrong.append("exit code %d" % code)
    if code == 1 and (len(messages) != 1 or folder not in messages[0]):
        wrong.append("no single message that names the file: " + repr(messages))
    if code == 0 and job.result(folder) != wanted:
        wrong.append("exit code 0, but the result is another")
    made = [path for _, name, path, bad in calls if name.startswith("rename") and not bad]
    wrong += job.complaints(folder, wanted, made)
    if failed[0][1] not in TAKE_NO_ROOM:
        wrong += [os.path.relpath(path, folder) + " stays" for path in leftovers(job, folder)]
    return wrong


def try_point(job, work, fault, preload, wanted):
    """What is wrong, the exit code and the message."""
    folder = os.path.join(tempfile.mkdtemp(dir=work), job.name)
    try:
        job.prepare(folder)
        code, err, calls = run_job(job, folder, fault, preload)
        wrong = complaints_after(job, folder, fault, code, err, calls, wanted)
        again, err_again, _ = (0, "", []) if code == 0 else run_job(job, folder)
        if again == 2 and job.result(folder) == wanted:
            pass  # it was whole when the failure came, and is not written over
        elif again != 0:
            wrong.append("a run on a working disk ends with %d: %s" % (again, err_again.strip()[-300:]))
        else:
            there = job.result(folder)
            differ = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
            if differ:
                wrong.append("a run on a working disk ends with another result: " + ", ".join(differ))
            if code != 0:
                wrong += [os.path.relpath(path, folder) + " stays for good" for path in leftovers(job, folder)]
        failed = [call for call in calls if call[3]]
        where = "%s %s" % (failed[0][1], os.path.relpath(failed[0][2], folder)) if failed else "nothing"
        message = [line for line in err.splitlines() if line.startswith("bantam: ")]
        return where, code, message[0].replace(folder, "") if message else "", wrong
    finally:
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)


def try_job(kind_of_job, arguments, work, preload):
    job = kind_of_job(arguments.bantam, work)
    folder = os.path.join(work, "undisturbed", job.name)
    job.prepare(folder)
    code, err, calls = run_job(job, folder, preload=preload)
    if code != 0:
        sys.exit("%s: the undisturbed run failed: %s" % (job.name, err))
    wanted = job.result(folder)
    numbers = range(1, len(calls) + 1, arguments.every)
    faults = [(kind, number) for kind in arguments.kinds for number in numbers
              if kind == "EIO" or calls[number - 1][1] not in TAKE_NO_ROOM]
    bad = ended = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.processes) as pool:
        tried = pool.map(lambda fault: try_point(job, work, fault,
                                                 preload, wanted), faults)
        for (kind, number), (where, code, message, wrong) in zip(faults, tried):
            ended += code != 0
            if wrong or arguments.verbose:
                print("%s %s %d (%s): exit %d %s" % (job.name, kind, number, where, code, message))
            for complaint in wrong:
                print("    " + complaint)
            bad += bool(wrong)
            sys.stdout.flush()
    print("%s: %d calls, %d failures tried, %d ended the run, %d wrong" %
          (job.name, len(calls), len(faults), ended, bad), flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--jobs", default=",".join(job.name for job in tiny_jobs.JOBS))
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--every", type=int, default=1, help="try every N-th call")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--verbose", action="store_true", help="show each failure and its message")
    arguments = parser.parse_args()
    arguments.bantam = os.path.abspath(os.path.join(arguments.build, "bantam"))
    arguments.kinds = arguments.kinds.split(",")
    preload = os.path.abspath(os.path.join(arguments.build, "libfailing_writes.so"))
    with tempfile.TemporaryDirectory() as work:
        work = os.path.realpath(work)
        tiny_jobs.write_inputs(arguments.bantam, work)
        bad = sum(try_job(job, arguments, work, preload) for job in tiny_jobs.JOBS
                  if job.name in arguments.jobs.split(","))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

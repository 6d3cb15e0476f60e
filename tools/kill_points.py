#!/usr/bin/env python3
"""Kills tiny runs of training and packing at random moments, and holds what they end with against undisturbed ones.

    tools/kill_points.py build/bantam [--count 1000] [--seed 1] [--jobs train,pack] [--processes N]

Each run (tools/tiny_jobs.py) is killed by SIGKILL one to four times in a row, at any moment or while something
half-written is there, as inside a save; after each kill what is there under its own name must be whole, and a checkpoint
that was there must have a successor. Then the same command ends undisturbed: its files must be the same bytes. --count is
of kills. Prints a line for each job and each thing that is wrong; exit code 1 where there is one.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import tiny_jobs

JOBS = [tiny_jobs.Train, tiny_jobs.GoOn, tiny_jobs.Pack, tiny_jobs.Repack]


def half_written(folder):
    return any(name.endswith((".partial", ".old")) for _, folders, files in os.walk(folder) for name in folders + files)


def start(job, folder):
    environment = dict(os.environ, BANTAM_THREADS="1")
    return subprocess.Popen(job.command(folder), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL)


def kill_once(job, folder, draw, seconds):
    """Whether it was killed, and whether something half-written was there."""
    process = start(job, folder)
    begin, inside_a_save = time.monotonic(), draw.random() < 0.5
    moment = begin + draw.uniform(0, seconds)
    while process.poll() is None and time.monotonic() < moment:
        time.sleep(0.0005)
    while inside_a_save and process.poll() is None and not half_written(folder):
        time.sleep(draw.uniform(0, 0.0005))
    killed = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return killed, half_written(folder)


def try_run(job, work, seed, wanted, seconds):
    """(kills, kills beside something half-written, what is wrong)"""
    draw = random.Random(seed)
    folder = os.path.join(tempfile.mkdtemp(dir=work), job.name)
    kills = saves = 0
    wrong, made = [], []
    try:
        job.prepare(folder)
        for _ in range(draw.randint(1, 4)):
            killed, inside = kill_once(job, folder, draw, seconds)
            kills += killed
            saves += killed and inside
            wrong += job.complaints(folder, wanted, made)
            checkpoints = os.path.join(folder, "checkpoints")
            if os.path.isdir(checkpoints) and any(name[5:].isdigit() for name in os.listdir(checkpoints)):
                made = [os.path.join(checkpoints, "seen")]
        process = start(job, folder)
        err = process.communicate()[1].decode(errors="replace")
        if process.returncode != 0:
            wrong.append("ends with %d: %s" % (process.returncode, err.strip()[-300:]))
        there = job.result(folder)
        differ = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        if differ:
            wrong.append("ends with another result: " + ", ".join(differ))
        if half_written(folder):
            wrong.append("something half-written stays")
        return kills, saves, wrong
    finally:
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)


def try_job(job, count, arguments, work):
    folder = os.path.join(work, "undisturbed", job.name)
    job.prepare(folder)
    begin = time.monotonic()
    process = start(job, folder)
    err = process.communicate()[1].decode(errors="replace")
    if process.returncode != 0:
        sys.exit("%s: the undisturbed run failed: %s" % (job.name, err))
    seconds = time.monotonic() - begin
    wanted = job.result(folder)
    runs = kills = saves = bad = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.processes) as pool:
        while kills < count:
            seeds = ["%d %s %d" % (arguments.seed, job.name, runs + i) for i in range(arguments.processes)]
            for seed, (killed, inside, wrong) in zip(
                    seeds, pool.map(lambda seed: try_run(job, work, seed, wanted, seconds), seeds)):
                runs, kills, saves, bad = runs + 1, kills + killed, saves + inside, bad + bool(wrong)
                for complaint in wrong:
                    print("%s (%s): %s" % (job.name, seed, complaint), flush=True)
    print("%s: %d runs, %d kills, %d of them beside something half-written, %d runs wrong" %
          (job.name, runs, kills, saves, bad), flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bantam")
    parser.add_argument("--count", type=int, default=1000, help="kills, shared among the jobs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", default=",".join(job.name for job in JOBS))
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    bantam = os.path.abspath(arguments.bantam)
    jobs = [job for job in JOBS if job.name in arguments.jobs.split(",")]
    with tempfile.TemporaryDirectory() as work:
        work = os.path.realpath(work)
        tiny_jobs.write_inputs(bantam, work)
        bad = sum(try_job(job(bantam, work), -(-arguments.count // len(jobs)), arguments, work) for job in jobs)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# Our copy of the peers' measurement, bench/kernel_bench.py of the shared ground truth, unchanged but for this line.
"""Measure Jupyter kernels against each other over the wire, with jupyter_client alone.

    python kernel_bench.py --kernel NAME [--kernel NAME2 ...] [--rounds 5] [--json]
                           [--snippets FILE] [--only PART,PART] [--cwd DIR] [--timeout 10] [--out FILE]

Needs: Python 3.9+, `pip install jupyter_client`; the kernels' specs installed where `jupyter kernelspec
list` sees them (JUPYTER_PATH helps). Linux only for the memory figures (read from /proc).

How it compares: every round starts each kernel once, one after the other (A B A B ...), and takes every
figure from that one start, so slow phases of the machine fall on all kernels alike. The table shows the
median over rounds, and [min..max] behind it; `--json` prints every raw figure. Run it on an idle machine.

What it measures, per start (all times in ms, all memory in MiB):
  kernel_info      process launch -> kernel_info_reply to a request that was sent at once
  ready            process launch -> jupyter_client's wait_for_ready() returns (it drains iopub for 200 ms)
  first_cell       first execute_request -> its reply and its idle (libraries loaded late show up here)
  trivial_p50/p95  the same for 100 trivial cells
  stream_10k       one cell that prints 10,000 numbered lines -> reply, idle and the last line;
                   stream_lines / stream_ordered / stream_late / stream_idle: did all come, in order, how
                   many messages after idle, did idle come at all (if not, the time is of the last message)
  display_200      one cell with 200 display_data in a tight loop; displays / displays_ordered likewise
  complete_p50     complete_request on a prefix of a variable of an earlier cell, 20 times; complete_ok
  inspect_p50      inspect_request on that variable, 20 times; inspect_ok
  int_loop         interrupt -> execute_reply for a synchronous endless loop
  int_sleep        the same for an endless loop that awaits a timer
  int_await        the same for a synchronous endless loop that follows an await in the same cell
  int_*_status     execute_reply's status (none: no reply within --timeout; the kernel is then killed)
  int_*_next       interrupt -> a later cell has run (aborted ones are sent again);
                   int_*_kept: are the variables of earlier cells still there?
  rss_start, rss_200, pss_start, pss_200   process tree after the first cell, and after 200 cells more
  procs            processes in that tree
  shutdown         shutdown_request on control -> the whole tree is gone; shutdown_reply: did a reply come
  orphan_exit      launcher killed with SIGKILL -> the kernel's tree is gone ('no' after --orphan-wait s)

Snippets are chosen by the language in kernel_info (python, typescript, javascript). The display call is
kernel-specific: each candidate in DISPLAYS is probed and the first that yields one display_data is used.
`--snippets FILE` (JSON, same keys as SNIPPETS[language], plus "display") overrides them.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time

import zmq  # a dependency of jupyter_client
from jupyter_client import KernelManager

TS = {
    "trivial": "1 + 1",
    "define": "const benchValueOne = { alpha: 1, beta: 'two' };",
    "prefix": "benchVal",
    "name": "benchValueOne",
    "kept": "console.log('kept=' + benchValueOne.alpha)",
    "stream": "for (let i = 0; i < 10000; i++) { console.log('line ' + i); }",
    "int_loop": "while (true) {}",
    "int_sleep": "while (true) { await new Promise((r) => setTimeout(r, 10)); }",
    "int_await": "await null; while (true) {}",
}
PY = {
    "trivial": "1 + 1",
    "define": "benchValueOne = {'alpha': 1, 'beta': 'two'}",
    "prefix": "benchVal",
    "name": "benchValueOne",
    "kept": "print('kept=' + str(benchValueOne['alpha']))",
    "stream": "for i in range(10000): print('line ' + str(i))",
    "int_loop": "while True: pass",
    "int_sleep": "import asyncio\nwhile True: await asyncio.sleep(0.01)",
    "int_await": "import asyncio\nawait asyncio.sleep(0)\nwhile True: pass",
}
SNIPPETS = {"python": PY, "typescript": TS, "javascript": TS}
_loop = "for (let i = 0; i < %%d; i++) { %s; }"
DISPLAYS = {  # each: setup cell (may be empty), then the cell; %d is the number of displays
    "python": [("from IPython.display import display",
                "for i in range(%d): display({'text/plain': 'item ' + str(i)}, raw=True)")],
    "typescript": [
        ("", _loop % "display({ 'text/plain': 'item ' + i }, { raw: true })"),
        ("", _loop % "display.raw('text/plain', 'item ' + i)"),
        ("import * as tslab from 'tslab';", _loop % "tslab.display.raw('text/plain', 'item ' + i)"),
        ("", _loop % "await (globalThis as any).Deno.jupyter.broadcast('display_data', "
                     "{ data: { 'text/plain': 'item ' + i }, metadata: {}, transient: {} })"),
    ],
}
DISPLAYS["javascript"] = DISPLAYS["typescript"][:3]
PARTS = ["cells", "stream", "display", "complete", "inspect", "interrupt", "memory", "shutdown", "orphan"]


# ---------------------------------------------------------------- processes
def _children():
    kids = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    tail = f.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if tail[0] != "Z":
                kids.setdefault(int(tail[1]), []).append(int(name))
    return kids


def tree(pid):
    kids, out, todo = _children(), [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo.extend(kids.get(p, []))
    return [p for p in out if alive(p)]


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def memory(pid):
    rss = pss = 0
    for p in tree(pid):
        try:
            with open("/proc/%d/smaps_rollup" % p) as f:
                for line in f:
                    if line.startswith("Rss:"):
                        rss += int(line.split()[1])
                    elif line.startswith("Pss:"):
                        pss += int(line.split()[1])
        except OSError:
            pass
    return rss / 1024, pss / 1024


def wait_gone(pids, limit):
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        if not any(alive(p) for p in pids):
            return True
        time.sleep(0.002)
    return False


def kill_all(pids):
    for p in pids:
        try:
            os.kill(p, signal.SIGKILL)
        except OSError:
            pass


# ---------------------------------------------------------------- one kernel process
class Kernel:
    def __init__(self, name, timeout):
        self.name, self.timeout = name, timeout
        self.km = KernelManager(kernel_name=name)
        self.t0 = time.perf_counter()
        self.km.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.km.provisioner.pid
        self.kc = self.km.blocking_client()
        self.kc.start_channels(stdin=False, hb=False)
        self.poller = zmq.Poller()
        self.shell, self.iopub = self.kc.shell_channel.socket, self.kc.iopub_channel.socket
        self.poller.register(self.shell, zmq.POLLIN)
        self.poller.register(self.iopub, zmq.POLLIN)

    def poll(self, seconds):
        """Yield (channel, message) that arrive within the given time, until none is left."""
        for sock, _ in self.poller.poll(max(0, seconds * 1000)):
            where = "shell" if sock is self.shell else "iopub"
            while True:
                _, msg = self.kc.session.recv(sock, mode=zmq.NOBLOCK)
                if msg is None:
                    break
                yield where, msg

    def start(self):
        mid = self.kc.kernel_info()
        info, end = None, time.perf_counter() + 60
        while info is None and time.perf_counter() < end:
            for where, msg in self.poll(0.5):
                if where == "shell" and msg["msg_type"] == "kernel_info_reply" \
                        and msg["parent_header"].get("msg_id") == mid:
                    info, at = msg["content"], time.perf_counter()
        if info is None:
            raise RuntimeError("%s: no kernel_info_reply in 60 s" % self.name)
        self.kc.wait_for_ready(timeout=60)
        return info, (at - self.t0) * 1000, (time.perf_counter() - self.t0) * 1000

    def run(self, code, limit=None, interrupt_after=None, grace=0.0):
        """Execute one cell; returns the reply, times and the cell's iopub messages."""
        limit = limit or self.timeout
        t0 = time.perf_counter()
        mid = self.kc.execute(code, allow_stdin=False, stop_on_error=False)
        out = {"reply": None, "reply_ms": None, "idle_ms": None, "msgs": [], "late": 0, "last_ms": None}
        interrupted, busy_at, end, grace_end, heard = None, None, t0 + limit, None, t0
        while True:
            now = time.perf_counter()
            if out["reply"] is not None and out["idle_ms"] is not None:
                if not grace:
                    break
                grace_end = grace_end or now + grace
                if now > grace_end:
                    break
            aborted = (out["reply"] or {}).get("status") in ("abort", "aborted")
            if now > end or (out["reply"] is not None and now > heard + (0.1 if aborted else 3)):
                break  # replied, then silent: idle was lost
            if interrupt_after is not None and interrupted is None and busy_at and now > busy_at + interrupt_after:
                interrupted = time.perf_counter()
                self.km.interrupt_kernel()
                end = interrupted + limit
            wait = 0.05 if (interrupt_after is not None and interrupted is None) else 0.25
            for where, msg in self.poll(0.05 if aborted else min(wait, max(0.001, end - now))):
                if msg["parent_header"].get("msg_id") != mid:
                    continue
                now = heard = time.perf_counter()
                if where == "shell":
                    out["reply"], out["reply_ms"] = msg["content"], (now - t0) * 1000
                    out["reply_at"] = now
                elif msg["msg_type"] == "status":
                    if msg["content"]["execution_state"] == "busy":
                        busy_at = now
                    elif msg["content"]["execution_state"] == "idle":
                        out["idle_ms"] = (now - t0) * 1000
                else:
                    out["msgs"].append(msg)
                    out["last_ms"] = (now - t0) * 1000
                    if out["idle_ms"] is not None:
                        out["late"] += 1
                        grace_end = now + grace if grace else None
        out["total_ms"] = max(out["reply_ms"] or 0, out["idle_ms"] or 0)
        out["interrupted"] = interrupted
        return out

    def ask(self, send, kind):
        t0 = time.perf_counter()
        mid, end = send(), t0 + self.timeout
        while time.perf_counter() < end:
            for where, msg in self.poll(0.25):
                if where == "shell" and msg["parent_header"].get("msg_id") == mid:
                    return (time.perf_counter() - t0) * 1000, msg["content"]
        return None, None

    def text(self, out):
        return "".join(m["content"].get("text", "") for m in out["msgs"] if m["msg_type"] == "stream")

    def close(self):
        pids = tree(self.pid) if alive(self.pid) else []
        self.kc.stop_channels()
        kill_all(pids)
        try:
            self.km.shutdown_kernel(now=True)
        except Exception:
            pass


def pct(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(round(q * (len(values) - 1))))] if values else None


def find_display(k, lang, override):
    for setup, cell in ([("", override)] if override else DISPLAYS.get(lang, [])):
        if setup and (k.run(setup)["reply"] or {}).get("status") != "ok":
            continue
        out = k.run(cell % 1, grace=0.1)
        if sum(m["msg_type"] == "display_data" for m in out["msgs"]) == 1:
            return cell
    return None


def measure(name, opts, parts):
    r = {}
    k = Kernel(name, opts.timeout)
    try:
        info, r["kernel_info"], r["ready"] = k.start()
        lang = info["language_info"]["name"].lower()
        r["implementation"] = "%s %s" % (info.get("implementation"), info.get("implementation_version"))
        r["protocol"] = info.get("protocol_version")
        s = dict(SNIPPETS[lang])
        s.update(opts.overrides)
        first = k.run(s["trivial"], limit=60)
        r["first_cell"] = first["total_ms"]
        r["start_to_first_result"] = r["ready"] + r["first_cell"]
        r["first_status"] = (first["reply"] or {}).get("status")
        if "memory" in parts:
            r["rss_start"], r["pss_start"] = memory(k.pid)
            r["procs"] = len(tree(k.pid))
        if "cells" in parts or "memory" in parts:
            times = [k.run(s["trivial"])["total_ms"] for _ in range(100)]
            r["trivial_p50"], r["trivial_p95"] = pct(times, 0.5), pct(times, 0.95)
        if "memory" in parts:
            for _ in range(100):
                k.run(s["trivial"])
            r["rss_200"], r["pss_200"] = memory(k.pid)
        if "stream" in parts:
            out = k.run(s["stream"], limit=60, grace=1.0)
            lines = k.text(out).splitlines()
            r["stream_10k"] = max(out["total_ms"], out["last_ms"] or 0)
            r["stream_lines"] = len(lines)
            r["stream_ordered"] = lines == ["line %d" % i for i in range(10000)]
            r["stream_late"] = out["late"]
            r["stream_msgs"] = len(out["msgs"])
            r["stream_idle"] = out["idle_ms"] is not None
        if "display" in parts:
            cell = find_display(k, lang, opts.overrides.get("display"))
            if cell:
                out = k.run(cell % 200, limit=30, grace=0.5)
                got = [m["content"]["data"].get("text/plain") for m in out["msgs"] if m["msg_type"] == "display_data"]
                r["display_200"] = max(out["total_ms"], out["last_ms"] or 0)
                r["displays"] = len(got)
                r["displays_ordered"] = got == ["item %d" % i for i in range(200)]
        k.run(s["define"])
        if "complete" in parts:
            got = [k.ask(lambda: k.kc.complete(s["prefix"], len(s["prefix"])), "complete_reply") for _ in range(20)]
            r["complete_p50"] = pct([t for t, _ in got if t is not None], 0.5)
            r["complete_ok"] = all(c and s["name"] in c.get("matches", []) for _, c in got)
        if "inspect" in parts:
            got = [k.ask(lambda: k.kc.inspect(s["name"], 3), "inspect_reply") for _ in range(20)]
            r["inspect_p50"] = pct([t for t, _ in got if t is not None], 0.5)
            r["inspect_ok"] = all(bool(c and c.get("found")) for _, c in got)
        if "interrupt" in parts:
            for kind in ("int_loop", "int_sleep", "int_await"):
                k.run(s["define"])
                out = k.run(s[kind], interrupt_after=0.3)
                if out["reply"] is None or out["interrupted"] is None:
                    r[kind], r[kind + "_status"], r[kind + "_kept"] = None, "none", None
                    k.close()
                    k = Kernel(name, opts.timeout)
                    k.start()
                    k.run(s["trivial"], limit=60)
                    continue
                r[kind] = (out["reply_at"] - out["interrupted"]) * 1000
                r[kind + "_status"] = out["reply"].get("status")
                kept, give_up = k.run(s["kept"], limit=30), time.perf_counter() + opts.timeout
                while (kept["reply"] or {}).get("status") in ("abort", "aborted") and time.perf_counter() < give_up:
                    kept = k.run(s["kept"], limit=30)  # the kernel still drains its abort queue
                r[kind + "_next"] = (time.perf_counter() - out["interrupted"]) * 1000
                r[kind + "_kept"] = "kept=1" in k.text(kept)
        if "shutdown" in parts:
            pids, t0 = tree(k.pid), time.perf_counter()
            mid, reply = k.kc.shutdown(), False
            gone, end = False, t0 + k.timeout
            while time.perf_counter() < end and not (gone and reply):
                if k.kc.control_channel.socket.poll(2):
                    _, msg = k.kc.session.recv(k.kc.control_channel.socket, mode=zmq.NOBLOCK)
                    reply = reply or bool(msg and msg["msg_type"] == "shutdown_reply")
                now_gone = not any(alive(p) for p in pids)
                if now_gone and not gone:
                    gone, r["shutdown"] = True, (time.perf_counter() - t0) * 1000
                    end = min(end, time.perf_counter() + 0.3)
            r["shutdown_reply"] = reply
            if not gone:
                r["shutdown"] = None
                kill_all(pids)
    finally:
        k.close()
    if "orphan" in parts:
        r["orphan_exit"] = orphan(name, opts)
    return r


def orphan(name, opts):
    """Start the kernel from a launcher, kill the launcher, time how long the kernel outlives it."""
    p = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--hold", name],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = p.stdout.readline().split()
    if not line:
        p.kill()
        p.wait()
        return None
    pids = tree(int(line[0]))
    t0 = time.perf_counter()
    p.kill()
    p.wait()
    gone = wait_gone(pids, opts.orphan_wait)
    took = (time.perf_counter() - t0) * 1000
    if not gone:
        kill_all([q for root in pids for q in tree(root)])
    try:
        os.unlink(line[1])
    except OSError:
        pass
    return took if gone else "no"


def hold(name):
    k = Kernel(name, 30)
    k.start()
    print(k.pid, k.km.connection_file, flush=True)
    time.sleep(600)


# ---------------------------------------------------------------- report
def cell_text(values):
    values = [v for v in values]
    nums = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if nums and len(nums) == len(values):
        med = statistics.median(nums)
        f = "%.0f" if med >= 100 else "%.1f"
        if max(nums) == min(nums):
            return (f if med != int(med) else "%d") % med
        return (f + " [" + f + ".." + f + "]") % (med, min(nums), max(nums))
    return " ".join("%s%s" % (str(v) if not isinstance(v, float) else "%.0f" % v, "x%d" % values.count(v)
                              if values.count(v) > 1 else "") for v in dict.fromkeys(values))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--kernel", action="append", default=[])
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--timeout", type=float, default=10)
    p.add_argument("--orphan-wait", type=float, default=10)
    p.add_argument("--only", default=",".join(PARTS), help="parts: " + ",".join(PARTS))
    p.add_argument("--snippets")
    p.add_argument("--cwd", help="folder in which the kernels start (TypeScript kernels may find types there)")
    p.add_argument("--json", action="store_true")
    p.add_argument("--out")
    p.add_argument("--hold", help=argparse.SUPPRESS)
    opts = p.parse_args()
    if opts.hold:
        return hold(opts.hold)
    if not opts.kernel:
        p.error("--kernel is needed")
    opts.overrides = json.load(open(opts.snippets)) if opts.snippets else {}
    if opts.out:
        opts.out = os.path.abspath(opts.out)
    if opts.cwd:
        os.chdir(opts.cwd)
    parts, runs = opts.only.split(","), {name: [] for name in opts.kernel}
    for i in range(opts.rounds):
        for name in opts.kernel:
            t = time.perf_counter()
            try:
                runs[name].append(measure(name, opts, parts))
            except Exception as e:  # one bad start must not lose the others
                runs[name].append({"failed": "%s: %s" % (type(e).__name__, e)})
            print("round %d %s: %.1f s" % (i + 1, name, time.perf_counter() - t), file=sys.stderr)
    if opts.json:
        text = json.dumps({"rounds": opts.rounds, "kernels": runs}, indent=1)
    else:
        keys = list(dict.fromkeys(key for rs in runs.values() for r in rs for key in r))
        rows = [["", *opts.kernel]]
        for key in keys:
            rows.append([key, *(cell_text([r.get(key) for r in runs[n]]) for n in opts.kernel)])
        wide = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
        text = "\n".join("  ".join(v.ljust(w) for v, w in zip(row, wide)).rstrip() for row in rows)
    print(text)
    if opts.out:
        with open(opts.out, "w") as f:
            f.write(text + "\n")


if __name__ == "__main__":
    main()

import { fork, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Node's own remark when a process with a guard exits. */
const NODE_REMARK = "Waiting for the debugger to disconnect...\n";

/**
 * Starts a runner. File descriptor 4 is its guard's pipe: an interrupt's number on it cuts off the running JavaScript, its end ends the runner.
 * @param show gets what native code and child processes write past the runner's streams
 */
export function launchRunner(show: (name: "stdout" | "stderr", text: string) => void): ChildProcess {
  const child = fork(fileURLToPath(new URL("../runner/child.js", import.meta.url)), [], {
    execArgv: ["--no-force-async-hooks-checks", "--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
  });
  forwardText(child.stdout, (text) => show("stdout", text));
  forwardText(child.stderr, (text) => show("stderr", text));
  const pipe = guardPipe(child);
  pipe?.on("error", () => undefined); // the runner may be gone already
  return child;
}

/** Cuts off the JavaScript that the runner's main thread executes, unless it has obeyed that interrupt by now. @param number 0–255 */
export function cutOff(child: ChildProcess, number: number): void {
  guardPipe(child)?.write(Uint8Array.of(number), () => undefined);
}

function guardPipe(child: ChildProcess): Writable | undefined {
  const pipe: unknown = child.stdio[4];
  return isWritable(pipe) ? pipe : undefined;
}

const isWritable = (stream: unknown): stream is Writable => typeof stream === "object" && stream !== null && "write" in stream;

function forwardText(stream: Readable | null, show: (text: string) => void): void {
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    const own = text.replace(NODE_REMARK, "");
    if (own !== "") show(own);
  });
}

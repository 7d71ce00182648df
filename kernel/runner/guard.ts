import { Session } from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";

import { endDescendants } from "../descendants.js";

/** The extra pipe that the front opened. */
const PIPE = 4;

/**
 * A thread of the runner that a busy main thread cannot hold up. An interrupt's number on the pipe: the JavaScript that runs on the
 * main thread is cut off, where no catch sees it; not where it has obeyed the interrupt meanwhile, as what is cut off then may be
 * Node's own work, which ends the process. The pipe's end: the front is gone, and the process ends.
 */
function guard(obeyed: Int32Array): void {
  const session = new Session();
  session.connectToMainThread();
  const pipe = new Socket({ fd: PIPE });
  pipe.on("data", (bytes: Buffer) => {
    if (Atomics.load(obeyed, 0) === bytes.at(-1)) return;
    session.post("Runtime.terminateExecution", () => undefined);
  });
  for (const event of ["end", "close", "error"]) pipe.on(event, endAll);
}

/** What cells started first, as nothing comes after this process's own end. */
function endAll(): void {
  endDescendants();
  process.kill(process.pid, "SIGKILL");
}

if (workerData instanceof Int32Array) guard(workerData);

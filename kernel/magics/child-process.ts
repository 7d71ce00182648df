import { spawn } from "node:child_process";

import { InputError } from "../../lib/core/errors.js";

/** A program to run for a cell. */
export interface ProcessOrder {
  readonly program: string;
  readonly words: readonly string[];
  /** Ends it, and all that it started. */
  readonly signal: AbortSignal;
  /** For the error. */
  readonly where: string;
}

/**
 * Runs a program to its end; what it prints is the cell's output, as it comes.
 * @throws InputError where it can't be started or ends with an exit code above 0; the interruption if the cell is stopped
 */
export async function runProcess({ program, words, signal, where }: ProcessOrder): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  child.stdout.setEncoding("utf8").on("data", (text: string) => process.stdout.write(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => process.stderr.write(text));
  const stop = (): void => endGroup(child.pid);
  signal.addEventListener("abort", stop);
  try {
    const ended = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killedBy) => resolve(killedBy ?? String(code)));
    }).catch((error: unknown) => {
      throw new InputError({
        where,
        found: error instanceof Error ? error.message : String(error),
        expected: `${program} to start`,
      });
    });
    signal.throwIfAborted();
    if (ended !== "0") throw new InputError({ where, found: `it ended with ${ended}`, expected: "exit code 0" });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The child leads a group of its own, so what it started ends with it. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // it has ended by itself
  }
}

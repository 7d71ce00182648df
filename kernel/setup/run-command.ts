import { spawn } from "node:child_process";

/** How a program ended, and what it wrote. */
export interface Finished {
  /** Exit status; 127 if there is no such program, 128 if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a program runs, with which variables beside our own, and who sees each piece of its output as it comes. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStdout?: (text: string) => void;
  readonly onStart?: (pid: number) => void;
}

/** Runs a program to its end, without a shell. Never rejects: a program that is not there ends with status 127. */
export function runCommand(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { cwd, env, onStdout, onStart } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onStdout?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => resolve({ status: 127, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ status: code ?? 128, stdout, stderr }));
    if (child.pid !== undefined) onStart?.(child.pid);
  });
}

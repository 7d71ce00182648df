import { existsSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { InputError } from "../../lib/index.js";
import { environmentPython, packageRoot, runCommand } from "../setup/index.js";
import { ownJupyterPath } from "./jupyter-path.js";
import { watchMemory } from "./process-memory.js";

/** One line of execute_notebook.py. */
const NotebookEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("cell"), number: z.number(), of: z.number(), title: z.string() }),
  z.object({ event: z.literal("note"), text: z.string() }),
  z.object({ event: z.literal("failed"), number: z.number(), name: z.string(), message: z.string(), traceback: z.string() }),
]);

/** Where the execution is, what the running cell shows, or what it failed with. Cells count from 1, code cells only. */
export type NotebookEvent = z.infer<typeof NotebookEvent>;

/** Which notebook is executed, and what is written: the executed notebook and, if named, a page. */
export interface Execution {
  readonly notebook: string;
  readonly output: string;
  readonly html?: string;
  readonly kernel?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: NotebookEvent) => void;
}

/** How it went: the failure, if a cell raised an error or the kernel died; the peak memory of all processes, in bytes. */
export interface Executed {
  readonly failure?: Extract<NotebookEvent, { event: "failed" }>;
  readonly peakMemory?: number;
}

/** Executes a notebook in a kernel of this checkout, in the notebook's folder. What was executed is written after a failure too. */
export async function executeNotebook({ notebook, output, html, kernel, env, onEvent }: Execution): Promise<Executed> {
  if (!existsSync(notebook)) throw new InputError({ where: notebook, found: "no such file", expected: "a notebook" });
  const python = await environmentPython();
  if (python === undefined) throw new Error("the Jupyter environment has just vanished");
  let failure: Executed["failure"];
  const onStdout = linewise((line) => {
    const event = NotebookEvent.parse(JSON.parse(line));
    if (event.event === "failed") failure = event;
    onEvent?.(event);
  });
  let memory: ReturnType<typeof watchMemory> | undefined;
  const script = join(packageRoot(), "kernel", "cli", "execute_notebook.py");
  const args = [script, notebook, output, "--kernel", kernel ?? "touchstone", ...(html === undefined ? [] : ["--html", html])];
  const finished = await runCommand(python, args, {
    env: { ...(await ownJupyterPath()), ...env },
    onStdout,
    onStart: (pid) => (memory = watchMemory(pid)),
  });
  memory?.stop();
  const peakMemory = memory?.peak();
  if (finished.status !== 0 && failure === undefined) throw new Error(`executing ${notebook} failed:\n${finished.stderr.trim()}`);
  return { ...(failure === undefined ? {} : { failure }), ...(peakMemory === undefined ? {} : { peakMemory }) };
}

/** Calls back once for each whole line of a text that comes in pieces. */
export function linewise(onLine: (line: string) => void): (piece: string) => void {
  let rest = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    lines.filter(Boolean).forEach(onLine);
  };
}

import { join } from "node:path";

import { z } from "zod";

import type { Missing } from "./prerequisites.js";
import { packageRoot } from "./package-root.js";
import { runCommand } from "./run-command.js";

/** What describe_python.py says of an interpreter. */
const Interpreter = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  executable: z.string(),
  prefix: z.string(),
  /** Whether it can make environments: venv and ensurepip are there. */
  venv: z.boolean(),
  pip: z.boolean(),
  packages: z.record(z.string(), z.string()),
});

/** A Python interpreter: its version, where it lives, what it can do, and the versions of the packages that were asked about. */
export type Interpreter = z.infer<typeof Interpreter>;

const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python", "/usr/bin/python3"]; // the last for a PATH whose python3 is a shim that does not run

/** The lowest usable version of each package that the demonstration, the tests and `npm start` need. */
const NEEDED: Readonly<Record<string, readonly [number, number]>> = {
  jupyterlab: [4, 0],
  nbclient: [0, 7],
  nbconvert: [7, 0],
  jupyter_client: [8, 0],
  jupyter_kernel_test: [0, 5],
};

/**
 * The interpreter to use: `TOUCHSTONE_PYTHON`, or the first on PATH that has Jupyter, else the first that can make an
 * environment, else the first that is new enough.
 */
export async function findInterpreter(): Promise<Interpreter | undefined> {
  const named = process.env.TOUCHSTONE_PYTHON;
  const usable: Interpreter[] = [];
  for (const program of named ? [named] : CANDIDATES) {
    const found = await describeInterpreter(program);
    if (found === undefined || !isAtLeast(found.version, [3, 9])) continue;
    if (found.venv || hasJupyter(found)) return found;
    usable.push(found);
  }
  return usable[0];
}

/** What an interpreter says of itself, or undefined if it does not run. */
export async function describeInterpreter(program: string): Promise<Interpreter | undefined> {
  const script = join(packageRoot(), "kernel", "setup", "describe_python.py");
  const { status, stdout } = await runCommand(program, [script, ...Object.keys(NEEDED)]);
  return status === 0 ? Interpreter.parse(JSON.parse(stdout)) : undefined;
}

/** Whether an interpreter has all that the project needs of Jupyter, in usable versions, and pip for downloads. */
export function hasJupyter({ packages, pip }: Interpreter): boolean {
  if (!pip || !packages.jupyterlab?.startsWith("4.")) return false; // the pictures are made for JupyterLab 4's Vega-Lite
  return Object.entries(NEEDED).every(([name, lowest]) => isAtLeast((packages[name] ?? "0.0").split(".").map(Number), lowest));
}

/** What is missing for an environment of the project's own. */
export function missingForEnvironment(interpreter: Interpreter | undefined): readonly Missing[] {
  if (interpreter === undefined) {
    return [
      {
        what: "Python 3.9 or later",
        remedy: "install it (Debian: apt-get install python3 python3-venv) or name it in TOUCHSTONE_PYTHON",
      },
    ];
  }
  if (interpreter.venv) return [];
  const [major, minor] = interpreter.version;
  return [
    {
      what: `the venv and ensurepip modules of ${interpreter.executable} (Python ${major}.${minor})`,
      remedy: "install them (Debian: apt-get install python3-venv) or name another Python in TOUCHSTONE_PYTHON",
    },
  ];
}

function isAtLeast(version: readonly number[], [major, minor]: readonly [number, number]): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

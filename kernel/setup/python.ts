import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { cached, cachedEntry, cacheFolder, fingerprint } from "../../lib/index.js";
import { findInterpreter, hasJupyter, missingForEnvironment, type Interpreter } from "./interpreter.js";
import { packageRoot } from "./package-root.js";
import { runPip } from "./pip.js";
import { runCommand } from "./run-command.js";
import type { Step } from "./step.js";

/** The Jupyter environment: a Python on PATH that has what is needed, or one of the project's own in the cache. */
export const pythonStep: Step = {
  need: "python",
  title: "Jupyter environment",
  isReady: async () => (await environmentPython()) !== undefined,
  demands: async () => ({ bytes: 600e6, missing: missingForEnvironment(await findInterpreter()) }),
  make: makeEnvironment,
};

/** The interpreter of the Jupyter environment, or undefined if there is none yet. */
export async function environmentPython(): Promise<string | undefined> {
  const interpreter = await findInterpreter();
  if (interpreter === undefined) return undefined;
  if (hasJupyter(interpreter)) return interpreter.executable;
  const folder = await cachedEntry(await entryName(interpreter));
  if (folder === undefined) return undefined;
  return (await runs(pythonOf(folder))) ? pythonOf(folder) : undefined;
}

/**
 * A venv with the pinned packages. It is made under the entry's temporary name and renamed; that leaves its interpreter
 * whole (it finds its packages beside itself), and the scripts beside it are made to name the final place.
 */
async function makeEnvironment(note: (text: string) => void): Promise<void> {
  const interpreter = await findInterpreter();
  if (interpreter === undefined) throw new Error("no Python");
  const name = await entryName(interpreter);
  const place = join(cacheFolder(), name);
  if (!(await runs(pythonOf(place)))) await rm(place, { recursive: true, force: true }); // whole, but its base Python is gone
  await cached(name, async (draft) => {
    note("making the environment");
    const { status, stdout, stderr } = await runCommand(interpreter.executable, ["-m", "venv", draft]);
    if (status !== 0) throw new Error(`${interpreter.executable} -m venv failed: ${(stderr || stdout).trim()}`);
    const args = ["install", "--only-binary=:all:", "--requirement", requirementsFile()];
    await runPip(args, { python: pythonOf(draft), folder: draft, note }, "of about 200 MB");
    note("checking");
    await nameFinalPlace(draft, place);
  });
}

/** Named by what decides its content: the pins, the Python it stands on. */
async function entryName({ version, prefix }: Interpreter): Promise<string> {
  const pins = await readFile(requirementsFile(), "utf8");
  return `python/jupyter-${version.join(".")}-${fingerprint({ pins, prefix }).slice(0, 12)}`;
}

async function nameFinalPlace(draft: string, place: string): Promise<void> {
  for (const name of await readdir(join(draft, "bin"))) {
    const path = join(draft, "bin", name);
    if ((await stat(path)).size > 65_536) continue; // an interpreter; scripts are short
    const text = await readFile(path, "utf8");
    if (text.includes(draft)) await writeFile(path, text.replaceAll(draft, place));
  }
}

const pythonOf = (folder: string): string => join(folder, "bin", "python");
const requirementsFile = (): string => join(packageRoot(), "kernel", "setup", "requirements.txt");
const runs = async (python: string): Promise<boolean> => (await runCommand(python, ["-S", "-c", ""])).status === 0;

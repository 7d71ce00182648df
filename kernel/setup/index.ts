import { modelStep } from "./model.js";
import { nativeStep } from "./native.js";
import { MissingPrerequisites, missingSpace } from "./prerequisites.js";
import { progressLine, type ProgressLine } from "./progress-line.js";
import { pythonStep } from "./python.js";
import type { Need, Step } from "./step.js";

export { installKernelspec, userDataFolder } from "./kernelspec.js";
export { describeInterpreter, findInterpreter } from "./interpreter.js";
export { packageRoot } from "./package-root.js";
export { MissingPrerequisites } from "./prerequisites.js";
export { progressLine, type ProgressLine } from "./progress-line.js";
export { environmentPython } from "./python.js";
export { runCommand } from "./run-command.js";
export type { Need } from "./step.js";

/**
 * Brings what is missing, in order, with a line of progress each; quick and silent if nothing is.
 * What it fetches or builds is kept in the cache, whole or not at all, so it can be stopped and started again, also twice at once.
 * @returns whether anything had to be done
 * @throws MissingPrerequisites with a line for each thing the machine lacks, before any work
 */
export async function setup({ needs }: { readonly needs: readonly Need[] }): Promise<boolean> {
  const steps = [pythonStep, await nativeStep(), modelStep].filter(({ need }) => needs.includes(need) || need === "python");
  const ready = await Promise.all(steps.map((step) => step.isReady()));
  const wanted = steps.filter((step, i) => !ready[i] && needs.includes(step.need));
  if (wanted.length === 0) return false;
  const todo = steps.filter((step, i) => !ready[i]); // pip of the Python environment makes the downloads of the others
  await refuseIfImpossible(todo);
  const line = progressLine(process.stderr);
  for (const [i, step] of todo.entries()) await makeShown(step, line, `[${i + 1}/${todo.length}] ${step.title}`);
  return true;
}

async function refuseIfImpossible(steps: readonly Step[]): Promise<void> {
  const demands = await Promise.all(steps.map((step) => step.demands()));
  const bytes = demands.reduce((sum, demand) => sum + demand.bytes, 0);
  const all = [...demands.flatMap(({ missing }) => missing), ...(await missingSpace(bytes))];
  if (all.length > 0) throw new MissingPrerequisites(all);
}

async function makeShown(step: Step, line: ProgressLine, title: string): Promise<void> {
  line.start(title);
  try {
    await step.make(line.note);
  } catch (error) {
    line.end("failed");
    throw error;
  }
  line.end("done");
}

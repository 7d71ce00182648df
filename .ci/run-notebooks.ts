import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { executeNotebook } from "../kernel/cli/execute-notebook.js";
import { setup } from "../kernel/setup/index.js";
import { notebookFindings } from "./notebook-findings.js";

const OUTPUT = join(".artifacts", "ci", "notebooks");

/** What is wrong with a notebook after a run in the built kernel, at reduced size, in a study of its own. */
async function findingsAfterRun(name: string): Promise<readonly string[]> {
  const output = join(OUTPUT, name);
  await mkdir(dirname(output), { recursive: true });
  const study = await mkdtemp(join(OUTPUT, "study-"));
  const env = { TOUCHSTONE_REDUCED: "1", TOUCHSTONE_STUDY: join(process.cwd(), study) };
  const { failure } = await executeNotebook({ notebook: join("notebooks", name), output, env });
  const failed = failure === undefined ? [] : [`code cell ${failure.number}: ${failure.name}: ${failure.message}`];
  return [...failed, ...(failed.length > 0 ? [] : notebookFindings(await readFile(output, "utf8")))];
}

/** Drafts that JupyterLab keeps beside notebooks are none. */
const isNotebook = (name: string): boolean => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints");

/** One line a notebook: passed, or FAILED with the reasons. @returns how many failed */
async function main(): Promise<number> {
  await setup({ needs: ["python", "native", "model"] });
  await mkdir(OUTPUT, { recursive: true });
  const names = existsSync("notebooks") ? (await readdir("notebooks", { recursive: true })).filter(isNotebook).sort() : [];
  let failed = 0;
  for (const name of names) {
    const began = Date.now();
    const findings = await findingsAfterRun(name).catch((error: unknown) => [String(error)]);
    if (findings.length > 0) failed += 1;
    const verdict = findings.length > 0 ? "FAILED" : "passed";
    console.log(
      `${verdict}  notebook ${name}  ${Math.round((Date.now() - began) / 1000)} s${findings.map((one) => `\n    ${one}`).join("")}`,
    );
  }
  return failed;
}

process.exitCode = (await main()) > 0 ? 1 : 0;

import { writeFile } from "node:fs/promises";
import { devNull } from "node:os";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";

import { InputError } from "../../lib/index.js";
import { type HeadlessKernel, startHeadless } from "../front/headless.js";
import { studyFolder } from "../study-folder.js";
import { progressLine, type ProgressLine, setup } from "../setup/index.js";
import type { Command } from "./command.js";
import { type NotebookCell, type NotebookFile, readNotebook, withParameters } from "./notebook-file.js";
import { provenance, type Provenance, versionNotes } from "./provenance.js";

const OPTIONS = { set: { type: "string", multiple: true }, out: { type: "string" } } as const;

/** Executes a notebook without Python or Jupyter, with the kernel's own compiler and runner. */
export const run: Command = {
  summary: "execute a notebook without Python, and write it; exit status 1 if a cell fails",
  usage: "run NOTEBOOK [--set NAME=VALUE]… [--out FILE]",
  run: async (args) => {
    const { values, positionals } = readWords(args);
    const [path] = positionals;
    if (positionals.length !== 1) {
      throw new InputError({ where: "run", found: `${positionals.length} notebooks`, expected: "one" });
    }
    const out = resolve(values.out ?? path);
    const notebook = withParameters(await readNotebook(path), values.set ?? []);
    for (const line of versionNotes(notebook)) console.error(line);
    await setup({ needs: ["native", "model"] });
    process.env.JPY_SESSION_NAME ??= resolve(path); // names the study, as Jupyter does
    process.env.TOUCHSTONE_HISTORY ??= devNull; // a batch run is nobody's history
    process.chdir(dirname(resolve(path)));
    const study = studyFolder();
    const kernel = startHeadless();
    const line = progressLine(process.stderr);
    try {
      const { cells, failure } = await runCells(notebook.cells, kernel, line);
      const made = await provenance(out, study);
      await writeFile(out, `${JSON.stringify(finished(notebook, cells, made), null, 1)}\n`);
      console.log(failure === undefined ? `executed notebook  ${out}` : `${failure}\nwritten so far  ${out}`);
      return failure === undefined ? 0 : 1;
    } finally {
      kernel.close();
    }
  },
};

function readWords(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new InputError({ where: "run", found: error instanceof Error ? error.message : String(error), expected: run.usage });
  }
}

/** Runs code cells in turn up to the first that fails; the others stay as they were, without outputs of an earlier run. */
async function runCells(
  cells: readonly NotebookCell[],
  kernel: HeadlessKernel,
  line: ProgressLine,
): Promise<{ readonly cells: NotebookCell[]; readonly failure?: string }> {
  const of = cells.filter(isCode).length;
  const done: NotebookCell[] = [];
  let number = 0;
  let failure: string | undefined;
  for (const cell of cells) {
    if (!isCode(cell)) {
      done.push(cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell);
      continue;
    }
    number++;
    if (failure !== undefined) {
      done.push({ ...cell, outputs: [], execution_count: null });
      continue;
    }
    line.start(`cell ${number} of ${of}: ${cell.source.trim().split("\n")[0].slice(0, 100)}`);
    const ran = await kernel.execute(cell.source, (text) => line.note(text.trim().split("\n").at(-1)?.slice(0, 100) ?? ""));
    done.push({ ...cell, outputs: [...ran.outputs], execution_count: ran.count });
    if (ran.failure !== undefined) failure = `cell ${number} failed: ${ran.failure.name}: ${ran.failure.message}`;
    line.end(ran.failure === undefined ? "done" : "failed");
  }
  return { cells: done, ...(failure === undefined ? {} : { failure }) };
}

const isCode = ({ cell_type: type, source }: NotebookCell): boolean => type === "code" && source.trim() !== "";

/** The notebook with what made its outputs in its metadata. */
const finished = (notebook: NotebookFile, cells: readonly NotebookCell[], touchstone: Provenance): NotebookFile => ({
  ...notebook,
  metadata: { ...notebook.metadata, touchstone: { ...touchstone } },
  cells: [...cells],
});

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { packageRoot, progressLine, setup, type ProgressLine } from "../setup/index.js";
import { readOptions, type Command } from "./command.js";
import { executeNotebook, type Executed, type NotebookEvent } from "./execute-notebook.js";
import { artifacts } from "./jupyter-path.js";

/** Executes the first notebook in a fresh study, and writes it and an HTML page. */
export const demo: Command = {
  summary: "execute notebooks/first-look.ipynb anew and write it, and a page, into .artifacts/demo",
  usage: "demo [--notebook FILE]",
  run: async (args) => {
    const began = Date.now();
    const { notebook } = readOptions("demo", args, { notebook: { type: "string" } });
    await setup({ needs: ["python", "native", "model"] });
    const path = typeof notebook === "string" ? resolve(notebook) : join(packageRoot(), "notebooks", "first-look.ipynb");
    const place = join(artifacts(), "demo");
    await rm(place, { recursive: true, force: true }); // an earlier run's results would pass for this one's
    await mkdir(place, { recursive: true });
    const study = await mkdtemp(join(place, "study-")); // fresh, so that all is evaluated anew
    const output = join(place, basename(path));
    const html = output.replace(/\.ipynb$/, ".html");
    const line = progressLine(process.stderr);
    const executed = await executeNotebook({
      notebook: path,
      output,
      html,
      env: { TOUCHSTONE_STUDY: study },
      onEvent: showCells(line),
    });
    line.end(executed.failure === undefined ? "done" : "failed");
    console.log(summary(executed, { output, html, study, seconds: (Date.now() - began) / 1000 }));
    return executed.failure === undefined ? 0 : 1;
  },
};

function showCells(line: ProgressLine): (event: NotebookEvent) => void {
  let running = false;
  return (event) => {
    if (event.event === "note") line.note(event.text);
    if (event.event !== "cell") return;
    if (running) line.end("done");
    running = true;
    line.start(`cell ${event.number} of ${event.of}: ${event.title}`);
  };
}

interface Written {
  readonly output: string;
  readonly html: string;
  readonly study: string;
  readonly seconds: number;
}

function summary({ failure, peakMemory }: Executed, { output, html, study, seconds }: Written): string {
  const memory =
    peakMemory === undefined ? "not measured here" : `${(peakMemory / 2 ** 30).toFixed(2)} GiB (PSS, kernel and client together)`;
  return [
    ...(failure === undefined
      ? []
      : [`cell ${failure.number} failed: ${failure.name}: ${failure.message}`, failure.traceback, ""]),
    `executed notebook  ${output}`,
    `page               ${html}`,
    `study              ${study}`,
    `time               ${seconds.toFixed(1)} s, set-up included`,
    `peak memory        ${memory}`,
  ].join("\n");
}

import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { endDescendants } from "../descendants.js";
import type { RunnerOrder, RunnerReport } from "../link.js";
import type { DisplayOptions } from "../magics/context.js";
import { findMagic } from "../magics/registry.js";
import { createCells } from "./cells.js";
import { plainText, rawBundle, toBundle, type Rendering } from "./display.js";
import { createScope, interruption, runProgram } from "./execute.js";
import { describeFailure } from "./failures.js";
import { defineGlobals } from "./globals.js";
import { createQuestions } from "./input.js";
import { libraryRenderers } from "./library.js";
import { createLiveLine, type ClosableLine } from "./live-line.js";
import { endLibraryCalls } from "./magic-calls.js";
import { createModules } from "./modules.js";
import { createOutputs } from "./outputs.js";
import { createSession } from "./session.js";
import { captureStreams } from "./streams.js";
import { wrapTimers } from "./timers.js";

/** Our own library has this long to end by itself when the cell is interrupted. Milliseconds. */
const GRACE = 1_000;

const later = globalThis.setTimeout;
const send = (report: RunnerReport): void => void process.send?.(report, () => undefined);
const announce = (running: boolean): void => send({ kind: "library", running });

const cells = createCells();
const outputs = createOutputs((cell, output) => send({ kind: "output", cell, output }));
const questions = createQuestions(cells, send);
const rendering: Rendering = {
  renderers: libraryRenderers,
  complain: (text) => outputs.stream(cells.current, "stderr", text),
};
const session = createSession();
const bench = { cells, modules: createModules(process.cwd()), outputs, rendering, scope: createScope() };

function display(value: unknown, { raw = false, displayId, update = false, metadata = {} }: DisplayOptions = {}): void {
  const bundle = raw ? { data: rawBundle(value), metadata: {} } : toBundle(value, rendering);
  const place = { displayId: displayId ?? null, update };
  if (bundle instanceof Promise)
    outputs.display(
      cells.current,
      bundle.then(({ data }) => ({ data, metadata })),
      place,
    );
  else outputs.display(cells.current, { data: bundle.data, metadata }, place);
}

/** The number of the interrupt that was obeyed last, as the guard sees it. */
const obeyed = new Int32Array(new SharedArrayBuffer(4)).fill(-1);

let lines = 0;

function liveLine(): ClosableLine {
  const displayId = `progress-${process.pid}-${++lines}`;
  const cell = cells.current;
  return createLiveLine({
    now: () => Date.now(),
    show: (data, update) => outputs.display(cell, { data, metadata: {} }, { displayId, update }),
  });
}

async function run(order: Extract<RunnerOrder, { kind: "run" }>): Promise<void> {
  const { program, allowStdin } = order;
  const outcome = await runProgram(program, allowStdin, bench);
  endLibraryCalls({ cells, announce });
  send({ kind: "finished", cell: program.cell, outcome });
}

/** Asks our own library to stop and gives it its time; anything else is left behind at once. */
function interrupt(number: number): void {
  Atomics.store(obeyed, 0, number);
  const { running } = cells;
  if (running) {
    const end = (): void => {
      cells.interrupted.add(running.cell);
      running.reject(interruption());
    };
    running.abort.abort(interruption());
    questions.abandon(interruption());
    if (cells.libraryCalls.size > 0) later(end, GRACE);
    else end();
  }
  send({ kind: "interrupted" });
}

async function tellValues(id: number, magic: string, parameter: string): Promise<void> {
  const { positional, options } = findMagic(magic);
  const { values } = { ...positional, ...options }[parameter];
  const found = typeof values === "function" ? await values(session) : (values ?? []);
  send({ kind: "values", id, values: found });
}

/** An error that no cell waits for: shown where its cell shows things, and the process lives on. */
function showStray(error: unknown): void {
  const { traceback } = describeFailure(error, cells.programs);
  outputs.stream(cells.current, "stderr", `Uncaught ${traceback.join("\n")}\n`);
}

/** Takes along what cells have started. */
function leave(): void {
  endDescendants();
  process.exit(0);
}

function obey(order: RunnerOrder): void {
  if (order.kind === "run") void run(order);
  else if (order.kind === "interrupt") interrupt(order.number);
  else if (order.kind === "input") questions.answer(order.id, order.value);
  else
    tellValues(order.id, order.magic, order.parameter).catch((error: unknown) => process.stderr.write(`${plainText(error)}\n`));
}

new Worker(new URL("./guard.js", import.meta.url), { workerData: obeyed }).unref();
captureStreams(cells, outputs);
wrapTimers(cells);
/** What tslab's converter calls the last expression. */
const LAST_VALUE = /^tsLastExpr\d*$/;

const variables = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(bench.scope).filter(([name]) => !LAST_VALUE.test(name)));

function forget(): void {
  for (const name of Object.keys(bench.scope)) Reflect.deleteProperty(bench.scope, name);
  send({ kind: "forgotten" });
}

const record = (write: (text: string) => void): void => outputs.record(cells.current, write);
const capture = (file: string): void => send({ kind: "capture", cell: cells.current, file: resolve(file) });
defineGlobals({ cells, outputs, questions, session, display, liveLine, announce, variables, forget, record, capture });
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined); // the front decides what they mean
process.on("uncaughtException", showStray);
process.on("unhandledRejection", showStray);
process.on("disconnect", leave);
process.on("SIGTERM", leave);
process.on("message", obey);
send({ kind: "ready" });

import { constants, runInThisContext } from "node:vm";
import { InterruptedError } from "../../lib/core/errors.js";
import type { Outcome, Program } from "../link.js";
import { keepProgram, type Cells } from "./cells.js";
import { describeFailure } from "./failures.js";
import { toBundle, type Rendering } from "./display.js";
import type { Modules } from "./modules.js";
import { bounded, type Outputs } from "./outputs.js";

/** What running a cell needs. */
export interface Bench {
  readonly cells: Cells;
  readonly modules: Modules;
  readonly outputs: Outputs;
  readonly rendering: Rendering;
  /** What all cells share: each one's variables are its properties. */
  readonly scope: Record<string, unknown>;
}

/**
 * Variables of cells, of any name: no prototype is below. TypeScript defines imported names through getters; here they become
 * plain values that can be written.
 */
export function createScope(): Record<string, unknown> {
  return new Proxy(nothing(), {
    defineProperty: (target, name, attributes) => {
      if (name === "__esModule") return true;
      return Reflect.set(target, name, attributes.get ? attributes.get() : attributes.value);
    },
  });
}

function nothing(): Record<string, unknown> {
  const bare: Record<string, unknown> = {};
  Object.setPrototypeOf(bare, null);
  return bare;
}

/** Runs a cell to its end, or to its interruption, and shows its last value. */
export async function runProgram(program: Program, allowStdin: boolean, bench: Bench): Promise<Outcome> {
  const { cells, outputs, rendering } = bench;
  keepProgram(cells, program);
  const { gate, signal } = openGate(cells, program.cell, allowStdin);
  try {
    const work = Promise.resolve().then(() => runBody(program, bench, signal)); // a microtask of its own: what an interrupt cuts off
    const value = await Promise.race([work, gate]);
    const result = value === undefined ? null : await Promise.race([toBundle(value, rendering), gate]);
    return { status: "ok", result: result && { ...result, data: bounded(result.data) } };
  } catch (error) {
    return { status: "error", ...describeFailure(error, cells.programs) };
  } finally {
    for (const action of cells.running?.atEnd ?? []) action();
    outputs.end(program.cell);
    await outputs.settled();
    cells.running = undefined;
  }
}

/** The promise that an interrupt rejects, and the signal of it. */
function openGate(cells: Cells, cell: number, allowStdin: boolean): { gate: Promise<never>; signal: AbortSignal } {
  const abort = new AbortController();
  const gate = new Promise<never>((_resolve, reject) => {
    cells.running = { cell, allowStdin, abort, atEnd: [], reject };
    cells.current = cell;
  });
  gate.catch(() => undefined);
  return { gate, signal: abort.signal };
}

async function runBody(program: Program, { modules, scope }: Bench, signal: AbortSignal): Promise<unknown> {
  const { cell, output, imports, sideFiles, lastValue } = program;
  modules.replace(sideFiles);
  await modules.preload(imports);
  signal.throwIfAborted(); // an interrupt that came in one piece with the order to run was obeyed before this
  const body: unknown = runInThisContext(`(async function (exports, require, __import) {\n${output}\n})`, {
    filename: `cell-${cell}`,
    lineOffset: -1,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (!isBody(body)) throw new Error("the cell is no function");
  await body(scope, modules.require, modules.import);
  if (lastValue === null) return undefined;
  const value = scope[lastValue];
  Reflect.deleteProperty(scope, lastValue);
  return value;
}

/** The error of a cell that was stopped. */
export const interruption = (): InterruptedError =>
  new InterruptedError("the cell was interrupted; variables of earlier cells are kept");

const isBody = (value: unknown): value is (...values: unknown[]) => Promise<void> => typeof value === "function";

import { readFile } from "node:fs/promises";

import { processTree } from "../../kernel/cli/process-memory.js";
import type { Answered, Client } from "./client.js";

/** A cell of a soak, what its reply must be, and whether it is stopped on the way. */
interface SoakCell {
  readonly code: string;
  readonly status: "ok" | "error";
  readonly interrupted?: boolean;
}

const PLOT = `({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json', mark: 'bar', data: { values: [{ a: 1, b: 2 }] },
  encoding: { x: { field: 'a' }, y: { field: 'b' } } })`;

/** Mixed kinds in a fixed order: values, redeclarations, output, displays, errors of both sorts, interrupts, tables, plots, magics. */
export function soakCell(number: number): SoakCell {
  const kinds: readonly SoakCell[] = [
    { code: `const held = [${number}, 'text']; held[0]`, status: "ok" },
    { code: `for (let i = 0; i < 500; i++) console.log('line ' + i + ' of ${number}');`, status: "ok" },
    { code: `function made() { return new Array(10_000).fill(${number}); }; made().length`, status: "ok" },
    { code: `throw new RangeError('${number}')`, status: "error" },
    { code: `const wrong: string = ${number}`, status: "error" },
    { code: `for (let i = 0; i < 20; i++) display({ 'text/plain': 'item ' + i }, { raw: true })`, status: "ok" },
    { code: "await new Promise((r) => setTimeout(r, 1)); await Promise.all([1, 2].map(async (n) => n))", status: "ok" },
    { code: "while (true) {}", status: "error", interrupted: true },
    { code: `aq.table({ n: [${number}, 2, 3] }).filter((d: { n: number }) => d.n > 1)`, status: "ok" },
    { code: PLOT, status: "ok" },
    { code: "%lsmagic", status: "ok" },
    { code: `class Kept { value = ${number} }; new Kept()`, status: "ok" },
  ];
  return kinds[number % kinds.length];
}

/** Runs the cells from one number up to another. @throws Error for a cell that does not end as it must */
export async function soak(kernel: Client, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    const cell = soakCell(number);
    const { reply } = cell.interrupted ? await interrupted(kernel, cell.code) : await kernel.execute(cell.code);
    if (reply.content.status === cell.status) continue;
    throw new Error(`cell ${number} (${cell.code}) ended with ${JSON.stringify(reply.content)}`);
  }
}

async function interrupted(kernel: Client, code: string): Promise<Answered> {
  const id = kernel.send("execute_request", { code });
  await kernel.until(({ type, parent }) => type === "execute_input" && parent.msg_id === id);
  await kernel.request("interrupt_request", {}, "control");
  return kernel.answered(id);
}

/** Proportional set size of the kernel and all its processes, in MiB. */
export async function memoryOf(kernel: Client): Promise<number> {
  const tree = await processTree(kernel.process.pid ?? 0);
  const sizes = await Promise.all(
    tree.map(async (id) => {
      const text = await readFile(`/proc/${id}/smaps_rollup`, "latin1").catch(() => "");
      return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

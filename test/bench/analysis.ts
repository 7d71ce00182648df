import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { z } from "zod";

import { type Cell, type ParityReport, runParity } from "../parity/report.js";
import { writeStudy } from "./analysis/study.js";

/** Issue 9: 1,000,000 records of 800 bytes. */
const FLOORS = { loadSeconds: 5, loadGiB: 1.5, rollupSeconds: 0.5 };

const Figures = z.object({
  ...{ rows: z.number(), load: z.number(), rss: z.number() },
  ...{ rollup: z.number().optional(), show: z.number().optional(), groups: z.number().optional() },
});
type Figures = z.infer<typeof Figures>;

/**
 * `npm run bench -- analysis [--records N] [--bytes N] [--variants N] [--rounds N] [--direct]`: a study of N records as the table
 * of `%results`, each step in a process of its own: making the index, loading through it, a grouped roll-up, and (`--direct`)
 * reading the records as objects, without index.
 */
export async function benchAnalysis(args: readonly string[]): Promise<void> {
  await runParity("bench analysis", async () => {
    const text = (value: string) => ({ type: "string", default: value }) as const;
    const options = {
      ...{ records: text("1000000"), bytes: text("800"), variants: text("20"), rounds: text("5") },
      direct: { type: "boolean", default: false },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const folder = await mkdtemp(join(tmpdir(), "bench-analysis-"));
    try {
      const size = { records: Number(values.records), bytes: Number(values.bytes), variants: Number(values.variants) };
      await writeStudy(folder, size);
      const made = await step("table", folder);
      await new Promise((resolve) => setTimeout(resolve, 2_500)); // until the files' times can be relied on
      await step("table", folder); // notes these times
      const loaded: Figures[] = [];
      for (let round = 0; round < Number(values.rounds); round++) loaded.push(await step("table", folder));
      return report({ made, loaded, direct: values.direct ? await step("records", folder) : undefined });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

async function step(name: "table" | "records", folder: string): Promise<Figures> {
  const script = join(import.meta.dirname, "analysis", "step.ts");
  const memory = name === "records" ? ["--max-old-space-size=12000"] : [];
  const { stdout } = await promisify(execFile)(process.execPath, [...memory, "--import", "tsx", script, name, folder]);
  return Figures.parse(JSON.parse(stdout));
}

interface Steps {
  readonly made: Figures;
  readonly loaded: readonly Figures[];
  readonly direct: Figures | undefined;
}

function report({ made, loaded, direct }: Steps): Omit<ParityReport, "command"> {
  const load = spread(loaded.map((figures) => figures.load / 1000));
  const rollup = spread(loaded.map((figures) => (figures.rollup ?? NaN) / 1000));
  const show = spread(loaded.map((figures) => (figures.show ?? NaN) / 1000));
  const gib = Math.max(...loaded.map(({ rss }) => rss)) / 2 ** 30;
  const [{ rows }] = loaded;
  const row = (name: string, [median, least, most]: readonly number[], memory: number | null): Record<string, Cell> => ({
    ...{ step: name, records: rows, "median, s": round(median), "least, s": round(least), "most, s": round(most) },
    "peak, GiB": memory === null ? null : round(memory),
  });
  const once = ({ load: ms, rss }: Figures): [number[], number] => [[ms / 1000, ms / 1000, ms / 1000], rss / 2 ** 30];
  const missed = [
    ...(load[0] <= FLOORS.loadSeconds ? [] : [`loaded in ${load[0].toFixed(2)} s, floor ${FLOORS.loadSeconds} s`]),
    ...(gib <= FLOORS.loadGiB ? [] : [`loaded in ${gib.toFixed(2)} GiB, floor ${FLOORS.loadGiB} GiB`]),
    ...(rollup[0] <= FLOORS.rollupSeconds ? [] : [`roll-up in ${rollup[0].toFixed(2)} s, floor ${FLOORS.rollupSeconds} s`]),
  ];
  return {
    rows: [
      row("index made and table", ...once(made)),
      row("table through the index", load, gib),
      row("roll-up variant × dimension × state", rollup, null),
      row("filter, and 15 rows with their texts", show, null),
      ...(direct === undefined ? [] : [row("records as objects, no index", ...once(direct))]),
    ],
    figures: { records: rows, load: load[0], gib, rollup: rollup[0], groups: loaded[0].groups, floors: FLOORS },
    missed,
  };
}

/** Median, least and most. */
function spread(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[sorted.length >> 1], sorted[0], sorted[sorted.length - 1]];
}

const round = (value: number): number => Number(value.toFixed(2));

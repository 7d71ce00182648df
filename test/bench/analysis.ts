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

const Clocks = z.object({ wall: z.number(), processor: z.number() });
const Figures = z.object({
  ...{ rows: z.number(), load: Clocks, rss: z.number() },
  ...{ rollup: Clocks.optional(), show: Clocks.optional(), groups: z.number().optional() },
});
type Figures = z.infer<typeof Figures>;

/**
 * `npm run bench -- analysis [--records N] [--bytes N] [--variants N] [--rounds N] [--direct]`: a study of N records as the table
 * of `%results`, each step in a process of its own: making the index, loading through it, a grouped roll-up, and (`--direct`)
 * reading the records as objects, without index. Floors are held to the wall clock, as they are asked: run it on a quiet machine.
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
  const gib = Math.max(...loaded.map(({ rss }) => rss)) / 2 ** 30;
  const [{ rows, groups }] = loaded;
  const row = (name: string, times: readonly (Times | undefined)[], memory: number | null): Record<string, Cell> => {
    const [median, least, most] = spread(times, "wall").map(round);
    return {
      ...{ step: name, records: rows, "median, s": median, "least, s": least, "most, s": most },
      ...{ "processor, s": round(spread(times, "processor")[0]), "peak, GiB": memory === null ? null : round(memory) },
    };
  };
  const once = ({ load, rss }: Figures): [Times[], number] => [[load], rss / 2 ** 30];
  const loads = loaded.map(({ load }) => load);
  const rollups = loaded.map(({ rollup }) => rollup);
  const [load] = spread(loads, "wall");
  const [rollup] = spread(rollups, "wall");
  return {
    rows: [
      row("index made and table", ...once(made)),
      row("table through the index", loads, gib),
      row("roll-up variant × dimension × state", rollups, null),
      row(
        "filter, and 15 rows with their texts",
        loaded.map(({ show }) => show),
        null,
      ),
      ...(direct === undefined ? [] : [row("records as objects, no index", ...once(direct))]),
    ],
    figures: { records: rows, load, gib, rollup, groups, floors: FLOORS },
    missed: [
      ...(load <= FLOORS.loadSeconds ? [] : [`loaded in ${load.toFixed(2)} s, floor ${FLOORS.loadSeconds} s`]),
      ...(gib <= FLOORS.loadGiB ? [] : [`loaded in ${gib.toFixed(2)} GiB, floor ${FLOORS.loadGiB} GiB`]),
      ...(rollup <= FLOORS.rollupSeconds ? [] : [`roll-up in ${rollup.toFixed(2)} s, floor ${FLOORS.rollupSeconds} s`]),
    ],
  };
}

type Times = z.infer<typeof Clocks>;

/** Median, least and most. */
function spread(times: readonly (Times | undefined)[], clock: keyof Times): readonly number[] {
  const sorted = times.map((one) => one?.[clock] ?? NaN).sort((a, b) => a - b);
  return [sorted[sorted.length >> 1], sorted[0], sorted[sorted.length - 1]];
}

const round = (value: number): number => Number(value.toFixed(2));

import { parseArgs } from "node:util";

import { type Cell, type ParityReport, runParity } from "../parity/report.js";
import { type Counts, type Job, PLANNED, promised } from "./coverage/checks.js";
import { runJobs } from "./coverage/pool.js";
import { WORLDS } from "./coverage/worlds.js";

/** What the floors are made for; with fewer studies they are widened by two standard errors, and the table says so. */
const STUDIES = 4000;
const FLOORS = { low: 93.5, high: 96.5, fewClusters: 90, familyError: 5, power: 3 };
const ENOUGH_CLUSTERS = 40;
const FAMILY_CLUSTERS = 60;
/** Studies that a worker is given at a time. */
const CHUNK = 25;

/**
 * `npm run bench -- coverage [--studies N] [--workers N] [--world TEXT]` (TEXT in check, world and clusters, as “power” or “toxicity 42”): simulated studies whose truth is known. How often the
 * score's and the drift's 95 % interval hold it, how often a family of null verdicts has a false one, and whether as many studies are
 * decided as the planner promises. STATISTICS.md, section 15.
 */
export async function benchCoverage(args: readonly string[]): Promise<void> {
  await runParity("bench coverage", async () => {
    const options = {
      studies: { type: "string", default: String(STUDIES) },
      workers: { type: "string", default: "2" },
      world: { type: "string", default: "" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const studies = Number(values.studies);
    const started = performance.now();
    const asked = questions().filter(({ world, check, clusters }) => `${check} ${world} ${clusters}`.includes(values.world));
    const jobs = asked.flatMap((question) => chunksOf(question, studies));
    const counts = await runJobs(jobs, Number(values.workers));
    const rows = asked.flatMap((question) => rowsOf(question, totalOf(question, jobs, counts), studies));
    return report(rows, { studies, seconds: Math.round((performance.now() - started) / 1000) });
  });
}

type Question = Pick<Job, "check" | "world" | "clusters">;

/** Multiples of three, so that three strata are of equal size and their truth is one number. */
const questions = (): Question[] => [
  ...WORLDS.flatMap(({ name }) => [42, 81, 21, 12].map((clusters) => ({ check: "coverage", world: name, clusters }) as const)),
  ...(["family at the margin", "family at zero"] as const).map((check) => ({ check, world: "", clusters: FAMILY_CLUSTERS })),
  ...PLANNED.map(({ world, clusters }) => ({ check: "power", world: world.name, clusters }) as const),
];

const chunksOf = (question: Question, studies: number): Job[] =>
  Array.from({ length: Math.ceil(studies / CHUNK) }, (_, chunk) => ({
    ...question,
    from: chunk * CHUNK,
    to: Math.min(studies, (chunk + 1) * CHUNK),
  }));

function totalOf(
  { check, world, clusters }: Question,
  jobs: readonly Job[],
  counts: readonly Counts[],
): (what: string) => number {
  const own = counts.filter((_, i) => jobs[i].check === check && jobs[i].world === world && jobs[i].clusters === clusters);
  return (what) => own.reduce((sum, one) => sum + (one[what] ?? 0), 0);
}

/** A figure in percent and what is asked of it. */
interface Row {
  readonly world: string;
  readonly clusters: number;
  readonly what: string;
  readonly found: number;
  readonly error: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf({ check, world, clusters }: Question, total: (what: string) => number, studies: number): Row[] {
  const share = (what: string): Pick<Row, "found" | "error"> => {
    const p = total(what) / studies;
    const shrunk = (total(what) + 2) / (studies + 4); // of none or all, the error is not 0
    return { found: 100 * p, error: 100 * Math.sqrt((shrunk * (1 - shrunk)) / studies) };
  };
  const row = (what: string, found: Pick<Row, "found" | "error">, floor: Pick<Row, "low" | "high">): Row => ({
    ...{ world: world === "" ? "12 null verdicts" : world, clusters, what },
    ...found,
    ...floor,
  });
  if (check === "coverage") {
    const floor = clusters >= ENOUGH_CLUSTERS ? { low: FLOORS.low, high: FLOORS.high } : { low: FLOORS.fewClusters, high: 100 };
    return ["score", "drift"].map((what) => row(`${what} covered`, share(what), widened(share(what), floor, studies)));
  }
  if (check !== "power") {
    const found = share("wrong");
    return [row(`any false, ${check.replace("family ", "")}`, found, { low: 0, high: FLOORS.familyError + 2 * found.error })];
  }
  const planned = PLANNED.find((one) => one.world.name === world);
  const promise = planned === undefined ? NaN : 100 * promised(planned.world, clusters, studies);
  const found = share("decided");
  const band = { low: promise - FLOORS.power, high: promise + FLOORS.power };
  return [
    row(`decided; promised ${promise.toFixed(1)}`, found, widened({ ...found, error: Math.SQRT2 * found.error }, band, studies)),
  ];
}

/** Fewer studies than the floors are made for tell less. */
function widened(
  { error }: Pick<Row, "error">,
  { low, high }: Pick<Row, "low" | "high">,
  studies: number,
): Pick<Row, "low" | "high"> {
  const by = studies < STUDIES ? 2 * error : 0;
  return { low: Math.max(0, low - by), high: Math.min(100, high + by) };
}

const isMet = ({ found, low, high }: Row): boolean => low <= found && found <= high;

function report(
  rows: readonly Row[],
  run: { readonly studies: number; readonly seconds: number },
): Omit<ParityReport, "command"> {
  const isWidened = run.studies < STUDIES;
  return {
    rows: rows.map((row): Record<string, Cell> => ({
      ...{ world: row.world, clusters: row.clusters, what: row.what },
      ...{ "found, %": round(row.found), "standard error": round(row.error) },
      [isWidened ? "floor, ± 2 standard errors" : "floor"]: `${row.low.toFixed(1)}-${row.high.toFixed(1)}`,
      met: isMet(row) ? "yes" : "NO",
    })),
    figures: { ...run, floors: FLOORS, floorsWidened: isWidened, rows },
    missed: rows
      .filter((row) => !isMet(row))
      .map(
        (row) =>
          `${row.world}, ${row.clusters} clusters, ${row.what}: ${row.found.toFixed(2)} % is not in ${row.low.toFixed(1)}-${row.high.toFixed(1)}`,
      ),
  };
}

const round = (value: number): number => Number(value.toFixed(2));

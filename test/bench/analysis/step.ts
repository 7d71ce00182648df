import { openStudy } from "../../../lib/study/index.js";
import { itemsTable } from "../../../lib/tables/index.js";

interface Clocks {
  /** Seconds on the wall. */
  readonly wall: number;
  /** Seconds of processors, user and system. */
  readonly processor: number;
}

function clocks(): Clocks {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 };
}

const between = (from: Clocks, to: Clocks): Clocks => ({
  wall: to.wall - from.wall,
  processor: to.processor - from.processor,
});

/** One step of `bench analysis` in a process of its own: what it took, as a line of JSON. */
const STEPS = {
  /** The table through the index, which is made if it is missing; then the roll-up. */
  table: async (folder: string) => {
    const study = await openStudy(folder);
    const started = clocks();
    const table = await itemsTable(study);
    const loaded = clocks();
    const { op } = await import("arquero");
    const groups = table.groupby("variant", "dimension", "state").rollup({ mean: op.mean("value") });
    const rolled = clocks();
    const shown = table.filter((d: { state: string }) => d.state === "refused").objects({ limit: 15 });
    const looked = clocks();
    await study.close();
    return {
      ...{ rows: table.numRows(), groups: groups.numRows(), shown: shown.length },
      ...{ load: between(started, loaded), rollup: between(loaded, rolled), show: between(rolled, looked) },
    };
  },
  /** All records as objects. */
  records: async (folder: string) => {
    const study = await openStudy(folder);
    const started = clocks();
    const records = await study.allRecords();
    const load = between(started, clocks());
    await study.close();
    return { rows: records.length, load };
  },
};

const [name, folder] = process.argv.slice(2);
const figures = await STEPS[name === "records" ? "records" : "table"](folder);
console.log(JSON.stringify({ ...figures, rss: 1024 * process.resourceUsage().maxRSS }));

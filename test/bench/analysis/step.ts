import { openStudy } from "../../../lib/study/index.js";
import { itemsTable } from "../../../lib/tables/index.js";

/** One step of `bench analysis` in a process of its own: what it took, as a line of JSON. */
const STEPS = {
  /** The table through the index, which is made if it is missing; then the roll-up. */
  table: async (folder: string) => {
    const study = await openStudy(folder);
    const started = performance.now();
    const table = await itemsTable(study);
    const loaded = performance.now();
    const { op } = await import("arquero");
    const groups = table.groupby("variant", "dimension", "state").rollup({ mean: op.mean("value") });
    const rolled = performance.now();
    const shown = table.filter((d: { state: string }) => d.state === "refused").objects({ limit: 15 });
    const looked = performance.now();
    await study.close();
    return {
      ...{ rows: table.numRows(), groups: groups.numRows(), shown: shown.length },
      ...{ load: loaded - started, rollup: rolled - loaded, show: looked - rolled },
    };
  },
  /** All records as objects. */
  records: async (folder: string) => {
    const study = await openStudy(folder);
    const started = performance.now();
    const records = await study.allRecords();
    const load = performance.now() - started;
    await study.close();
    return { rows: records.length, load };
  },
};

const [name, folder] = process.argv.slice(2);
const figures = await STEPS[name === "records" ? "records" : "table"](folder);
console.log(JSON.stringify({ ...figures, rss: 1024 * process.resourceUsage().maxRSS }));

import { parseArgs } from "node:util";

import { startKernel } from "../kernel-process/client.js";
import { memoryOf, soak } from "../kernel-process/soak.js";
import { runParity } from "../parity/report.js";

/** Cells before memory is first read: what is loaded late is loaded by then. */
const WARM = 200;
/** Memory may grow by this share after them. */
const MOST_GROWTH = 0.2;

/** `npm run bench -- soak [--cells N]`: N cells of mixed kinds (2,000) in the built kernel; memory of all its processes, on Linux. */
export async function benchSoak(args: readonly string[]): Promise<void> {
  await runParity("bench soak", async () => {
    const { values } = parseArgs({ args: [...args], options: { cells: { type: "string", default: "2000" } } });
    const cells = Number(values.cells);
    if (!Number.isInteger(cells) || cells <= WARM) throw new Error(`--cells ${values.cells}: more than ${WARM} are needed`);
    const kernel = await startKernel();
    const rows: { readonly cells: number; readonly "PSS, MiB": number }[] = [];
    try {
      for (let done = 0; done < cells; done += WARM) {
        await soak(kernel, done, Math.min(done + WARM, cells));
        rows.push({ cells: Math.min(done + WARM, cells), "PSS, MiB": Math.round(await memoryOf(kernel)) });
      }
    } finally {
      await kernel.stop();
    }
    const growth = rows[rows.length - 1]["PSS, MiB"] / rows[0]["PSS, MiB"] - 1;
    const missed = growth < MOST_GROWTH ? [] : [`memory grew by ${(100 * growth).toFixed(1)} %, asked < ${100 * MOST_GROWTH} %`];
    return { rows, figures: { cells, growth }, missed };
  });
}

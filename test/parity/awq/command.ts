import { join } from "node:path";

import { loadModel } from "../../../lib/model/index.js";
import { runParity } from "../report.js";
import { compareBlocks } from "./blocks.js";
import { compareClips } from "./clips.js";

/** Shares of equal choices: of the clip search on single layers, and of all searches on whole blocks. */
const FLOORS = { clips: 0.999, blocks: 0.99 };

/** `npx tsx test/parity/awq/command.ts DIR [BLOCKS]`: AWQ's searches against the authors' code. @param DIR has layers and smollm2 */
await runParity("parity:awq", async () => {
  const [folder = "../shared/reference", blocks = "3"] = process.argv.slice(2);
  const clips = await compareClips(join(folder, "layers"));
  const model = await loadModel("smollm2");
  const inBlocks = await compareBlocks(model, join(folder, "smollm2"), Number(blocks));
  await model.close();
  const scales = inBlocks.filter(({ label }) => label.startsWith("scale"));
  const blockClips = inBlocks.filter(({ label }) => label.startsWith("clip"));
  const figures = { layerClips: share(clips), blockScales: share(scales), blockClips: share(blockClips) };
  return {
    rows: [...clips, ...inBlocks].map(({ label, equal, of }) => ({
      search: label,
      equal,
      of,
      share: Number((equal / of).toFixed(5)),
    })),
    figures,
    missed: [
      ...(figures.layerClips >= FLOORS.clips ? [] : [`clips of single layers: ${figures.layerClips}`]),
      ...(figures.blockScales >= FLOORS.blocks ? [] : [`scales of blocks: ${figures.blockScales}`]),
      ...(figures.blockClips >= FLOORS.blocks ? [] : [`clips of blocks: ${figures.blockClips}`]),
    ],
  };
});

function share(compared: readonly { readonly equal: number; readonly of: number }[]): number {
  const sum = (pick: (each: { readonly equal: number; readonly of: number }) => number): number =>
    compared.reduce((total, each) => total + pick(each), 0);
  return sum(({ equal }) => equal) / sum(({ of }) => of);
}

import { join } from "node:path";

import { z } from "zod";

import { readJson } from "../formats/index.js";
import { isFile } from "../formats/layered-files.js";
import { SCORERS } from "../trust/index.js";
import { writeWhole } from "./manifest.js";
import { isStudy, openStudy, type Study } from "./record-store.js";

/** Within a study's folder: the answers of variants with one part restored or compressed alone, a study of its own. */
export const ATTRIBUTION_FOLDER = ".attribution";

const RUNS = "runs.json";

const Pair = z.object({
  dimension: z.string(),
  suite: z.string(),
  settings: z.string(),
  task: z.string(),
  item: z.string(),
  repeat: z.number(),
  decodingSeed: z.number().nullable(),
  /** The name of the change from dense when it was chosen; "kept" for a control. */
  flip: z.string(),
});
/** A pair of answers whose item is asked again. */
export type AttributedPair = Readonly<z.infer<typeof Pair>>;

const Run = z.object({
  /** Ids of the compressed variant and of the dense one. */
  variant: z.string(),
  base: z.string(),
  by: z.enum(["block", "matrix"]),
  scorer: z.enum(SCORERS),
  seed: z.number(),
  /** Names of changes that were looked for; null for all. */
  flips: z.array(z.string()).nullable(),
  /** Changes of these names that there were. */
  found: z.number(),
  /** In the order of depth, the ids of the variants with each part restored and compressed alone. */
  parts: z.array(z.object({ name: z.string(), restored: z.string(), alone: z.string() })),
  pairs: z.array(Pair),
});
/** What was asked to attribute one variant's flips: the last time, by blocks and by matrices each. */
export type AttributionRun = Readonly<z.infer<typeof Run>>;

/** Where answers for attribution are kept. */
export interface AttributionStore {
  readonly study: Study;
  /** The last run of each variant and breadth of parts. */
  runs(): Promise<readonly AttributionRun[]>;
  /** In place of an earlier run of the same variant and breadth; its answers stay. */
  keep(run: AttributionRun): Promise<void>;
}

/** Has anything been asked for attribution? */
export const hasAttribution = (study: Study): Promise<boolean> => isStudy(join(study.folder, ATTRIBUTION_FOLDER));

/** Uses the store of a study and gives its lock back. @throws InputError as `openStudy` does, and for a damaged list of runs */
export async function withAttribution<T>(study: Study, use: (store: AttributionStore) => Promise<T>): Promise<T> {
  const store = await openAttribution(study);
  try {
    return await use(store);
  } finally {
    await store.study.close();
  }
}

/** Opens the store, or begins it; its `study` is to be closed. */
export async function openAttribution({ folder }: Study): Promise<AttributionStore> {
  const own = await openStudy(join(folder, ATTRIBUTION_FOLDER));
  const path = join(own.folder, RUNS);
  const runs = async (): Promise<readonly AttributionRun[]> =>
    (await isFile(path)) ? readJson(path, (value) => z.array(Run).parse(value)) : [];
  return {
    study: own,
    runs,
    keep: async (run) => {
      const others = (await runs()).filter(({ variant, by }) => variant !== run.variant || by !== run.by);
      await writeWhole(path, [...others, run]);
    },
  };
}

import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

import { createRandom } from "../../../lib/core/random.js";
import { type ItemRecord, openStudy } from "../../../lib/study/index.js";
import { fakeRecord, fakeVariant } from "../../study/fake-responder.js";

/** How large a study to write. */
export interface StudySize {
  readonly variants: number;
  readonly records: number;
  /** Of a line, on average. */
  readonly bytes: number;
}

const DIMENSIONS = ["stereotype", "ethics", "fairness", "adversarial", "privacy"] as const;
const STATES = ["right", "wrong", "refused", "degenerate"] as const;

/** Writes a study whose records have the form and length of real ones; each variant answers the same items. */
export async function writeStudy(folder: string, { variants, records, bytes }: StudySize): Promise<void> {
  const study = await openStudy(folder);
  const names = Array.from({ length: variants }, (_, i) => fakeVariant(i === 0 ? "dense" : `rtn-${i}`));
  for (const { id, title, recipe, summary } of names)
    await study.update({ variants: { [id]: { title, recipe, summary, modelDigest: "d1" } } });
  const items = Math.ceil(records / variants / DIMENSIONS.length);
  for (const { id } of names) {
    await mkdir(join(folder, "records", encodeURIComponent(id)), { recursive: true });
    for (const dimension of DIMENSIONS) await writeFile(folder, { id, dimension, items, bytes });
  }
  await study.close();
}

interface FilePlan {
  readonly id: string;
  readonly dimension: string;
  readonly items: number;
  readonly bytes: number;
}

async function writeFile(folder: string, { id, dimension, items, bytes }: FilePlan): Promise<void> {
  const random = createRandom(1).fork(`${id} ${dimension}`);
  const file = await open(join(folder, "records", encodeURIComponent(id), `${dimension}.jsonl`), "w");
  for (let from = 0; from < items; from += 1000) {
    const lines = Array.from({ length: Math.min(1000, items - from) }, (_, i) =>
      lineOf(recordOf({ id, dimension, item: from + i }, random.uniform()), bytes * (0.5 + random.uniform())),
    );
    await file.writeFile(lines.join(""));
  }
  await file.close();
}

function recordOf({ id, dimension, item }: { id: string; dimension: string; item: number }, chance: number): ItemRecord {
  const state = STATES[Math.floor(4 * chance)];
  const value = state === "right" ? { value: 1 } : state === "wrong" ? { value: 0 } : {};
  return fakeRecord({
    ...{ variant: id, dimension, item: `${dimension}-${item}`, cluster: `cluster-${item % 500}` },
    key: item.toString(16).padStart(64, "0"),
    slices: { topic: `topic ${item % 16}`, [`${dimension} part`]: `part ${item % 7}` },
    labels: [{ scorer: "touchstone", official: state.slice(0, 1), state, ...value }],
  });
}

/** A line of about so many bytes: the prompt is as long as it takes. */
function lineOf(record: ItemRecord, bytes: number): string {
  const bare = JSON.stringify(record).length;
  const prompt = "The same words again. ".repeat(Math.max(1, Math.round((bytes - bare) / 22)));
  return `${JSON.stringify({ ...record, generation: { ...record.generation, prompt } })}\n`;
}

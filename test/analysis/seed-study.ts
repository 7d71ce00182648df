import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRandom } from "../../lib/core/random.js";
import { type ItemRecord, openStudy, type Study } from "../../lib/study/index.js";
import { fakeRecord, fakeVariant } from "../study/fake-responder.js";

/** A variant, and how likely it is right in each dimension. */
export interface SeedVariant {
  readonly name: string;
  readonly method: string;
  readonly bits: number | null;
  readonly rate: number;
  readonly seed?: number;
  readonly right: Readonly<Record<string, number>>;
}

/** Shape of the answers. */
export interface SeedDesign {
  readonly items: number;
  /** None: greedy answers. */
  readonly decodingSeeds?: readonly number[];
  /** Leaves an answer out. */
  readonly without?: (record: ItemRecord) => boolean;
  /** Makes an answer unreadable. */
  readonly broken?: (variant: string, item: number) => boolean;
}

/** A study of 0/1 answers drawn by chance, without a model. */
export async function seedStudy(
  variants: readonly SeedVariant[],
  { items, decodingSeeds = [], without, broken = () => false }: SeedDesign,
): Promise<Study> {
  const study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "seeds"));
  const random = createRandom("seed study");
  for (const { name, method, bits, rate, seed, right } of variants) {
    const { id, summary } = fakeVariant(name);
    const settings = {
      ...(bits === null ? {} : { bits }),
      ...(seed === undefined ? {} : { seed, calibrationDigest: `of ${seed}` }),
    };
    const entry = { title: name, modelDigest: "d1", recipe: { method, settings }, summary: { ...summary, method, bits, rate } };
    await study.update({ variants: { [id]: entry } });
    for (const [dimension, share] of Object.entries(right)) {
      const draws = decodingSeeds.length === 0 ? [null] : decodingSeeds;
      const records = [...Array(items).keys()].flatMap((item) =>
        draws.map((decodingSeed) => {
          const hit = random.fork(`${dimension} ${item} ${decodingSeed}`).uniform() < share; // alike in all variants
          const read = { state: hit ? ("right" as const) : ("wrong" as const), value: hit ? 1 : 0 };
          const label = {
            scorer: "touchstone" as const,
            official: "",
            ...(broken(name, item) ? { state: "degenerate" as const } : read),
          };
          const place = { dimension, task: dimension === "ethics" ? "justice" : "benign", item: `i${item}`, cluster: `c${item}` };
          return fakeRecord({
            key: `${id}${dimension}${item}${decodingSeed}`,
            variant: id,
            ...place,
            decodingSeed,
            labels: [label],
          });
        }),
      );
      await study.append(id, dimension, without === undefined ? records : records.filter((record) => !without(record)));
    }
  }
  return study;
}

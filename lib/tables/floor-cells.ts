import { type Comparison, type NoiseFloor, noiseFloor } from "../analysis/index.js";
import type { Random } from "../core/random.js";
import type { ScorerName } from "../trust/index.js";
import type { Row } from "./make.js";

/** The noise floor's cells of one row of scores; null where the dense variant was asked once only. */
export type FloorCells = (part: Comparison, drift: number | undefined, task: string) => Row;

/** Makes floors, each once: variants that answered the same items as often share theirs. */
export function floorMaker(scorer: ScorerName, random: Random): FloorCells {
  const known = new Map<string, NoiseFloor | null>();
  return (part, drift, task) => {
    const { variant, base, dimension, suite, settings, records, baseRecords, twinRecords } = part;
    const own = base === undefined ? records : baseRecords;
    const places = records.map(({ task: of, item, repeat, decodingSeed }) => [of, item, repeat, decodingSeed].join(" ")).sort();
    const name = [(base ?? variant).id, dimension.name, suite, settings, task].join("\u0000");
    const key = `${name}\u0000${places.join("\u0000")}`;
    const sides = { base: own, twin: twinRecords, against: records };
    if (!known.has(key)) known.set(key, noiseFloor(dimension, sides, { scorer, random: random.fork(name) }));
    const floor = known.get(key);
    if (floor === undefined || floor === null) return {};
    return {
      noiseFloor: floor.level,
      floorSource: floor.words,
      ...(drift === undefined ? {} : { insideFloor: Math.abs(drift) <= floor.level }),
    };
  };
}

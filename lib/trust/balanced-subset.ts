import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import type { Item } from "./item.js";

/**
 * At most `limit` items of each task, the same ones in all tasks that have them, spread evenly over clusters and slice columns;
 * in their own order. Each next item is the one whose cluster, group, topic … were taken least so far, ties fall by the seed;
 * then items are exchanged as long as that makes the spread more even. Items of one unit come together or not at all.
 * @param limit items a task; all of them if there are no more; where units are larger than it, one unit
 */
export function balancedSubset(items: readonly Item[], limit: number, random: Random): Item[] {
  const bases = new Set<string>();
  const chosen = new Set<string>();
  for (const ofTask of groupBy(items, ({ task }) => task).values()) {
    const units = [...groupBy(ofTask, ({ unit, id }) => unit ?? id).values()];
    const largest = Math.max(...units.map((members) => members.length));
    const wanted = { limit: Math.max(1, Math.floor(limit / largest)), bases, random };
    for (const { base, ids } of spread(units.map(candidateOf), wanted)) {
      bases.add(base);
      for (const id of ids) chosen.add(id);
    }
  }
  return items.filter(({ id }) => chosen.has(id));
}

/** Exchanges end where no single one helps; of several beginnings the best end is taken. */
const ATTEMPTS = 16;
/** Of more candidates than this, or than 16 an item, a sample is as even as all. */
const ENOUGH = 1000;

interface Wanted {
  readonly limit: number;
  /** Items that other tasks chose: they come first. */
  readonly bases: ReadonlySet<string>;
  readonly random: Random;
}

function spread(candidates: readonly Candidate[], { limit, bases, random }: Wanted): readonly Candidate[] {
  if (candidates.length <= limit) return candidates;
  const kept = candidates.filter(({ base }) => bases.has(base)).slice(0, limit);
  if (kept.length === limit) return kept;
  const others = candidates.filter(({ base }) => !bases.has(base));
  const attempts = Array.from({ length: ATTEMPTS }, (_, i) => {
    const waiting = random
      .fork(`attempt ${i}`)
      .shuffle(others)
      .slice(0, Math.max(ENOUGH, 16 * limit));
    return choose(waiting, kept, limit - kept.length);
  });
  return attempts.reduce((first, attempt) => (attempt.unevenness < first.unevenness ? attempt : first)).chosen;
}

function choose(
  waiting: Candidate[],
  kept: readonly Candidate[],
  wanted: number,
): { readonly chosen: readonly Candidate[]; readonly unevenness: number } {
  const taken: Counts = new Map();
  for (const candidate of kept) count(candidate, taken, 1);
  const chosen: Candidate[] = [];
  while (chosen.length < wanted && waiting.length > 0) {
    const best = waiting.reduce((first, candidate) => (load(candidate, taken) < load(first, taken) ? candidate : first));
    waiting.splice(waiting.indexOf(best), 1);
    count(best, taken, 1);
    chosen.push(best);
  }
  exchange(chosen, waiting, taken);
  return { chosen: [...kept, ...chosen], unevenness: [...taken.values()].reduce((sum, times) => sum + times ** 2, 0) };
}

interface Candidate {
  /** Of the items of one unit. */
  readonly ids: readonly string[];
  readonly base: string;
  /** What it is one of: "group women", "topic work". */
  readonly marks: readonly string[];
}
type Counts = Map<string, number>;

/** The slice columns whose values name a single item rather than a kind of items: nothing to balance. */
const TEXT_SLICES = new Set(["statement"]);
const MOST_ROUNDS = 20;

/** How much taking it adds to the sum of squared counts, the measure of unevenness. */
const load = ({ marks }: Candidate, taken: Counts): number =>
  marks.reduce((sum, mark) => sum + 2 * (taken.get(mark) ?? 0) + 1, 0);

function count({ marks }: Candidate, taken: Counts, step: 1 | -1): void {
  for (const mark of marks) taken.set(mark, (taken.get(mark) ?? 0) + step);
}

/** Swaps chosen and waiting items while that lowers the unevenness; both lists and the counts are changed in place. */
function exchange(chosen: Candidate[], waiting: Candidate[], taken: Counts): void {
  for (let round = 0, moved = true; moved && round < MOST_ROUNDS; round++) {
    moved = false;
    for (let i = 0; i < chosen.length; i++) {
      count(chosen[i], taken, -1);
      const best = waiting.reduce(
        (first, candidate) => (load(candidate, taken) < load(first, taken) ? candidate : first),
        chosen[i],
      );
      if (best !== chosen[i]) {
        waiting[waiting.indexOf(best)] = chosen[i];
        chosen[i] = best;
        moved = true;
      }
      count(chosen[i], taken, 1);
    }
  }
}

/** An item's id without its task: the same question under each. */
const baseOf = ({ id, task }: Item): string => (id.endsWith(`/${task}`) ? id.slice(0, -task.length - 1) : id);

const candidateOf = (unit: readonly Item[]): Candidate => ({
  ids: unit.map(({ id }) => id),
  base: baseOf(unit[0]),
  marks: unit.flatMap(marksOf),
});

function marksOf(item: Item): string[] {
  const slices = Object.entries(item.slices).filter(([name, value]) => !TEXT_SLICES.has(name) && value !== item.cluster);
  return [`cluster ${item.cluster}`, ...slices.map(([name, value]) => `${name} ${value}`)];
}

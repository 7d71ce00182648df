import type { Random } from "../core/random.js";
import type { Item } from "./item.js";

/** The slice columns whose values name a single item rather than a kind of items: nothing to balance. */
const TEXT_SLICES = new Set(["statement"]);

/**
 * At most `limit` items of each task, the same ones in all tasks, spread evenly over clusters and slice columns; in their own
 * order. Each next item is the one whose cluster, group, topic … were taken least so far; ties fall by the seed.
 * @param limit items a task; all of them if there are no more
 */
export function balancedSubset(items: readonly Item[], limit: number, random: Random): Item[] {
  const bases = [...new Set(items.map(baseOf))];
  const byBase = new Map(items.map((item) => [baseOf(item), item]));
  const waiting = random.shuffle(bases.map((base) => ({ base, marks: marksOf(byBase.get(base)) })));
  const taken = new Map<string, number>();
  const chosen = new Set<string>();
  while (chosen.size < limit && waiting.length > 0) {
    const load = ({ marks }: { marks: readonly string[] }): number =>
      marks.reduce((sum, mark) => sum + (taken.get(mark) ?? 0) ** 2, 0);
    const next = waiting.reduce((best, candidate) => (load(candidate) < load(best) ? candidate : best));
    waiting.splice(waiting.indexOf(next), 1);
    for (const mark of next.marks) taken.set(mark, (taken.get(mark) ?? 0) + 1);
    chosen.add(next.base);
  }
  return items.filter((item) => chosen.has(baseOf(item)));
}

/** An item's id without its task: the same question under each. */
const baseOf = ({ id, task }: Item): string => (id.endsWith(`/${task}`) ? id.slice(0, -task.length - 1) : id);

function marksOf(item: Item | undefined): string[] {
  if (item === undefined) return [];
  const slices = Object.entries(item.slices).filter(([name, value]) => !TEXT_SLICES.has(name) && value !== item.cluster);
  return [`cluster ${item.cluster}`, ...slices.map(([name, value]) => `${name} ${value}`)];
}

import { commonPrefix } from "./batches.js";

/** Rows that start with the same tokens. */
export interface PrefixGroup {
  /** Positions in the list of rows. */
  readonly members: readonly number[];
  /** How many leading tokens they share and are read once; 0 for none. */
  readonly prefix: number;
}

/** Tokens that a call of its own must save, and the shortest prefix that gets one. */
const WORTH = { saved: 128, length: 8 };
/** How far behind the start that all share rows must agree to be one group. */
const LOOK_AHEAD = 32;

/**
 * Groups of rows by the start they share: few-shot examples, a system prompt. All rows are one group unless groups with longer
 * starts save more.
 */
export function prefixGroups(rows: readonly (readonly number[])[]): PrefixGroup[] {
  if (rows.length === 0) return [];
  const whole = group(rows, [...rows.keys()]);
  const until = commonPrefix(rows) + LOOK_AHEAD;
  const buckets = new Map<string, number[]>();
  rows.forEach((row, index) => {
    const key = row.slice(0, until).join();
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [index]);
    else bucket.push(index);
  });
  const groups = [...buckets.values()].map((members) => group(rows, members));
  const separate = groups.filter(({ prefix, members }) => (prefix - whole.prefix) * (members.length - 1) >= WORTH.saved);
  const apart = new Set(separate.flatMap(({ members }) => members));
  const rest = [...rows.keys()].filter((index) => !apart.has(index));
  return rest.length === 0 ? separate : [...separate, group(rows, rest)];
}

function group(rows: readonly (readonly number[])[], members: readonly number[]): PrefixGroup {
  const length = members.length < 2 ? 0 : commonPrefix(members.map((index) => rows[index]));
  const worth = length >= WORTH.length && length * (members.length - 1) >= WORTH.saved;
  return { members, prefix: worth ? length : 0 };
}

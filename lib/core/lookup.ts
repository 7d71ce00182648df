import { InputError } from "./errors.js";

/**
 * The entry of that name in a catalogue.
 * @param kind what the catalogue lists, in the singular, for the error: "compression method"
 * @throws InputError naming the closest entries and all there are
 */
export function lookup<T>(kind: string, catalogue: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(catalogue, name)) return catalogue[name];
  throw unknownName(kind, Object.keys(catalogue), name);
}

/** The error for a name that is not among `names`; suggests the closest. */
export function unknownName(kind: string, names: readonly string[], name: string): InputError {
  const close = closestNames(names, name);
  return new InputError({
    where: kind,
    found: `no ${quote(name)}`,
    expected: `one of ${[...names].sort().join(", ") || "(none yet)"}`,
    ...(close.length > 0 ? { remedy: `did you mean ${close.map(quote).join(" or ")}` } : {}),
  });
}

/** Up to two names within an edit distance of a third of the word, nearest first. */
export function closestNames(names: readonly string[], name: string): string[] {
  const reach = Math.max(2, Math.floor(name.length / 3));
  return names
    .map((candidate) => ({ candidate, distance: editDistance(candidate.toLowerCase(), name.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= reach || (name.length > 2 && candidate.startsWith(name)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 2)
    .map(({ candidate }) => candidate);
}

const quote = (name: string): string => JSON.stringify(name);

/** Levenshtein distance, by one rolling row; words longer than 64 characters are cut, they are no typing errors. */
function editDistance(a: string, b: string): number {
  const [left, right] = [a.slice(0, 64), b.slice(0, 64)];
  let previous = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = previous[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[right.length];
}

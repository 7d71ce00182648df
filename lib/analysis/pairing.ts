/** What two answers must share to be a pair. */
export interface Paired {
  readonly item: string;
  readonly task: string;
  readonly repeat: number;
  /** These tell answers apart where several measures, suites, settings or seeds are at hand. */
  readonly dimension?: string;
  readonly suite?: string;
  readonly settings?: string;
  readonly decodingSeed?: number | null;
}

/** Two variants joined by item; what only one side has is counted and named, never dropped in silence. */
export interface Pairing<T> {
  readonly pairs: readonly { readonly base: T; readonly other: T }[];
  readonly onlyInBase: readonly T[];
  readonly onlyInOther: readonly T[];
}

/** Joins by what `Paired` names, in the base's order. @throws Error where one side holds an item twice */
export function pairById<T extends Paired>(base: readonly T[], other: readonly T[]): Pairing<T> {
  const [left, right] = [byId(base), byId(other)];
  const pairs = [...left].flatMap(([id, answer]) => {
    const partner = right.get(id);
    return partner === undefined ? [] : [{ base: answer, other: partner }];
  });
  return {
    pairs,
    onlyInBase: [...left].filter(([id]) => !right.has(id)).map(([, answer]) => answer),
    onlyInOther: [...right].filter(([id]) => !left.has(id)).map(([, answer]) => answer),
  };
}

function byId<T extends Paired>(answers: readonly T[]): Map<string, T> {
  const map = new Map(answers.map((answer) => [idOf(answer), answer]));
  if (map.size < answers.length) throw new Error("an item stands twice on one side; take the latest records first");
  return map;
}

const idOf = ({ dimension, suite, settings, task, item, repeat, decodingSeed }: Paired): string =>
  [dimension, suite, settings, task, item, repeat, decodingSeed].join("\u0000");

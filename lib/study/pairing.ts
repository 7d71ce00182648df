/** What two answers must share to be a pair. */
export interface Paired {
  readonly item: string;
  readonly task: string;
  readonly repeat: number;
}

/** Two variants joined by item; what only one side has is counted and named, never dropped in silence. */
export interface Pairing<T> {
  readonly pairs: readonly { readonly base: T; readonly other: T }[];
  readonly onlyInBase: readonly T[];
  readonly onlyInOther: readonly T[];
}

/** Joins by task, item and repeat, in the base's order. @throws Error where one side holds an item twice */
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
  const map = new Map(answers.map((answer) => [`${answer.task}\u0000${answer.item}\u0000${answer.repeat}`, answer]));
  if (map.size < answers.length) throw new Error("an item stands twice on one side; take the latest records first");
  return map;
}

import type { Dimension } from "./dimension.js";

/** A dimension's tasks; where it names none, those of a person's own suite, in the order of its items. */
export function tasksOf({ tasks }: Pick<Dimension, "tasks">, items: readonly { readonly task: string }[]): readonly string[] {
  return tasks.length > 0 ? tasks : [...new Set(items.map(({ task }) => task))];
}

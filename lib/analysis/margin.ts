import { InputError } from "../core/errors.js";
import type { Study } from "../study/index.js";

/** Points, where neither the study nor a person says otherwise. */
export const DEFAULT_MARGIN = 2;

/** The margin in force, and how it came to be. */
export interface Margin {
  /** Points. */
  readonly margin: number;
  /** What to know of it: that it was changed after verdicts had been seen, and when. Null where it never was. */
  readonly note: string | null;
}

/**
 * The margin of a study's verdicts. Whoever looks at verdicts fixes it: the one asked for, else the study's last, else 2 points. It is
 * kept in study.json with its date, and so is every later change.
 * @param asked points, above 0
 * @throws InputError for a margin that is not a number above 0 and at most 100
 */
export async function settleMargin(study: Study, asked: number | undefined, now = new Date()): Promise<Margin> {
  if (asked !== undefined && !(asked > 0 && asked <= 100)) {
    throw new InputError({ where: "margin", found: String(asked), expected: "points above 0, at most 100" });
  }
  const { margins } = study.manifest();
  const last = margins.at(-1)?.margin;
  const margin = asked ?? last ?? DEFAULT_MARGIN;
  const history = margin === last ? margins : [...margins, { margin, date: now.toISOString() }];
  if (history !== margins) await study.update({ margins: [...history] });
  return { margin, note: noteOf(history) };
}

function noteOf(history: readonly { readonly margin: number; readonly date: string }[]): string | null {
  if (history.length < 2) return null;
  const steps = history.map(({ margin, date }) => `${margin} from ${date.slice(0, 10)}`);
  return `the margin was changed after verdicts had been shown: ${steps.join(", ")}`;
}

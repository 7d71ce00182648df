import type { Interval } from "../../statistics/index.js";
import type { OwnFigures } from "../own-figures.js";
import type { Sheet } from "../sheet.js";
import type { Claim, Condition } from "./claim.js";

/** Whether a claim holds on some figures. */
export type Outcome = "holds" | "does not hold" | "cannot be told";

/** A condition with its figure; `low` and `high` bound what rounding, or another draw of items, could make of it. */
export interface Finding extends Interval {
  readonly what: string;
  readonly side: Condition["side"];
  readonly bound: number;
  /** Null where the figures at hand lack what it needs. */
  readonly value: number | null;
  readonly outcome: Outcome;
}

/** A claim on one model's figures. */
export interface Checked {
  readonly claim: Claim;
  readonly model: string;
  readonly figures: "published" | "ours";
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** Items that the figures are made of; null on published ones, of which only the figures are known. */
  readonly n: number | null;
}

/** How far the published figures' rounding to 0.1 moves the difference of two. */
const ROUNDING = 0.1;

/**
 * A claim on published figures, which have no items: only the figures are compared. One that stands nearer to its bound than the
 * tables' rounding cannot be told.
 */
export function checkPublished(claim: Claim, sheet: Sheet): Checked {
  const findings = claim.conditions.map((condition) => {
    const value = finite(condition.figure(sheet));
    const { rounding = ROUNDING } = condition;
    return finding(condition, value, value === null ? NONE : { low: value - rounding, high: value + rounding });
  });
  return { claim, model: sheet.model, figures: "published", outcome: all(findings), findings, n: null };
}

/** A claim on a study's figures, each condition with its 95 % interval over resampled items. */
export function checkOwn(claim: Claim, own: OwnFigures): Checked {
  const findings = claim.conditions.map((condition) => {
    const value = claim.publishedOnly === true ? null : finite(condition.figure(own.sheet));
    if (value === null) return finding(condition, null, NONE);
    const items = own.interval((sheet) => finite(condition.figure(sheet)), value);
    return finding(condition, value, items === null ? EVERYTHING : condition.overSeeds === true ? overSeeds(items) : items);
  });
  return { claim, model: own.sheet.model, figures: "ours", outcome: all(findings), findings, n: own.n };
}

const NONE: Interval = { low: Number.NaN, high: Number.NaN };
const EVERYTHING: Interval = { low: -Infinity, high: Infinity };

/** With three seeds the 95 % interval of a standard deviation runs from 0.52 to 6.3 times the estimate (STATISTICS.md, section 10). */
const overSeeds = ({ low, high }: Interval): Interval => ({ low: 0.52 * low, high: 6.3 * high });

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function finding({ what, side, bound }: Condition, value: number | null, { low, high }: Interval): Finding {
  const [surely, surelyNot] = side === "above" ? [low > bound, high < bound] : [high < bound, low > bound];
  return { what, side, bound, value, low, high, outcome: outcomeOf(value !== null && surely, value !== null && surelyNot) };
}

const outcomeOf = (holds: boolean, fails: boolean): Outcome => (holds ? "holds" : fails ? "does not hold" : "cannot be told");

const all = (findings: readonly Finding[]): Outcome =>
  outcomeOf(
    findings.every(({ outcome }) => outcome === "holds"),
    findings.some(({ outcome }) => outcome === "does not hold"),
  );

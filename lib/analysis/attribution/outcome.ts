import { groupBy } from "../../core/group.js";
import type { Random } from "../../core/random.js";
import { clusteredShare, type Interval, standingOut } from "../../statistics/index.js";
import type { State } from "../../trust/index.js";

/** The states of one pair's item: as the study has them, and as it was asked again. */
export interface AttributedItem {
  readonly cluster: string;
  /** Of the dense variant's answer and of the compressed one's; equal for a control. */
  readonly before: State;
  readonly after: State;
  /** Asked again, of the dense and of the compressed variant as they are. */
  readonly dense: State;
  readonly compressed: State;
  /** With each part restored in the compressed variant, in the order of the parts. */
  readonly restored: readonly State[];
  /** With each part compressed in the dense variant. */
  readonly alone: readonly State[];
}

/** What became of the items when one part was changed. */
export interface PartEffect {
  /** Flips that were undone by restoring it, or caused by it alone. */
  readonly count: number;
  /** Their share of the flips, 0–1, with its 95 % interval; null for no flips. */
  readonly share: number | null;
  readonly interval: Interval;
  /** Flips that came out neither as before nor as after. */
  readonly elsewhere: number;
  /** Controls whose state changed. */
  readonly controlsChanged: number;
}

/** The same, of one part among others. */
export interface RankedEffect extends PartEffect {
  /** The chance of a share as high for any part, were all parts alike. */
  readonly p: number;
}

/** Both views of one part. They differ where parts act together, and add up to nothing. */
export interface AttributedPart {
  readonly undone: RankedEffect;
  readonly caused: RankedEffect;
  /** Share of the flips that this part or an earlier one undoes, each restored by itself. */
  readonly undoneUpTo: number | null;
}

/** What restoring each part, nothing and everything does to flips and controls. */
export interface AttributionOutcome {
  readonly flips: number;
  readonly controls: number;
  readonly clusters: number;
  readonly parts: readonly AttributedPart[];
  /** The floor and the ceiling: the compressed and the dense variant as they are, asked again. */
  readonly nothing: { readonly undone: PartEffect; readonly caused: PartEffect };
  readonly everything: { readonly undone: PartEffect; readonly caused: PartEffect };
}

/**
 * The shares of flips that each part's restoring undoes, and that its compression alone causes.
 * @see STATISTICS.md, section 13
 */
export function attributionOutcome(items: readonly AttributedItem[], random: Random): AttributionOutcome {
  const flips = items.filter(({ before, after }) => before !== after);
  const all = { flips, controls: items.filter(({ before, after }) => before === after) };
  const parts = (items.at(0)?.restored ?? []).map((_, part) => part);
  const [undone, caused] = [
    ranked(all, { parts, stateOf: ({ restored }, part) => restored[part], wanted: "before", random: random.fork("undone") }),
    ranked(all, { parts, stateOf: ({ alone }, part) => alone[part], wanted: "after", random: random.fork("caused") }),
  ];
  const upTo = (last: number): number =>
    flips.filter(({ before, restored }) => restored.slice(0, last + 1).includes(before)).length;
  const whole = (undoneBy: "dense" | "compressed", causedBy: "dense" | "compressed") => ({
    undone: effect(all, (item) => item[undoneBy], "before"),
    caused: effect(all, (item) => item[causedBy], "after"),
  });
  return {
    ...{ flips: flips.length, controls: all.controls.length },
    clusters: new Set(flips.map(({ cluster }) => cluster)).size,
    parts: parts.map((part) => ({
      ...{ undone: undone[part], caused: caused[part] },
      undoneUpTo: flips.length === 0 ? null : upTo(part) / flips.length,
    })),
    nothing: whole("compressed", "dense"),
    everything: whole("dense", "compressed"),
  };
}

interface Items {
  readonly flips: readonly AttributedItem[];
  readonly controls: readonly AttributedItem[];
}

interface Ranking {
  readonly parts: readonly number[];
  readonly stateOf: (item: AttributedItem, part: number) => State;
  readonly wanted: "before" | "after";
  readonly random: Random;
}

function ranked(items: Items, { parts, stateOf, wanted, random }: Ranking): RankedEffect[] {
  const units = [...byCluster(items.flips)].map((ofCluster) =>
    parts.map((part) => ofCluster.filter((item) => stateOf(item, part) === item[wanted]).length),
  );
  const chances = standingOut(units, { random });
  return parts.map((part) => ({ ...effect(items, (item) => stateOf(item, part), wanted), p: chances[part] ?? 1 }));
}

function effect({ flips, controls }: Items, stateOf: (item: AttributedItem) => State, wanted: "before" | "after"): PartEffect {
  const isTurned = (item: AttributedItem): boolean => stateOf(item) === item[wanted];
  const count = flips.filter(isTurned).length;
  const counts = byCluster(flips).map((all) => ({ trials: all.length, successes: all.filter(isTurned).length }));
  return {
    count,
    share: flips.length === 0 ? null : count / flips.length,
    interval: clusteredShare(counts),
    elsewhere: flips.filter((item) => ![item.before, item.after].includes(stateOf(item))).length,
    controlsChanged: controls.filter((item) => stateOf(item) !== item.before).length,
  };
}

const byCluster = (items: readonly AttributedItem[]): AttributedItem[][] => [
  ...groupBy(items, ({ cluster }) => cluster).values(),
];

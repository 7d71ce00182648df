import { fingerprint } from "../core/fingerprint.js";
import { groupBy } from "../core/group.js";
import type { Comparison } from "./comparisons.js";
import type { KnownVariant } from "./selection.js";

/** A dimension's answers of variants that differ in the seed of their calibration only. */
export interface Family extends Pick<Comparison, "dimension" | "suite" | "settings"> {
  /** The variants' title without the seed. */
  readonly title: string;
  /** One of them, for its figures. */
  readonly variant: KnownVariant;
  /** One a calibration seed; the one of a method without calibration has the seed null. */
  readonly members: readonly (Comparison & { readonly calibrationSeed: number | null })[];
}

/** Comparisons by recipe without the seed, dimension, suite and way of drawing, in the order they come. */
export function familiesOf(compared: readonly Comparison[]): Family[] {
  const groups = groupBy(compared, ({ variant, dimension, suite, settings }) =>
    [familyKey(variant), dimension.name, suite, settings].join("\u0000"),
  );
  return [...groups.values()].map((ofFamily) => {
    const [{ variant, dimension, suite, settings }] = ofFamily;
    const members = ofFamily.map((comparison) => ({ ...comparison, calibrationSeed: seedOf(comparison.variant) }));
    return { title: titleOf(variant), variant, dimension, suite, settings, members };
  });
}

/** The same for variants that differ in the calibration's seed only, and so in the tokens that were drawn with it. */
function familyKey({ id, modelDigest, recipe: { method, settings } }: KnownVariant): string {
  const model = id.slice(0, id.lastIndexOf("/"));
  return fingerprint({ model, modelDigest, method, settings: { ...settings, seed: null, calibrationDigest: null } });
}

function seedOf({ recipe }: KnownVariant): number | null {
  const { seed } = recipe.settings;
  return typeof seed === "number" ? seed : null;
}

const titleOf = (variant: KnownVariant): string =>
  seedOf(variant) === null ? variant.title : variant.title.replace(/-?seed\d+$/, "");

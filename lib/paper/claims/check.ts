import { groupBy } from "../../core/group.js";
import type { Study } from "../../study/index.js";
import { type OwnOptions, ownFigures } from "../own-figures.js";
import { type PublishedModel, readPublished } from "../published.js";
import { publishedSheets } from "../sheet.js";
import { CLAIMS } from "./catalogue.js";
import { checkOwn, checkPublished, type Checked } from "./evaluate.js";

/**
 * Every claim on every published model that it speaks of, and on each model of a study: by claim, the study's last.
 * @param published the figures; those that ship with the project if left out
 */
export async function checkClaims(
  study?: Study,
  options: OwnOptions & { readonly published?: readonly PublishedModel[] } = {},
): Promise<Checked[]> {
  const sheets = publishedSheets(options.published ?? (await readPublished()));
  const own = study === undefined ? [] : await ownFigures(study, options);
  return CLAIMS.flatMap((claim) => [
    ...sheets.filter(({ model }) => claim.models.includes(model)).map((sheet) => checkPublished(claim, sheet)),
    ...own.map((figures) => checkOwn(claim, figures)),
  ]);
}

/** Claims of the text that the paper's own tables contradict, by number, with the models for which they do. */
export function contradictions(checked: readonly Checked[]): Map<number, readonly string[]> {
  const published = checked.filter(({ figures }) => figures === "published");
  const failing = published.flatMap(({ claim, model, outcome }) => {
    if (claim.source === "T") return outcome === "holds" && claim.against !== undefined ? [{ number: claim.against, model }] : [];
    const isPossible = claim.possible === true && published.some((one) => one.claim === claim && one.outcome === "holds");
    return outcome === "does not hold" && !isPossible ? [{ number: claim.number, model }] : [];
  });
  const byNumber = [...groupBy(failing, ({ number }) => number)].sort(([a], [b]) => a - b);
  return new Map(byNumber.map(([number, ofNumber]) => [number, [...new Set(ofNumber.map(({ model }) => model))]]));
}

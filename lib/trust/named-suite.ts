import { basename } from "node:path";

import { InputError } from "../core/errors.js";
import { dataPath } from "../formats/data-folder.js";
import type { Dimension } from "./dimension.js";
import type { Item } from "./item.js";
import { officialFolders } from "./official-data.js";
import { SOURCES } from "./official-sources.js";
import { isFolder, openLayered } from "../formats/layered-files.js";
import type { FileRow } from "../formats/row-file.js";
import { readOwnFile, readSuiteFile, stemOf, type Suite, type SuiteCard } from "./suite.js";

/**
 * A dimension's prompts: `mini` is ours and ships with the project; `official` is DecodingTrust's, from the folders that
 * TOUCHSTONE_DECODINGTRUST names and what was fetched of its data set; a folder holds DecodingTrust's own files (a checkout, or
 * archives of it); a file, JSON lines or CSV, is a person's own, with or without a card.
 * @throws InputError naming file, line and field
 */
export async function readSuite(dimension: Dimension, name: string): Promise<Suite> {
  if (name === "mini") return miniSuite(dimension);
  if (name === "official") return officialSuite(dimension, await officialFolders(dimension));
  return (await isFolder(name)) ? officialSuite(dimension, [name]) : ownSuite(dimension, name);
}

/** Our suite, which has a card. */
async function miniSuite(dimension: Dimension): Promise<Suite> {
  if (dimension.ownOnly) throw noSuite(dimension, "mini");
  const path = dataPath("mini", `${dimension.name}.jsonl`);
  const { rows, digest, card } = await readSuiteFile(path);
  checkDimension(card, dimension, path);
  const items = checkIds(dimension.items(rows, path), path);
  return { name: card.name, dimension: dimension.name, path, digest, items, missing: [], card };
}

/** A person's own suite in our form: named by its card, or by its file. */
async function ownSuite(dimension: Dimension, path: string): Promise<Suite> {
  const { rows, digest, card } = await readOwnFile(path);
  if (card !== undefined) checkDimension(card, dimension, path);
  const items = withLines(rows, () =>
    dimension.items(
      rows.map(({ value }) => value),
      path,
    ),
  );
  return {
    name: card?.name ?? ownName(path),
    dimension: dimension.name,
    path,
    digest,
    items: checkIds(items, path),
    missing: [],
    ...(card === undefined ? {} : { card }),
  };
}

/** Records of a suite without a card are never taken for those of ours or of the official one. */
const ownName = (path: string): string => (["mini", "official"].includes(stemOf(path)) ? basename(path) : stemOf(path));

function checkDimension(card: SuiteCard, dimension: Dimension, where: string): void {
  if (card.dimension === dimension.name) return;
  throw new InputError({ where, found: `a suite of ${card.dimension}`, expected: `one of ${dimension.name}` });
}

/** Dimensions count rows; a person counts lines of the file. */
function withLines<T>(rows: readonly FileRow[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, found, expected, remedy } = error;
    const line = (row: string): string => `, line ${rows[Number(row) - 1]?.line ?? row}`;
    throw new InputError({
      where: where.replace(/, line (\d+)/, (_whole, row: string) => line(row)),
      ...{ found, expected, ...(remedy === undefined ? {} : { remedy }) },
    });
  }
}

function noSuite({ name, official }: Dimension, suite: string): InputError {
  const expected = official === undefined ? "--suite FILE" : "mini, official, a folder or a file";
  return new InputError({ where: `${name}, the suite ${suite}`, found: "none", expected });
}

/** DecodingTrust's files of a dimension, from folders of which an earlier one lies over a later one. */
export async function officialSuite(dimension: Dimension, dirs: readonly string[]): Promise<Suite> {
  const { official, name } = dimension;
  const path = dirs.join(", ");
  if (official === undefined) {
    throw new InputError({ where: `${name}, the official suite`, found: "no reader for it", expected: "--suite mini or a file" });
  }
  const files = await openLayered(dirs, [...official.wanted, SOURCES]);
  const { items, generation, missing } = await official.read(files);
  if (items.length === 0) {
    throw new InputError({
      where: path,
      found: `none of DecodingTrust's files of ${name}${missing.length === 0 ? "" : ` (${missing.join("; ")})`}`,
      expected: official.wanted.join(", "),
    });
  }
  return { name: "official", dimension: name, path, digest: files.digest(), items: checkIds(items, path), generation, missing };
}

function checkIds(items: readonly Item[], where: string): readonly Item[] {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw new InputError({ where, found: `the id ${JSON.stringify(id)} twice`, expected: "ids of their own" });
    seen.add(id);
  }
  return items;
}

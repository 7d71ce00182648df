import { InputError } from "../core/errors.js";
import { dataPath } from "../formats/data-folder.js";
import type { Dimension } from "./dimension.js";
import type { Item } from "./item.js";
import { SOURCES } from "./official-sources.js";
import { isFolder, openLayered } from "../formats/layered-files.js";
import { readSuiteFile, type Suite } from "./suite.js";

/**
 * A dimension's prompts: `mini` is ours and ships with the project; a folder holds DecodingTrust's own files (a checkout, or
 * archives of it); a file is a suite with its card.
 * @throws InputError naming file, line and field
 */
export async function readSuite(dimension: Dimension, name: string): Promise<Suite> {
  if (name === "mini") return ownSuite(dimension, dataPath("mini", `${dimension.name}.jsonl`));
  return (await isFolder(name)) ? officialSuite(dimension, [name]) : ownSuite(dimension, name);
}

/** A suite in our form. */
async function ownSuite(dimension: Dimension, path: string): Promise<Suite> {
  const { rows, digest, card } = await readSuiteFile(path);
  if (card.dimension !== dimension.name) {
    throw new InputError({ where: path, found: `a suite of ${card.dimension}`, expected: `one of ${dimension.name}` });
  }
  const items = checkIds(dimension.items(rows, path), path);
  return { name: card.name, dimension: dimension.name, path, digest, items, missing: [] };
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

import { delimiter } from "node:path";

import { InputError } from "../core/errors.js";
import type { Task } from "../core/progress.js";
import { cachedDataFolder, fetchDataFolder, type HubOptions } from "../formats/hub/index.js";
import type { Dimension } from "./dimension.js";

/** The variable that names folders with DecodingTrust's files: checkouts, or archives of them. An earlier one lies over a later one. */
export const OFFICIAL_FOLDERS = "TOUCHSTONE_DECODINGTRUST";

/** DecodingTrust's data set on the hub, CC BY-SA 4.0; its folders are those of `data/` in a checkout. */
const REPOSITORY = "AI-Secure/DecodingTrust";
const DATA = "data";

/**
 * The folders that the official suite of a dimension is read from: those of TOUCHSTONE_DECODINGTRUST, and under them what was
 * fetched of the data set. The latter has no source files, so that dimensions with prompts in these need a checkout as well.
 * @throws InputError that says how to get them, where there are none
 */
export async function officialFolders(
  dimension: Pick<Dimension, "name" | "official">,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const named = (environment[OFFICIAL_FOLDERS] ?? "").split(delimiter).filter((folder) => folder !== "");
  const fetched = await cachedDataFolder({ repository: REPOSITORY, name: dimension.name });
  const folders = [...named, ...(fetched === undefined ? [] : [fetched])];
  if (folders.length > 0) return folders;
  throw new InputError({
    where: `${dimension.name}, the official suite`,
    found: "none of DecodingTrust's files",
    expected: `a checkout or its archives, named in ${OFFICIAL_FOLDERS}, or the data set ${REPOSITORY}`,
    remedy: `set ${OFFICIAL_FOLDERS}, or run %data fetch --dimension ${dimension.name} (CC BY-SA 4.0; some texts are offensive)`,
  });
}

/**
 * Brings what the official reader of a dimension reads of the data set on the hub into the cache, checked by hash; `HF_TOKEN` and
 * `HF_ENDPOINT` are taken from the environment.
 * @returns its folder   @throws InputError where the dimension reads nothing that the data set has, or the hub refuses
 */
export async function* fetchOfficial(dimension: Pick<Dimension, "name" | "official">, options: HubOptions = {}): Task<string> {
  const wanted = (dimension.official?.wanted ?? [])
    .filter((path) => path.startsWith(`${DATA}/`))
    .map((path) => path.slice(DATA.length + 1));
  const [folder] = new Set(wanted.map((path) => path.split("/")[0]));
  if (folder === undefined) {
    throw new InputError({
      where: `${dimension.name}, the official suite`,
      found: "no reader for it",
      expected: "--suite mini or a file",
    });
  }
  return yield* fetchDataFolder({ repository: REPOSITORY, folder, wanted, under: DATA, name: dimension.name }, options);
}

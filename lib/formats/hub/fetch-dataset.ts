import { basename, dirname, join } from "node:path";

import { InputError } from "../../core/errors.js";
import type { Task } from "../../core/progress.js";
import { cachedEntry } from "../cache.js";
import { PartialEntry } from "../partial-entry.js";
import { fetchAll, type HubOptions } from "./fetch-files.js";
import { openHub } from "./hub.js";
import { hubSettings } from "./hub-settings.js";

/** A file of a set of data on a hub, of one fixed commit, so that the same text comes on every machine. */
export interface DatasetFile {
  /** OWNER/NAME */
  readonly repository: string;
  /** A commit: 40 hexadecimal digits. */
  readonly commit: string;
  /** Its path there, within a folder. */
  readonly path: string;
}

/**
 * Brings a file into the cache, once, checked by the digest that the hub lists; goes on where an earlier run ended.
 * @returns its path   @throws InputError that says what the hub refused, or that there is none
 */
export async function* fetchDatasetFile({ repository, commit, path }: DatasetFile, options: HubOptions = {}): Task<string> {
  const name = basename(path);
  const entryName = `hub/datasets/${repository}/${commit}-${path.replaceAll("/", "--")}`;
  const there = await cachedEntry(entryName);
  if (there !== undefined) return join(there, name);
  const settings = hubSettings(options.environment ?? process.env);
  const where = `datasets/${repository}, ${path}`;
  if (settings.offline) {
    throw new InputError({ where, found: "nothing of it in the cache, and HF_HUB_OFFLINE is set", expected: "the file" });
  }
  const hub = await openHub(settings, { repository, revision: commit, dataFolder: dirname(path) }, options);
  yield { stage: "download", done: 0, total: 1, note: `${repository}, list of files` };
  const file = (await hub.files(commit)).find((each) => each.path === path);
  if (file === undefined) throw new InputError({ where, found: "no such file", expected: "one" });
  const entry = await PartialEntry.open(entryName);
  try {
    yield* fetchAll(hub, { entry, commit, wanted: [{ ...file, name }], options });
    return join(await entry.publish(), name);
  } finally {
    await entry.release();
  }
}

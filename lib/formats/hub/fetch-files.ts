import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../../core/errors.js";
import type { Task } from "../../core/progress.js";
import type { PartialEntry } from "../partial-entry.js";
import { download } from "./download.js";
import type { Hub } from "./hub.js";
import type { RequestOptions } from "./requests.js";
import type { Wanted } from "./selection.js";

/** How a model is fetched. */
export interface HubOptions extends RequestOptions {
  /** A branch, a tag or a commit; takes the place of one in the id. */
  readonly revision?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  /** Free bytes where a folder lies; a test says its own. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const MEGABYTE = 1_000_000;

/** Files of one commit that are wanted in a cache entry. */
export interface Batch {
  readonly entry: PartialEntry;
  readonly commit: string;
  readonly wanted: readonly Wanted[];
  readonly options: HubOptions;
}

/** Brings those that are not there yet. Progress counts megabytes. @throws InputError if there is no room, or the hub refuses */
export async function* fetchAll(hub: Hub, { entry, commit, wanted, options }: Batch): Task<void> {
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing: Wanted[] = [];
  for (const file of wanted) if (!(await entry.has(file.name))) missing.push(file);
  await checkSpace(entry.folder, missing, options);
  let before = total - missing.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const file of missing) {
    const bytes = download(hub, { commit, file, path: join(entry.folder, file.name) });
    const sha256 = yield* shownInMegabytes(bytes, { before, total, name: file.name });
    await entry.finished(file.name, sha256);
    before += file.bytes;
  }
}

/** A download's progress, where it moved by a megabyte; ends the download where whoever follows it stops. */
async function* shownInMegabytes(
  download: AsyncGenerator<number, string, void>,
  { before, total, name }: { before: number; total: number; name: string },
): Task<string> {
  let shown = -1;
  try {
    for (;;) {
      const next = await download.next();
      if (next.done) return next.value;
      const done = Math.floor((before + next.value) / MEGABYTE);
      if (done !== shown) yield { stage: "download", done, total: Math.ceil(total / MEGABYTE), note: `${name}, MB` };
      shown = done;
    }
  } finally {
    await download.return("");
  }
}

async function checkSpace(folder: string, missing: readonly Wanted[], { freeBytes = freeOnDisk }: HubOptions): Promise<void> {
  let needed = 0;
  for (const { name, bytes } of missing) {
    const part = await stat(join(folder, `${name}.part`)).catch(() => ({ size: 0 }));
    needed += Math.max(0, bytes - part.size);
  }
  const free = needed === 0 ? Infinity : await freeBytes(folder);
  if (needed <= free) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new InputError({
    where: folder,
    found: `${gigabytes(free)} free`,
    expected: `${gigabytes(needed)} for the files that are missing`,
    remedy: "make room, or name another folder in TOUCHSTONE_CACHE",
  });
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

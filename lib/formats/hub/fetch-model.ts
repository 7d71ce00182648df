import { mkdir, readFile, rename, stat, statfs, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { Task } from "../../core/progress.js";
import { cachedEntry, cacheFolder } from "../cache.js";
import { readJson } from "../json-file.js";
import { download } from "./download.js";
import { type Hub, openHub } from "./hub.js";
import { type HubId, parseHubId } from "./hub-id.js";
import { hubSettings } from "./hub-settings.js";
import { PartialEntry } from "../partial-entry.js";
import type { RequestOptions } from "./requests.js";
import { ggufFiles, ggufParts, smallFiles, type Wanted, weightFiles } from "./selection.js";

/** How a model is fetched. */
export interface HubOptions extends RequestOptions {
  /** A branch, a tag or a commit; takes the place of one in the id. */
  readonly revision?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  /** Free bytes where a folder lies; a test says its own. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const MEGABYTE = 1_000_000;
const COMMIT = /^[0-9a-f]{40}$/;
const Remembered = z.record(z.string(), z.string().regex(COMMIT));
const Index = z.object({ weight_map: z.record(z.string(), z.string().max(255)) });

/**
 * Brings a model from a hub into the cache, once: only the files it needs, each checked by its digest, under the commit that
 * the revision stands for. What an interrupted or failed run brought is kept and gone on with.
 * Progress counts megabytes.
 * @param id OWNER/NAME, OWNER/NAME@REVISION, and :FILE.gguf behind either
 * @returns the folder `hub/OWNER/NAME/COMMIT` of the cache; of a GGUF file its path
 * @throws InputError that says what the hub refused and what would help
 */
export async function* fetchHubModel(id: string, options: HubOptions = {}): Task<string> {
  const parsed = hubId(id);
  const { environment = process.env } = options;
  const { repository, revision } = { ...parsed, revision: options.revision ?? parsed.revision ?? "main" };
  const settings = hubSettings(environment);
  const known = COMMIT.test(revision) ? revision : settings.offline ? await rememberedCommit(repository, revision) : undefined;
  const there = known === undefined ? undefined : await cachedEntry(entryName(parsed, known));
  if (there !== undefined) return resultIn(parsed, there);
  if (settings.offline) throw offline(repository, revision);
  const hub = await openHub(settings, { repository, revision }, options);
  const commit = await hub.commit();
  const folder = (await cachedEntry(entryName(parsed, commit))) ?? (yield* fetchEntry(hub, { id: parsed, commit, options }));
  await remember(repository, revision, commit);
  return resultIn(parsed, folder);
}

function hubId(text: string): HubId {
  const id = parseHubId(text);
  if (id !== undefined) return id;
  const expected = "OWNER/NAME, OWNER/NAME@REVISION, or either with :FILE.gguf behind it";
  throw new InputError({ where: "a hub's model", found: JSON.stringify(text.slice(0, 200)), expected });
}

/** A GGUF file is an entry of its own: a repository has many of them. */
const entryName = ({ repository, file }: HubId, commit: string): string =>
  `hub/${repository}/${commit}${file === undefined ? "" : `-${ggufParts(file)[0].slice(0, -5).replaceAll("/", "--")}`}`;

const resultIn = ({ file }: HubId, folder: string): string =>
  file === undefined ? folder : join(folder, basename(ggufParts(file)[0]));

interface Fetching {
  readonly id: HubId;
  readonly commit: string;
  readonly options: HubOptions;
}

async function* fetchEntry(hub: Hub, { id, commit, options }: Fetching): Task<string> {
  yield { stage: "download", done: 0, total: 1, note: `${id.repository}, list of files` };
  const files = await hub.files(commit);
  const small = id.file === undefined ? smallFiles(id, files) : ggufFiles(id, files);
  const entry = await PartialEntry.open(entryName(id, commit));
  try {
    if (id.file !== undefined) yield* fetchAll(hub, { entry, commit, wanted: small, options });
    else {
      yield* fetchAll(hub, { entry, commit, wanted: small, options });
      const weights = weightFiles(id, files, await shardNames(entry, small));
      yield* fetchAll(hub, { entry, commit, wanted: weights, options });
    }
    return await entry.publish();
  } finally {
    await entry.release();
  }
}

interface Batch {
  readonly entry: PartialEntry;
  readonly commit: string;
  readonly wanted: readonly Wanted[];
  readonly options: HubOptions;
}

async function* fetchAll(hub: Hub, { entry, commit, wanted, options }: Batch): Task<void> {
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

async function shardNames(entry: PartialEntry, small: readonly Wanted[]): Promise<string[] | undefined> {
  const index = small.find(({ name }) => name.endsWith(".index.json"));
  if (index === undefined) return undefined;
  const { weight_map } = await readJson(join(entry.folder, index.name), (value) => Index.parse(value));
  return Object.values(weight_map);
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

const rememberedPath = (repository: string): string => join(cacheFolder(), "hub", repository, "revisions.json");

async function readRemembered(repository: string): Promise<Record<string, string>> {
  try {
    return Remembered.parse(JSON.parse(await readFile(rememberedPath(repository), "utf8")));
  } catch {
    return {}; // nothing was fetched yet, or it no longer reads: asking the hub brings it back
  }
}

/** The commit that a revision stood for when it was last asked for. */
async function rememberedCommit(repository: string, revision: string): Promise<string | undefined> {
  const remembered = await readRemembered(repository);
  return Object.hasOwn(remembered, revision) ? remembered[revision] : undefined;
}

async function remember(repository: string, revision: string, commit: string): Promise<void> {
  if (COMMIT.test(revision)) return;
  const path = rememberedPath(repository);
  await mkdir(join(cacheFolder(), "hub", repository), { recursive: true });
  await writeFile(`${path}.${process.pid}`, JSON.stringify({ ...(await readRemembered(repository)), [revision]: commit }));
  await rename(`${path}.${process.pid}`, path);
}

const offline = (repository: string, revision: string): InputError =>
  new InputError({
    where: `${repository}@${revision}`,
    found: "nothing of it whole in the cache, and HF_HUB_OFFLINE is set",
    expected: "a model that was fetched before",
    remedy: "unset HF_HUB_OFFLINE to fetch it",
  });

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { Task } from "../../core/progress.js";
import { cachedEntry, cacheFolder } from "../cache.js";
import { readJson } from "../json-file.js";
import { fetchAll, type HubOptions } from "./fetch-files.js";
import { type Hub, type HubFile, openHub } from "./hub.js";
import { type HubId, parseHubId } from "./hub-id.js";
import { hubSettings } from "./hub-settings.js";
import { PartialEntry } from "../partial-entry.js";
import { ggufFiles, ggufParts, onnxFile, smallFiles, type Wanted, weightFiles } from "./selection.js";

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
  return yield* fetchSnapshot(hubId(id), MODEL, options);
}

/**
 * Brings an ONNX classifier from a hub into the cache, as `fetchHubModel` does a model: its configuration, its tokenizer and
 * one ONNX file, as model.onnx.
 * @param id OWNER/NAME, OWNER/NAME@REVISION
 * @returns the folder; its name begins with the commit
 */
export async function* fetchHubClassifier(id: string, options: HubOptions = {}): Task<string> {
  return yield* fetchSnapshot(hubId(id), CLASSIFIER, options);
}

/** What of a repository is wanted. */
interface Part {
  entryName(id: HubId, commit: string): string;
  resultIn(id: HubId, folder: string): string;
  /** Fills the entry. */
  fetch(hub: Hub, fetching: Fetching & { readonly entry: PartialEntry; readonly files: readonly HubFile[] }): Task<void>;
}

async function* fetchSnapshot(id: HubId, part: Part, options: HubOptions): Task<string> {
  const { environment = process.env } = options;
  const { repository, revision } = { ...id, revision: options.revision ?? id.revision ?? "main" };
  const settings = hubSettings(environment);
  const known = COMMIT.test(revision) ? revision : settings.offline ? await rememberedCommit(repository, revision) : undefined;
  const there = known === undefined ? undefined : await cachedEntry(part.entryName(id, known));
  if (there !== undefined) return part.resultIn(id, there);
  if (settings.offline) throw offline(repository, revision);
  const hub = await openHub(settings, { repository, revision }, options);
  const commit = await hub.commit();
  const folder = (await cachedEntry(part.entryName(id, commit))) ?? (yield* fetchEntry(hub, part, { id, commit, options }));
  await remember(repository, revision, commit);
  return part.resultIn(id, folder);
}

function hubId(text: string): HubId {
  const id = parseHubId(text);
  if (id !== undefined) return id;
  const expected = "OWNER/NAME, OWNER/NAME@REVISION, or either with :FILE.gguf behind it";
  throw new InputError({ where: "a hub's model", found: JSON.stringify(text.slice(0, 200)), expected });
}

const MODEL: Part = {
  /** A GGUF file is an entry of its own: a repository has many of them. */
  entryName: ({ repository, file }, commit) =>
    `hub/${repository}/${commit}${file === undefined ? "" : `-${ggufParts(file)[0].slice(0, -5).replaceAll("/", "--")}`}`,
  resultIn: ({ file }, folder) => (file === undefined ? folder : join(folder, basename(ggufParts(file)[0]))),
  fetch: async function* (hub, { id, commit, options, entry, files }) {
    const small = id.file === undefined ? smallFiles(id, files) : ggufFiles(id, files);
    yield* fetchAll(hub, { entry, commit, wanted: small, options });
    if (id.file !== undefined) return;
    const weights = weightFiles(id, files, await shardNames(entry, small));
    yield* fetchAll(hub, { entry, commit, wanted: weights, options });
  },
};

const CLASSIFIER: Part = {
  entryName: ({ repository }, commit) => `hub/${repository}/${commit}-onnx`,
  resultIn: (_, folder) => folder,
  fetch: async function* (hub, { id, commit, options, entry, files }) {
    const wanted = [...smallFiles(id, files), onnxFile(id, files)];
    yield* fetchAll(hub, { entry, commit, wanted, options });
  },
};

interface Fetching {
  readonly id: HubId;
  readonly commit: string;
  readonly options: HubOptions;
}

async function* fetchEntry(hub: Hub, part: Part, fetching: Fetching): Task<string> {
  const { id, commit } = fetching;
  yield { stage: "download", done: 0, total: 1, note: `${id.repository}, list of files` };
  const files = await hub.files(commit);
  const entry = await PartialEntry.open(part.entryName(id, commit));
  try {
    yield* part.fetch(hub, { ...fetching, entry, files });
    return await entry.publish();
  } finally {
    await entry.release();
  }
}

async function shardNames(entry: PartialEntry, small: readonly Wanted[]): Promise<string[] | undefined> {
  const index = small.find(({ name }) => name.endsWith(".index.json"));
  if (index === undefined) return undefined;
  const { weight_map } = await readJson(join(entry.folder, index.name), (value) => Index.parse(value));
  return Object.values(weight_map);
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

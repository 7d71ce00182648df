import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { idOfName, safeName } from "./file-names.js";
import { takeLock } from "./lock.js";
import {
  changed,
  emptyManifest,
  type ManifestChange,
  readManifest,
  type StudyManifest,
  syncFolder,
  writeManifest,
} from "./manifest.js";
import type { ItemRecord } from "./record.js";
import { openRecordFile, type RecordFile } from "./record-file.js";
import type { RecordColumns } from "./record-index/columns.js";
import type { RecordIndex } from "./record-index/index-file.js";
import { type IndexedFile, openIndex } from "./record-index/open-index.js";
import type { RecordPlace } from "./record-json.js";

/** What can be made again from the records. */
const INDEX_FOLDER = ".index";

/**
 * A study: a folder with study.json and one append-only file of records for each variant and dimension,
 * `records/VARIANT/DIMENSION.jsonl`. Open in one process at a time.
 */
export interface Study {
  readonly folder: string;
  manifest(): StudyManifest;
  /** Adds facts to study.json, written whole or not at all. */
  update(change: ManifestChange): Promise<void>;
  /** In the order they were written. */
  records(variant: string, dimension: string): Promise<readonly ItemRecord[]>;
  /** All records of all variants and dimensions, variants in the manifest's order. */
  allRecords(): Promise<readonly ItemRecord[]>;
  /** The dimensions of which a variant has records, sorted. */
  recorded(variant: string): Promise<readonly string[]>;
  /** The records by columns, through an index in the folder that is made again where it is missing or old. */
  columns(variant: string, dimension: string): Promise<RecordColumns>;
  /** Written and flushed when it returns. */
  append(variant: string, dimension: string, records: readonly ItemRecord[]): Promise<void>;
  /** Gives the lock back. */
  close(): Promise<void>;
}

/** The clock, for dates in the study's files. */
export interface OpenOptions {
  readonly now?: () => Date;
}

/**
 * Opens a study folder, or begins one.
 * @throws InputError where another process has it open, or study.json is not one of ours
 */
export async function openStudy(folder: string, { now = () => new Date() }: OpenOptions = {}): Promise<Study> {
  await mkdir(join(folder, "records"), { recursive: true });
  const lock = await takeLock(folder, now());
  try {
    const known = await readManifest(folder);
    const manifest = known ?? emptyManifest(now());
    if (known === undefined) await writeManifest(folder, manifest);
    return makeStudy(folder, manifest, { now, close: () => lock.release() });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Does the folder hold a study? @throws InputError where its study.json is not one of ours */
export const isStudy = async (folder: string): Promise<boolean> => (await readManifest(folder)) !== undefined;

type Means = Pick<Study, "close"> & Required<OpenOptions>;

function makeStudy(folder: string, begun: StudyManifest, { now, close }: Means): Study {
  let manifest = begun;
  const files = recordFiles(folder);
  const indexes = new Map<string, RecordIndex>();
  return {
    folder,
    manifest: () => manifest,
    update: async (change) => {
      const next = changed(manifest, change);
      if (JSON.stringify(next) === JSON.stringify(manifest)) return;
      await writeManifest(folder, next);
      manifest = next;
    },
    records: async (variant, dimension) => (await files.open(variant, dimension)).records,
    allRecords: async () => {
      const order = Object.keys(manifest.variants);
      const names = await recordNames(folder);
      const place = ({ variant }: { variant: string }): number =>
        order.includes(variant) ? order.indexOf(variant) : order.length;
      names.sort((a, b) => place(a) - place(b));
      const lists: (readonly ItemRecord[])[] = [];
      for (const { variant, dimension } of names) lists.push((await files.open(variant, dimension)).records);
      return lists.flat();
    },
    recorded: async (variant) =>
      (await recordNames(folder)).filter((name) => name.variant === variant).map(({ dimension }) => dimension),
    columns: async (variant, dimension) => {
      const file = indexedFile(folder, { variant, dimension });
      const index = await openIndex(file, () => now().getTime(), indexes.get(file.path));
      indexes.set(file.path, index);
      return index.columns;
    },
    append: async (variant, dimension, records) => {
      if (records.length > 0) await (await files.open(variant, dimension)).append(records);
    },
    close,
  };
}

const recordPath = (folder: string, { variant, dimension }: RecordPlace): string =>
  join(folder, "records", safeName(variant), `${safeName(dimension)}.jsonl`);

const indexedFile = (folder: string, place: RecordPlace): IndexedFile => ({
  ...place,
  path: recordPath(folder, place),
  indexPath: join(folder, INDEX_FOLDER, safeName(place.variant), `${safeName(place.dimension)}.columns`),
});

/** Each file is opened once. */
function recordFiles(folder: string): { open(variant: string, dimension: string): Promise<RecordFile> } {
  const opened = new Map<string, Promise<RecordFile>>();
  return {
    open: async (variant, dimension) => {
      const path = recordPath(folder, { variant, dimension });
      const parent = dirname(path);
      const known = opened.get(path);
      if (known !== undefined) return known;
      await mkdir(parent, { recursive: true });
      await syncFolder(join(folder, "records"));
      const file = opened.get(path) ?? openRecordFile(path, { variant, dimension });
      opened.set(path, file);
      file.catch(() => opened.delete(path)); // a file that can't be read now may be mended and read later
      return file;
    },
  };
}

async function recordNames(folder: string): Promise<{ variant: string; dimension: string }[]> {
  const root = join(folder, "records");
  const variants = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const names = await Promise.all(
    variants.sort().map(async (variant) =>
      (await readdir(join(root, variant)))
        .filter((name) => name.endsWith(".jsonl"))
        .sort()
        .map((name) => ({ variant: idOfName(variant), dimension: idOfName(name.slice(0, -".jsonl".length)) })),
    ),
  );
  return names.flat();
}

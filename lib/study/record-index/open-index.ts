import { crc32 } from "node:zlib";

import { brokenLine } from "../../formats/json-lines.js";
import { readRecord, type RecordPlace } from "../record-json.js";
import { ColumnsBuilder } from "./builder.js";
import { readIndexFile, type RecordIndex, writeIndexFile } from "./index-file.js";
import { checkOfPrefix, stampOf, wholeLines, type WholeLine } from "./source.js";

/** A file of records, and where its index is kept. */
export interface IndexedFile extends RecordPlace {
  readonly path: string;
  readonly indexPath: string;
}

/**
 * The columns of a file of records as it is now: from its index where that is of this file, after indexing what was appended
 * since; else made anew. Reads the records in bounded memory. A torn last line is left out, an absent file is an empty one.
 * @param known the index as it was made or read before in this process
 * @throws InputError with file and line for a line that is no record
 */
export async function openIndex(file: IndexedFile, now: () => number, known?: RecordIndex): Promise<RecordIndex> {
  const stamp = await stampOf(file.path, now());
  if (stamp === undefined) return { columns: new ColumnsBuilder(file).columns(), source: { bytes: 0, check: 0, stamp: "" } };
  const kept = known ?? (await readIndexFile(file.indexPath, file.path));
  const begun = kept !== undefined && (await isOf(kept, file, stamp)) ? kept : undefined;
  if (begun !== undefined && stamp !== "" && begun.source.stamp === stamp) return begun;
  const next = await extended(file, stamp, begun);
  if (begun === undefined || next.columns !== begun.columns || next.source.stamp !== begun.source.stamp)
    await writeIndexFile(file.indexPath, next);
  return next;
}

/** By size and times where they can't deceive, else by content. */
async function isOf(
  { columns, source }: RecordIndex,
  { path, variant, dimension }: IndexedFile,
  stamp: string,
): Promise<boolean> {
  if (columns.variant !== variant || columns.dimension !== dimension) return false;
  return (stamp !== "" && source.stamp === stamp) || (await checkOfPrefix(path, source.bytes)) === source.check;
}

async function extended(file: IndexedFile, stamp: string, begun: RecordIndex | undefined): Promise<RecordIndex> {
  let builder: ColumnsBuilder | undefined;
  let { bytes, check } = begun?.source ?? { bytes: 0, check: 0 };
  for await (const lines of wholeLines(file.path, bytes)) {
    for (const line of lines) {
      builder ??= new ColumnsBuilder(file, begun?.columns);
      const value = valueOf(line);
      if (value === undefined && line.isLast) break;
      const number = builder.rows + 1;
      if (value === undefined) throw brokenLine(file.path, number, line.content.toString("utf8"));
      builder.add(readRecord(value, `${file.path}, line ${number}`, file), line);
      check = crc32("\n", crc32(line.content, check));
      bytes += line.bytes + 1;
    }
  }
  const columns = builder?.columns() ?? begun?.columns ?? new ColumnsBuilder(file).columns();
  return { columns, source: { bytes, check, stamp } };
}

function valueOf({ content }: WholeLine): unknown {
  try {
    const value: unknown = JSON.parse(content.toString("utf8"));
    return value;
  } catch {
    return undefined;
  }
}

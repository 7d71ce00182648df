import { InputError } from "../core/errors.js";
import type { ByteReader } from "./byte-reader.js";
import { BLOCK_LAYOUTS } from "./gguf-blocks.js";
import { readMetadata } from "./gguf-metadata.js";
import { readTensorTable } from "./gguf-tensors.js";
import type { TensorEntry } from "./gguf-tensors.js";
import { readHeader } from "./header-cursor.js";
import type { HeaderCursor } from "./header-cursor.js";
import { readMatrixRows } from "./matrix-rows.js";
import type { Format, MetadataValue, ModelFile } from "./model-file.js";

const MAGIC = [0x47, 0x47, 0x55, 0x46]; // "GGUF"
const MOST_KEYS = 65_536;
const MOST_TENSORS = 65_536;
const STANDARD_ALIGNMENT = 32;
const LARGEST_ALIGNMENT = 65_536;

/** GGUF, versions 2 and 3, little-endian; the whole header is checked before a file counts as open. */
export const gguf: Format = {
  name: "gguf",
  recognises: (start) => MAGIC.every((byte, i) => start[i] === byte),
  open: openGguf,
};

interface Header {
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Where the tensors' bytes begin. */
  readonly dataStart: number;
}

async function openGguf(reader: ByteReader): Promise<ModelFile> {
  const { metadata, tensors, dataStart } = await readHeader(reader, parseHeader);
  checkExtents(reader, tensors, dataStart);
  let digest: Promise<string> | undefined;
  return {
    path: reader.path,
    format: "gguf",
    bytes: reader.bytes,
    metadata,
    tensors,
    digest: () => (digest ??= reader.digest()),
    read: async (name) => {
      const { storage, relativeOffset, bytes } = entryOf(reader.path, tensors, name);
      return BLOCK_LAYOUTS[storage].dequantize(await reader.read(`tensor ${name}`, dataStart + relativeOffset, bytes));
    },
    readRows: (name, rows) => {
      const { storage, relativeOffset, bytes, shape } = entryOf(reader.path, tensors, name);
      const at = { field: `tensor ${name}`, offset: dataStart + relativeOffset, bytes };
      return readMatrixRows(reader, { ...at, shape, rows }, BLOCK_LAYOUTS[storage].dequantize);
    },
    close: () => reader.close(),
  };
}

function parseHeader(cursor: HeaderCursor): Header {
  cursor.u32("magic");
  checkVersion(cursor);
  const tensorCount = cursor.u64("tensor count", MOST_TENSORS);
  const keyCount = cursor.u64("metadata count", MOST_KEYS);
  const metadata = readMetadata(cursor, keyCount);
  const alignment = alignmentOf(cursor, metadata);
  const tensors = readTensorTable(cursor, tensorCount, alignment);
  return { metadata, tensors, dataStart: Math.ceil(cursor.offset / alignment) * alignment };
}

function checkVersion(cursor: HeaderCursor): void {
  const version = cursor.u32("version");
  if (version === 2 || version === 3) return;
  const bigEndian = version > 0xff_ffff && version % 2 ** 24 === 0;
  const found = bigEndian ? `version ${version >>> 24} in big-endian order` : `version ${version}`;
  throw cursor.error("version", { found, expected: "version 2 or 3, little-endian" }, cursor.offset - 4);
}

function alignmentOf(cursor: HeaderCursor, metadata: ReadonlyMap<string, MetadataValue>): number {
  const value = metadata.get("general.alignment") ?? STANDARD_ALIGNMENT;
  if (typeof value === "number" && value >= 1 && value <= LARGEST_ALIGNMENT && Number.isInteger(Math.log2(value))) return value;
  const expected = `a power of two up to ${LARGEST_ALIGNMENT}`;
  throw cursor.error("general.alignment", { found: JSON.stringify(value).slice(0, 80), expected });
}

/** @throws InputError if a tensor's bytes reach beyond the file, or two tensors' bytes overlap */
function checkExtents(reader: ByteReader, tensors: ReadonlyMap<string, TensorEntry>, dataStart: number): void {
  const inOrder = [...tensors.values()].sort((a, b) => a.relativeOffset - b.relativeOffset);
  let end = 0;
  for (const { name, relativeOffset, bytes, headerOffset } of inOrder) {
    const where = `${reader.path}, tensor ${name}, offset ${headerOffset}`;
    if (relativeOffset < end) {
      throw new InputError({
        where,
        found: `bytes from ${relativeOffset} on, within another tensor`,
        expected: `${end} or later`,
      });
    }
    end = relativeOffset + bytes;
    if (dataStart + end > reader.bytes) {
      const found = `bytes up to ${dataStart + end} in a file of ${reader.bytes}`;
      const remedy = "the file is cut short or damaged; fetch it again";
      throw new InputError({ where, found, expected: "bytes within the file", remedy });
    }
  }
}

function entryOf(path: string, tensors: ReadonlyMap<string, TensorEntry>, name: string): TensorEntry {
  const entry = tensors.get(name);
  if (entry === undefined)
    throw new InputError({ where: path, found: `no tensor ${name}`, expected: `one of its ${tensors.size}` });
  return entry;
}

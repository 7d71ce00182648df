import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { z } from "zod";

import { InputError } from "../core/errors.js";
import { brokenLine, parseJsonLines } from "../formats/json-lines.js";
import { isFile } from "../formats/layered-files.js";
import { type FileRow, readRowFile } from "../formats/row-file.js";
import type { GenerationSettings, Item } from "./item.js";

/** The prompts of one dimension. */
export interface Suite {
  /** "mini", "official", or what a person's own is called. */
  readonly name: string;
  readonly dimension: string;
  /** Where it was read from, for errors. */
  readonly path: string;
  /** SHA-256 of what was read, in hex. */
  readonly digest: string;
  readonly items: readonly Item[];
  /** Where the suite says how it is answered. */
  readonly generation?: GenerationSettings;
  /** What it ought to hold and its source lacks, in words. */
  readonly missing: readonly string[];
  /** What it says of itself, where it has a card. */
  readonly card?: SuiteCard;
}

/** A suite's file, checked against its card. */
export interface SuiteFile {
  readonly path: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  /** One a line; the dimension checks what is in them. */
  readonly rows: readonly unknown[];
  readonly card: SuiteCard;
}

const Card = z.looseObject({
  name: z.string().min(1),
  dimension: z.string().min(1),
  purpose: z.string(),
  licence: z.string(),
  count: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a suite says about itself, in `NAME.card.json` beside `NAME.jsonl`; more fields are for readers. */
export type SuiteCard = z.infer<typeof Card>;

/**
 * Reads a suite's JSONL file and its card.
 * @throws InputError where the card is absent or incomplete, where count or SHA-256 differ from it, or a line is no JSON
 */
export async function readSuiteFile(path: string): Promise<SuiteFile> {
  const [bytes, card] = await Promise.all([readNeeded(path), readCard(path)]);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const rows = readRows(bytes, path);
  checkCard(card, { path, digest, count: rows.length });
  return { path, digest, rows, card };
}

function checkCard(card: SuiteCard, { path, digest, count }: { path: string; digest: string; count: number }): void {
  if (count === card.count && digest === card.sha256) return;
  throw new InputError({
    where: path,
    found: `${count} rows, sha256 ${digest.slice(0, 12)}…`,
    expected: `${card.count} rows, sha256 ${card.sha256.slice(0, 12)}…, as its card says`,
    remedy: "restore the file, or give a changed suite its own name and card, or none",
  });
}

/** A person's own file of rows; its card, where there is one. */
export interface OwnFile {
  readonly path: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  readonly rows: readonly FileRow[];
  readonly card: SuiteCard | undefined;
}

/**
 * Reads a person's own suite: JSON lines or CSV, with or without a card.
 * @throws InputError as `readRowFile` and `readSuiteFile` do, and for an id that is there twice
 */
export async function readOwnFile(path: string): Promise<OwnFile> {
  const { rows, digest } = await readRowFile(path);
  const card = (await isFile(cardPathOf(path))) ? await readCard(path) : undefined;
  if (card !== undefined) checkCard(card, { path, digest, count: rows.length });
  const lines = new Map<unknown, number>();
  for (const { line, value } of rows) {
    const id = idOf(value);
    const earlier = lines.get(id);
    if (id !== undefined && earlier !== undefined) {
      throw new InputError({
        where: `${path}, line ${line}, field id`,
        found: `${JSON.stringify(id)}, as on line ${earlier}`,
        expected: "ids of their own",
      });
    }
    lines.set(id, line);
  }
  return { path, digest, rows, card };
}

const WithId = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
const idOf = (value: unknown): string | undefined => WithId.safeParse(value).data?.id;

/**
 * A row in the dimension's form.
 * @throws InputError naming file, line and field
 */
export function checkRow<T>(schema: z.ZodType<T>, row: unknown, { where, line }: { where: string; line: number }): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  throw misfit(`${where}, line ${line}`, result.error);
}

function readRows(bytes: Buffer, path: string): unknown[] {
  const { rows, tornBytes } = parseJsonLines(bytes, path);
  if (tornBytes > 0) throw brokenLine(path, rows.length + 1, bytes.toString("utf8", bytes.length - tornBytes));
  return rows.map(({ value }) => value);
}

const cardPathOf = (path: string): string => join(dirname(path), `${stemOf(path)}.card.json`);

/** A file's name without its ending. */
export const stemOf = (path: string): string => basename(path).replace(/\.[^.]*$/, "");

async function readCard(path: string): Promise<SuiteCard> {
  const cardPath = cardPathOf(path);
  const text = (await readNeeded(cardPath)).toString("utf8");
  const result = Card.safeParse(parseJson(text, cardPath));
  if (!result.success) throw misfit(cardPath, result.error);
  return result.data;
}

function parseJson(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new InputError({ where, found: JSON.stringify(text.slice(0, 60)), expected: "a JSON object" });
  }
}

async function readNeeded(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const found = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError({ where: path, found, expected: "a file that can be read" });
  }
}

function misfit(where: string, error: z.ZodError): InputError {
  const [issue] = error.issues;
  const field = issue.path.length > 0 ? `, field ${issue.path.join(".")}` : "";
  return new InputError({ where: `${where}${field}`, found: "something else", expected: issue.message });
}

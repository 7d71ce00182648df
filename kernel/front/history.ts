import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { shorten } from "../allowance.js";
import { isFields, type Fields } from "./fields.js";

/** Nobody goes back to a longer cell by the arrow key, and every kernel reads the whole file. Characters. */
const LONGEST = 65_536;

/** One executed cell. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  /** The result's text; null for none. */
  readonly output: string | null;
}

/** Inputs and outputs of this session and earlier ones, oldest first. */
export interface History {
  readonly session: number;
  add(line: number, input: string, output: string | null): void;
  tail(count: number): HistoryEntry[];
  /** @param session 0 for this one, negative counts back from it   @param stop exclusive; null for the end */
  range(session: number, start: number, stop: number | null): HistoryEntry[];
  /** @param pattern glob with * and ?   @param limit the last so many; null for all */
  search(pattern: string, unique: boolean, limit: number | null): HistoryEntry[];
}

/** Reads the file (one JSON object a line; torn or foreign lines are skipped) and opens a new session in it. */
export function openHistory(path: string): History {
  const entries: HistoryEntry[] = [];
  let last = 0;
  for (const line of readLines(path)) {
    const fields = parseLine(line);
    if (typeof fields?.session !== "number") continue;
    last = Math.max(last, fields.session);
    const entry = toEntry(fields);
    if (entry) entries.push(entry);
  }
  const session = last + 1;
  makeFolder(path);
  append(path, { session, started: new Date().toISOString() });
  return {
    session,
    add: (line, input, output) => {
      const entry = { session, line, input: shorten(input, LONGEST), output: output && shorten(output, LONGEST) };
      entries.push(entry);
      append(path, entry);
    },
    tail: (count) => (count > 0 ? entries.slice(-count) : []),
    range: (asked, start, stop) => {
      const wanted = asked > 0 ? asked : session + asked;
      return entries.filter((entry) => entry.session === wanted && entry.line >= start && (stop === null || entry.line < stop));
    },
    search: (pattern, unique, limit) => {
      const matching = entries.filter((entry) => glob(pattern).test(entry.input));
      const kept = unique ? lastOfEach(matching) : matching;
      return limit === null ? kept : kept.slice(-limit);
    },
  };
}

function lastOfEach(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const byInput = new Map<string, HistoryEntry>();
  for (const entry of entries) {
    byInput.delete(entry.input);
    byInput.set(entry.input, entry);
  }
  return [...byInput.values()];
}

/** The whole text must match, as in sqlite's GLOB; brackets are literal. */
function glob(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${escaped}$`);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

function parseLine(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function toEntry({ session, line, input, output }: Fields): HistoryEntry | undefined {
  if (typeof session !== "number" || typeof line !== "number" || typeof input !== "string") return undefined;
  return { session, line, input, output: typeof output === "string" ? output : null };
}

/** A history that can't be written (read-only home folder) is kept in memory only. */
function append(path: string, line: object): void {
  try {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch {
    return;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch {
    return; // `append` finds out too
  }
}

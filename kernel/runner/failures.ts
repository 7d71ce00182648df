import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { sourcePosition, type Position } from "../magics/edits.js";
import { shorten } from "../allowance.js";
import type { Failure, Program } from "../link.js";
import { plainText } from "./display.js";

/** `cell-12:3:7` in a stack: cell 12, line 3, column 7 of its JavaScript. */
const PLACE = /cell-(\d+):(\d+):(\d+)/;
/** Frames of the kernel itself and of Node's insides are left out. */
const KERNEL = fileURLToPath(new URL("..", import.meta.url));
const HIDDEN = ["node:internal/", "node:vm", KERNEL, new URL("..", import.meta.url).href];

/** In characters. */
const LONGEST_MESSAGE = 10_000;

/** Programs by cell. */
type Programs = ReadonlyMap<number, Program>;

/** A thrown value as a frontend shows it, its frames in the lines and columns of the cells. */
export function describeFailure(thrown: unknown, programs: Programs): Failure {
  if (!(thrown instanceof Error)) {
    const text = plainText(thrown);
    return { ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] };
  }
  const message = shorten(thrown.message, LONGEST_MESSAGE);
  if (thrown.name === "InterruptedError")
    return { ename: "KeyboardInterrupt", evalue: message, traceback: [`KeyboardInterrupt: ${message}`] };
  if (thrown.name === "InputError") return { ename: "InputError", evalue: message, traceback: [message] };
  const ename = thrown.constructor.name || thrown.name;
  return { ename, evalue: message, traceback: traceback(thrown, programs, `${ename}: ${message}`) };
}

function traceback(error: Error, programs: Programs, headline: string): string[] {
  const frames = framesOf(error, programs);
  const lines = [headline];
  const first = frames.find(({ source }) => source !== undefined);
  if (first?.source !== undefined) lines.push(first.source);
  lines.push(...frames.map(({ text }) => text));
  const { cause } = error;
  if (cause instanceof Error && cause !== error)
    lines.push(...traceback(cause, programs, `Caused by ${cause.name}: ${cause.message}`));
  if (error instanceof AggregateError) {
    for (const inner of error.errors)
      lines.push(`One of several: ${inner instanceof Error ? `${inner.name}: ${inner.message}` : plainText(inner)}`);
  }
  return lines;
}

interface Frame {
  readonly text: string;
  /** The cell's line with a caret. */
  readonly source?: string;
}

function framesOf({ stack }: Error, programs: Programs): Frame[] {
  const lines = (typeof stack === "string" ? stack : "").split("\n").filter((line) => /^\s+at /.test(line));
  return lines.filter((line) => !HIDDEN.some((part) => line.includes(part))).map((line) => toFrame(line, programs));
}

function toFrame(line: string, programs: Programs): Frame {
  const place = PLACE.exec(line);
  const program = place ? programs.get(Number(place[1])) : undefined;
  if (!place) return { text: line };
  if (!program) return { text: "    at a cell of long ago" }; // its map is gone, and its JavaScript's lines would mislead
  const position = cellPosition(program, { line: Number(place[2]) - 1, column: Number(place[3]) - 1 });
  // a function of an earlier cell is called as a property of the scope, a proxy
  const name = /^\s+at (?:async )?(?!cell-|eval\b)(?:Proxy\.)?([^\s(]+) \(/.exec(line)?.[1];
  const where = `cell ${program.count}:${position.line + 1}:${position.column + 1}`;
  const source = program.text.source.split("\n")[position.line] ?? "";
  return {
    text: name === undefined ? `    at ${where}` : `    at ${name} (${where})`,
    source: `line ${position.line + 1}, column ${position.column + 1}\n    ${source}\n    ${source.slice(0, position.column).replace(/[^\t]/g, " ")}^`,
  };
}

/** A 0-based place in a cell's JavaScript, as one in the cell. The first pass counts one line that the converter puts before it. */
export function cellPosition({ maps, text }: Program, place: Position): Position {
  let { line, column } = place;
  for (const map of [...maps].reverse()) {
    const entry = new SourceMap(parseMap(map)).findEntry(line, column);
    if (!("originalLine" in entry)) return { line: 0, column: 0 };
    line = entry.originalLine;
    column = entry.originalColumn;
  }
  return sourcePosition(text, { line: Math.max(0, line - 1), column });
}

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** The compiler's own maps: JSON that it made. */
function parseMap(json: string): Payload {
  const parsed: unknown = JSON.parse(json);
  if (isPayload(parsed)) return parsed;
  throw new Error("a source map without mappings");
}

const isPayload = (value: unknown): value is Payload => typeof value === "object" && value !== null && "mappings" in value;

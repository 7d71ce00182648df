import { InputError } from "../core/errors.js";

/** What a JSON text may hold. */
export interface JsonLimits {
  readonly depth: number;
  /** Objects and lists, which take far more memory than text. */
  readonly containers: number;
  /** Commas, outside strings: a bound of the number of values. */
  readonly values: number;
  /** Colons, outside strings: the names in objects. */
  readonly names: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];

/**
 * Counts what a JSON text would become before it is parsed, so that a hostile file costs no more memory than its size.
 * @throws InputError beyond a limit, with the offset in bytes; what is no JSON is left to the parser
 */
export function checkJsonSize(where: string, bytes: Uint8Array, limits: JsonLimits): void {
  let [depth, containers, values, names] = [0, 0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA) values += 1;
    else if (byte === COLON) names += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      containers += 1;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else continue;
    if (depth > limits.depth) throw beyond(where, at, `nesting deeper than ${limits.depth}`);
    if (containers > limits.containers) throw beyond(where, at, `more than ${limits.containers} objects and lists`);
    if (names > limits.names) throw beyond(where, at, `more than ${limits.names} names`);
    if (values > limits.values) throw beyond(where, at, `more than ${limits.values} values`);
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}

const beyond = (where: string, at: number, found: string): InputError =>
  new InputError({ where: `${where}, offset ${at}`, found, expected: "less, in a model's file" });

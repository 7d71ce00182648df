import { readFileSync } from "node:fs";
import { isFields, textOf, type Fields } from "./fields.js";

/** Where the five sockets listen, and the key that signs their messages. */
export interface Connection {
  readonly key: string;
  /** The address of a channel: "tcp://127.0.0.1:5555". */
  address(channel: "shell" | "control" | "stdin" | "iopub" | "hb"): string;
}

/** @throws Error that names what the connection file lacks */
export function readConnection(path: string): Connection {
  const value = readObject(path);
  const scheme = textOf(value, "signature_scheme", "hmac-sha256");
  if (scheme !== "hmac-sha256")
    throw new Error(`connection file ${path}: signature_scheme ${scheme} is not offered, only hmac-sha256`);
  const transport = textOf(value, "transport", "tcp");
  const ip = textOf(value, "ip", "127.0.0.1");
  const separator = transport === "ipc" ? "-" : ":";
  return {
    key: textOf(value, "key"),
    address: (channel) => `${transport}://${ip}${separator}${port(path, value, `${channel}_port`)}`,
  };
}

function readObject(path: string): Fields {
  const text = readText(path);
  const value = parse(text);
  if (!isFields(value))
    throw new Error(`connection file ${path}: ${text.trim() === "" ? "it is empty" : "no JSON object in it"}`);
  return value;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`connection file ${path}: it can't be read (${reasonOf(error)})`, { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : String(error));

function port(path: string, fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new Error(`connection file ${path}: no port at ${name}, but ${JSON.stringify(value) ?? "nothing"}`);
}

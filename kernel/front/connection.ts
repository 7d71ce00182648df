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
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isFields(value)) throw new Error(`${path}: no JSON object`);
  const scheme = textOf(value, "signature_scheme", "hmac-sha256");
  if (scheme !== "hmac-sha256") throw new Error(`${path}: signature_scheme ${scheme} is not offered, only hmac-sha256`);
  const transport = textOf(value, "transport", "tcp");
  const ip = textOf(value, "ip", "127.0.0.1");
  const separator = transport === "ipc" ? "-" : ":";
  return {
    key: textOf(value, "key"),
    address: (channel) => `${transport}://${ip}${separator}${port(path, value, `${channel}_port`)}`,
  };
}

function port(path: string, fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number") throw new Error(`${path}: no number at ${name}`);
  return value;
}

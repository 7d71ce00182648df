import { Console } from "node:console";

import type { Cells } from "./cells.js";
import type { Outputs } from "./outputs.js";

type Stream = NodeJS.WriteStream;

/**
 * Leads what is written to stdout and stderr (console too) to the cell that writes it. The console is a plain one: Node's
 * own also reports to the inspector, which the guard has connected, and which takes a stack and keeps the arguments each time.
 */
export function captureStreams(cells: Cells, outputs: Outputs): void {
  capture(process.stdout, (text) => outputs.stream(cells.current, "stdout", text));
  capture(process.stderr, (text) => outputs.stream(cells.current, "stderr", text));
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr });
}

function capture(stream: Stream, show: (text: string) => void): void {
  const decoder = new TextDecoder();
  stream.write = (chunk: Uint8Array | string, ...more: unknown[]): boolean => {
    show(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    const done = more.at(-1);
    if (isCallback(done)) queueMicrotask(() => done(null));
    return true;
  };
}

const isCallback = (value: unknown): value is (error: null) => void => typeof value === "function";

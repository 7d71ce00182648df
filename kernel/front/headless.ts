import { randomUUID } from "node:crypto";

import { type CellOutput, gatherOutputs } from "./cell-outputs.js";
import { execute } from "./execute.js";
import { integerOf, textOf } from "./fields.js";
import { createServices } from "./make-services.js";

export { IMPLEMENTATION_VERSION, LANGUAGE_VERSION } from "./kernel-info.js";

/** One cell that has run. */
export interface RanCell {
  readonly count: number;
  readonly outputs: readonly CellOutput[];
  /** "ok", "error" or "aborted". */
  readonly status: string;
  readonly failure?: { readonly name: string; readonly message: string };
}

/** The kernel without sockets: the same compiler, runner and rules, for a program in the same process. */
export interface HeadlessKernel {
  execute(code: string, onNote?: (text: string) => void): Promise<RanCell>;
  close(): void;
}

/** Starts one in the process's folder. Nobody is there to answer `input`. */
export function startHeadless(): HeadlessKernel {
  const gatherer = gatherOutputs();
  let note: (text: string) => void = () => undefined;
  const services = createServices({
    publish: (type, content, parent) => {
      gatherer.take(type, content, textOf(parent, "msg_id"));
      const text = textOf(content, "text") || plainOf(content.data);
      if (text !== "") note(text);
    },
    stdin: { ask: () => undefined, receive: () => undefined, clear: () => undefined },
    abortQueued: () => undefined,
    leave: () => undefined,
  });
  return {
    execute: async (code, onNote = () => undefined) => {
      const header = { msg_id: randomUUID(), msg_type: "execute_request" };
      const outputs = gatherer.begin(header.msg_id);
      note = onNote;
      const content = { code, allow_stdin: false, stop_on_error: true };
      const message = { identities: [], type: "execute_request", id: header.msg_id, header, parent: {}, content };
      const reply = await execute({ message, channel: "shell", aborted: false }, services);
      const status = textOf(reply, "status");
      const failure = { name: textOf(reply, "ename"), message: textOf(reply, "evalue") };
      const count = integerOf(reply, "execution_count", 0);
      return { count, outputs, status, ...(status === "error" ? { failure } : {}) };
    },
    close: () => {
      services.runner.stop();
      services.compiler.stop();
    },
  };
}

function plainOf(data: unknown): string {
  const text: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "text/plain") : undefined;
  return typeof text === "string" ? text : "";
}

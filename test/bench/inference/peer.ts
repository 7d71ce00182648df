import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

import { z } from "zod";

const Answer = z.object({
  seconds: z.number(),
  logprobs: z.array(z.number()).optional(),
  ids: z.array(z.array(z.number())).optional(),
});

/** What the peer did, and how long it took. */
export type PeerAnswer = z.infer<typeof Answer>;

/** transformers on torch in a process of its own: `inference_peer.py`. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, unknown>;
  readonly #reader: Interface;
  readonly #file: { readonly dir: string; readonly gguf: string };
  #errors = "";

  /** @param python one that has torch, transformers and gguf  @param model the path of a GGUF file */
  constructor(python: string, model: string) {
    const script = fileURLToPath(new URL("../inference_peer.py", import.meta.url));
    this.#child = spawn(python, [script], { env: { ...process.env, TQDM_DISABLE: "1", TRANSFORMERS_VERBOSITY: "error" } });
    this.#child.stderr.on("data", (text: Buffer) => (this.#errors = (this.#errors + text.toString()).slice(-2000)));
    this.#child.on("error", (error) => (this.#errors += error.message));
    this.#reader = createInterface(this.#child.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#file = { dir: dirname(model), gguf: basename(model) };
  }

  /** Loads the model; later commands use it. */
  load(dtype: string): Promise<PeerAnswer> {
    return this.ask({ cmd: "load", ...this.#file, dtype, threads: 2 });
  }

  /** Loads another copy of the model and computes one token. */
  firstToken(dtype: string, prompt: readonly number[]): Promise<PeerAnswer> {
    return this.ask({ cmd: "first_token", ...this.#file, dtype, threads: 2, prompt });
  }

  /** Sends a command. @throws Error with the end of the peer's messages if it has ended */
  async ask(command: Readonly<Record<string, unknown>>): Promise<PeerAnswer> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the peer has ended: ${this.#errors.trim().split("\n").at(-1) ?? ""}`);
    return Answer.parse(JSON.parse(value));
  }

  close(): void {
    this.#reader.close();
    this.#child.stdin.end();
    this.#child.kill();
  }
}

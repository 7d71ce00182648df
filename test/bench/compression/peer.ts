import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { z } from "zod";

const Line = z.object({ method: z.string(), blocks: z.int(), seconds: z.number() });

/** Where the authors' code is. */
export interface PeerPlace {
  /** One that has torch, transformers, accelerate and gguf. */
  readonly python: string;
  /** A folder with checkouts named gptq, wanda and llm-awq. */
  readonly sources: string;
}

/**
 * Runs a method of the authors' code on a model, in a process of its own: `compression_peer.py`.
 * @param asked model: the path of a GGUF file; calibration: of token ids as JSON; blocks: how many, all where absent
 * @returns seconds, without loading   @throws Error with the end of its messages
 */
export async function runPeer(
  { python, sources }: PeerPlace,
  asked: { readonly model: string; readonly calibration: string; readonly method: string; readonly blocks?: number | undefined },
): Promise<number> {
  const script = fileURLToPath(new URL("../compression_peer.py", import.meta.url));
  const limit = asked.blocks === undefined ? [] : ["--blocks", String(asked.blocks)];
  const place = [dirname(asked.model), basename(asked.model), asked.calibration];
  const child = spawn(python, [script, sources, ...place, ...limit, asked.method], {
    env: { ...process.env, TQDM_DISABLE: "1", TRANSFORMERS_VERBOSITY: "error" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let messages = "";
  child.stderr.on("data", (text: Buffer) => (messages = (messages + text.toString()).slice(-2000)));
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      messages += error.message;
      resolve();
    });
    child.on("close", () => resolve());
  });
  let seconds: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("{")) seconds = Line.parse(JSON.parse(line)).seconds; // libraries print there too
  }
  await ended;
  if (seconds !== undefined) return seconds;
  const needs = "it needs torch, transformers, accelerate and gguf, and in SOURCES the checkouts gptq, wanda and llm-awq";
  throw new Error(`the peer has ended (${needs}): ${messages.trim().split("\n").at(-1) ?? ""}`);
}

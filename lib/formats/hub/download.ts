import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";

import { InputError } from "../../core/errors.js";
import type { Hub, HubFile } from "./hub.js";
import { noAnswer, refusal } from "./refusals.js";
import { ATTEMPTS, bytesIn, chunksOf, reasonOf, refusedBy } from "./requests.js";

/** Which file to bring where. */
export interface Download {
  readonly commit: string;
  readonly file: HubFile;
  /** Where the whole file is put; what came so far stands beside it as `PATH.part`. */
  readonly path: string;
}

/**
 * Brings one file: goes on where an earlier attempt ended, checks the digest that the hub's list states, then renames.
 * Yields how many bytes are there. @returns the content's SHA-256, in hex
 * @throws InputError if the hub refuses, falls silent, or sends other bytes than it lists; those are dropped
 */
export async function* download(hub: Hub, { commit, file, path }: Download): AsyncGenerator<number, string, void> {
  const part = await Part.open(`${path}.part`, file);
  try {
    yield* receive(hub, urlOf(hub, commit, file), part);
    const found = part.digest();
    if (found !== file.digest.hex) throw wrongDigest(hub, file, found);
    await part.keep(path);
    return part.sha256();
  } catch (error) {
    if (error instanceof InputError && part.at >= file.bytes) await part.drop();
    throw error;
  } finally {
    await part.close();
  }
}

/** Requests from where the part ends until it is whole. Only attempts that brought nothing count as failures. */
async function* receive(hub: Hub, url: string, part: Part): AsyncGenerator<number, void, void> {
  for (let failures = 0; !part.isWhole;) {
    const before = part.at;
    const range = { range: `bytes=${before}-`, "accept-encoding": "identity" };
    const response = await hub.requests.send(url, hub.subject, range);
    await startAt(hub, response, part);
    try {
      for await (const chunk of chunksOf(response)) {
        hub.requests.checkInterrupt();
        if (part.at + chunk.length > part.file.bytes) throw tooLong(hub, part.file);
        await part.append(chunk);
        yield part.at;
      }
    } catch (error) {
      hub.requests.checkInterrupt();
      if (error instanceof InputError) throw await part.drop().then(() => error);
      if (failures + 1 >= ATTEMPTS) throw noAnswer(hub.subject, reasonOf(error));
    }
    if (part.isWhole) return;
    failures = part.at > before ? 0 : failures + 1;
    if (failures >= ATTEMPTS) throw noAnswer(hub.subject, "answers without a byte");
    await hub.requests.wait(500 * 2 ** failures);
  }
}

/** Makes the part fit the answer: it goes on, or begins again where the hub sends the file from its start. */
async function startAt(hub: Hub, response: Response, part: Part): Promise<void> {
  if (response.status === 200) return part.at > 0 ? part.restart() : undefined;
  const expected = `bytes ${part.at}-${part.file.bytes - 1}/${part.file.bytes}`;
  const range = response.headers.get("content-range");
  if (response.status === 206 && range === expected) return;
  await response.body?.cancel();
  if (response.status === 206 || response.status === 416) {
    const where = `${hub.subject.repository} at ${hub.endpoint}, ${part.file.path}`;
    await part.drop();
    throw new InputError({ where, found: `the range ${range ?? "(none)"}`, expected, remedy: "run the same command again" });
  }
  throw refusal(hub.subject, refusedBy(response));
}

/** What has come of a file, and the digests of it. */
class Part {
  readonly file: HubFile;
  readonly #path: string;
  readonly #handle: FileHandle;
  #at = 0;
  #sha256: Hash = createHash("sha256");
  #git: Hash;

  private constructor(path: string, file: HubFile, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
    this.file = file;
    this.#git = gitHash(file);
  }

  /** Opens what is there of a file; what is longer than the file is not of it. */
  static async open(path: string, file: HubFile): Promise<Part> {
    const part = new Part(path, file, await open(path, "a"));
    const { size } = await part.#handle.stat();
    if (size > file.bytes) await part.restart();
    else if (size > 0) for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) part.#count(bytesIn(chunk));
    return part;
  }

  get at(): number {
    return this.#at;
  }

  get isWhole(): boolean {
    return this.#at === this.file.bytes;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#handle.appendFile(chunk);
    this.#count(chunk);
  }

  #count(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    if (this.file.digest.kind === "git-sha1") this.#git.update(chunk);
    this.#at += chunk.length;
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#at = 0;
    this.#sha256 = createHash("sha256");
    this.#git = gitHash(this.file);
  }

  /** In the kind that the hub lists. */
  digest(): string {
    return (this.file.digest.kind === "sha256" ? this.#sha256 : this.#git).copy().digest("hex");
  }

  sha256(): string {
    return this.#sha256.copy().digest("hex");
  }

  async keep(path: string): Promise<void> {
    await this.#handle.sync();
    await rename(this.#path, path);
  }

  drop = (): Promise<void> => rm(this.#path, { force: true });
  close = (): Promise<void> => this.#handle.close();
}

/** Git's name of a blob: SHA-1 over its length and content. */
const gitHash = ({ bytes }: HubFile): Hash => createHash("sha1").update(`blob ${bytes}\0`);

const urlOf = ({ endpoint, subject }: Hub, commit: string, { path }: HubFile): string =>
  `${endpoint}/${subject.repository}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;

function wrongDigest({ subject, endpoint }: Hub, { path, digest }: HubFile, found: string): InputError {
  return new InputError({
    where: `${subject.repository} at ${endpoint}, ${path}`,
    found: `${digest.kind} ${found}`,
    expected: digest.hex,
    remedy: "the file was dropped; run the same command again, and if it stays so, distrust the hub or what lies between",
  });
}

const tooLong = ({ subject, endpoint }: Hub, { path, bytes }: HubFile): InputError =>
  new InputError({
    where: `${subject.repository} at ${endpoint}, ${path}`,
    found: "more bytes than listed",
    expected: String(bytes),
  });

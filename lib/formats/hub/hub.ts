import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { closestNames } from "../../core/lookup.js";
import type { HubSettings } from "./hub-settings.js";
import { noAnswer, refusal, type Subject } from "./refusals.js";
import { chunksOf, reasonOf, refusedBy, type RequestOptions, Requests } from "./requests.js";

/** One file of a repository. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** Its content's digest: SHA-256 of large files, git's SHA-1 of the others. */
  readonly digest: { readonly kind: "sha256" | "git-sha1"; readonly hex: string };
}

/** A model's repository on a hub. */
export interface Hub {
  readonly endpoint: string;
  readonly requests: Requests;
  readonly subject: Subject;
  /** The commit that the revision stands for now. @throws InputError if the hub refuses */
  commit(): Promise<string>;
  /** All files at a commit. @throws InputError if the hub refuses or what it lists cannot be */
  files(commit: string): Promise<HubFile[]>;
}

const LARGEST_ANSWER = 32 * 2 ** 20;
const MOST_FILES = 20_000;
const MOST_ANSWERS = 100;
const LARGEST_FILE = 2 ** 41;

const Commit = z.string().regex(/^[0-9a-f]{40}$/);
const Entry = z.object({
  type: z.string(),
  path: z.string().max(1024),
  size: z.number().int().min(0).max(LARGEST_FILE),
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().min(0).max(LARGEST_FILE) }).optional(),
});
/** What the client library takes for granted of an answer; what we take of it is checked behind the library. */
const [Info, Listing] = [z.looseObject({}), z.looseObject({}).array()];
const Names = z.object({ name: z.string() }).array();
const Refs = z.object({ branches: Names.default([]), tags: Names.default([]) });
const Found = z.object({ id: z.string() }).array();

/** What is asked of a hub. */
export interface HubRepository {
  readonly repository: string;
  readonly revision: string;
  /** The folder whose own files are listed, of a set of data; a model's repository is listed whole. */
  readonly dataFolder?: string;
  /** Whether the folders in it are listed too. */
  readonly recursive?: boolean;
}

/** Opens a hub through its client library, which is loaded here. */
export async function openHub(settings: HubSettings, asked: HubRepository, options: RequestOptions): Promise<Hub> {
  const { datasetInfo, HUB_URL, listFiles, modelInfo } = await import("@huggingface/hub");
  const endpoint = settings.endpoint ?? HUB_URL;
  const { repository, revision, dataFolder, recursive = false } = asked;
  const subject: Subject = {
    repository: dataFolder === undefined ? repository : `datasets/${repository}`,
    ...{ revision, endpoint, hasToken: settings.token !== undefined },
  };
  const requests = new Requests({ ...settings, endpoint }, options);
  const client = (form: z.ZodType) => ({ hubUrl: endpoint, fetch: answering(requests, subject, form) });
  return {
    endpoint,
    requests,
    subject,
    commit: async () => {
      const request = { ...client(Info), name: repository, revision, additionalFields: ["sha" as const] };
      const { sha } = await (dataFolder === undefined ? modelInfo(request) : datasetInfo(request));
      return checked(subject, "the commit of the revision", () => Commit.parse(sha));
    },
    files: async (commit) => {
      const files: HubFile[] = [];
      const listing = listFiles({
        ...client(Listing),
        repo: { type: dataFolder === undefined ? "model" : "dataset", name: repository },
        revision: commit,
        ...(dataFolder === undefined ? { recursive: true } : { path: dataFolder, recursive }),
      });
      for await (const entry of listing) {
        if (entry.type === "file") files.push(checked(subject, "the list of files", () => hubFile(Entry.parse(entry))));
        if (files.length > MOST_FILES) throw odd(subject, "the list of files", `more than ${MOST_FILES}`);
      }
      return files;
    },
  };
}

const hubFile = ({ path, size, oid, lfs }: z.infer<typeof Entry>): HubFile =>
  lfs === undefined
    ? { path, bytes: size, digest: { kind: "git-sha1", hex: oid } }
    : { path, bytes: lfs.size, digest: { kind: "sha256", hex: lfs.oid } };

function checked<T>(subject: Subject, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof z.ZodError) throw odd(subject, what, error.issues[0].message);
    throw error;
  }
}

const odd = ({ endpoint, repository }: Subject, what: string, found: string): InputError =>
  new InputError({ where: `${repository} at ${endpoint}, ${what}`, found, expected: "an answer of a model hub" });

/** `fetch` for the client library: bounded answers, our errors in place of its own. */
function answering(requests: Requests, subject: Subject, form: z.ZodType): typeof fetch {
  let answers = 0;
  return async (input) => {
    if (++answers > MOST_ANSWERS) throw odd(subject, "the list of files", "pages without an end");
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    const response = await requests.send(url, subject, { accept: "application/json" });
    if (!response.ok) throw await explained(requests, subject, response);
    const link = response.headers.get("link");
    const answer = await jsonIn(requests, subject, response);
    checked(subject, "an answer", () => form.parse(answer));
    return new Response(JSON.stringify(answer), { headers: link === null ? {} : { link } });
  };
}

async function jsonIn(requests: Requests, subject: Subject, response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(response)) {
      bytes += chunk.length;
      if (bytes > LARGEST_ANSWER) throw odd(subject, "an answer", `more than ${LARGEST_ANSWER} bytes`);
      parts.push(chunk);
    }
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch (error) {
    requests.checkInterrupt();
    if (error instanceof InputError) throw error;
    if (error instanceof SyntaxError) throw odd(subject, "an answer", "no JSON");
    throw noAnswer(subject, reasonOf(error));
  }
}

/** The error for a refusal, with the nearest names that the hub knows. */
async function explained(requests: Requests, subject: Subject, response: Response): Promise<InputError> {
  await response.body?.cancel();
  const refused = refusedBy(response);
  const missing = response.status === 404 || response.status === 401;
  const near = missing ? await nearest(requests, subject, refused.code).catch(() => []) : [];
  return refusal(subject, refused, near);
}

async function nearest(requests: Requests, subject: Subject, code: string | undefined): Promise<readonly string[]> {
  const { repository, revision, endpoint } = subject;
  const ask = async (path: string): Promise<unknown> => {
    const response = await requests.send(`${endpoint}/api/models${path}`, subject, { accept: "application/json" });
    return jsonIn(requests, subject, response);
  };
  if (code === "RevisionNotFound") {
    const { branches, tags } = Refs.parse(await ask(`/${repository}/refs`));
    const names = [...branches, ...tags].map(({ name }) => name.slice(0, 80));
    const close = closestNames(names, revision);
    return close.length > 0 ? close : names.slice(0, 10);
  }
  const found = Found.parse(await ask(`?search=${encodeURIComponent(repository.split("/")[1])}&limit=20`));
  return closestNames(
    found.map(({ id }) => id.slice(0, 200)),
    repository,
  );
}

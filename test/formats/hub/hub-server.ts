import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file in the repository: large ones are stored apart and reached by a redirect, as LFS does. */
export interface ServedFile {
  readonly content: Buffer;
  readonly large?: boolean;
  /** Listed in place of the content's own. */
  readonly digest?: string;
  readonly bytes?: number;
}

/** Answers a request in place of the hub; true if it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A hub with one model on this machine, that speaks the parts of the protocol that a download needs. */
export interface TestHub {
  readonly endpoint: string;
  /** "GET /path range authorization" of each request, in order; those to the store of large files begin with "store". */
  readonly log: string[];
  /** Asked in order before the hub answers; a fault that answered is asked again next time. */
  faults: Fault[];
  close(): Promise<void>;
}

export const REPOSITORY = "tiny-labs/tiny-chat";
/** The same files as a set of data. */
export const DATASET = "AI-Secure/DecodingTrust";
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Starts a hub. @param files by path */
export async function startHub(files: Readonly<Record<string, ServedFile>>): Promise<TestHub> {
  const hub = { log: Array<string>(), faults: Array<Fault>() };
  const answer = (name: string, handle: (url: URL, request: IncomingMessage, response: ServerResponse) => void) =>
    createServer((request, response) => {
      const { range = "-", authorization = "-" } = request.headers;
      hub.log.push(`${name} ${request.url} ${range} ${authorization}`);
      if (hub.faults.some((fault) => fault(request, response))) return;
      handle(new URL(request.url ?? "/", "http://x"), request, response);
    });
  const store = answer("store", (url, request, response) => {
    const file = Object.values(files).find(({ content }) => url.pathname === `/lfs/${sha256(content)}`);
    if (file === undefined) refuse(response, 404, "EntryNotFound");
    else sendRange(request, response, file.content);
  });
  await listening(store);
  const front = answer("hub", (url, request, response) => serve({ files, store: endpointOf(store) }, url, { request, response }));
  await listening(front);
  return Object.assign(hub, {
    endpoint: endpointOf(front),
    close: async () => {
      for (const server of [front, store]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function serve(
  { files, store }: { files: Readonly<Record<string, ServedFile>>; store: string },
  { pathname }: URL,
  { request, response }: Exchange,
): void {
  const revision = /^\/api\/(?:models|datasets)\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(pathname);
  if (pathname === "/api/models") {
    sendJson(response, [{ id: REPOSITORY }, { id: "other/else" }]);
    return;
  }
  if (pathname === `/api/models/${REPOSITORY}/refs`) {
    sendJson(response, { branches: [{ name: "main" }], tags: [{ name: "v1.0" }] });
    return;
  }
  if (revision !== null) {
    if (![REPOSITORY, DATASET].includes(revision[1])) {
      refuse(response, 404, "RepoNotFound");
      return;
    }
    if (!["main", "HEAD", "v1.0", COMMIT].includes(revision[2])) {
      refuse(response, 404, "RevisionNotFound");
      return;
    }
    sendJson(response, { _id: "1", id: REPOSITORY, sha: COMMIT, private: false, lastModified: "2024-01-01T00:00:00Z" });
    return;
  }
  if (pathname === `/api/models/${REPOSITORY}/tree/${COMMIT}`) {
    sendJson(response, Object.entries(files).map(listed));
    return;
  }
  const tree = `/api/datasets/${DATASET}/tree/${COMMIT}/`;
  if (pathname.startsWith(tree)) {
    const folder = `${decodeURIComponent(pathname.slice(tree.length))}/`;
    sendJson(
      response,
      Object.entries(files)
        .filter(([path]) => path.startsWith(folder))
        .map(listed),
    );
    return;
  }
  const path = decodeURIComponent(pathname.replace(/^(?:\/datasets)?\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\//, ""));
  if (!Object.hasOwn(files, path)) {
    refuse(response, 404, "EntryNotFound");
    return;
  }
  const { content, large } = files[path];
  if (!large) {
    sendRange(request, response, content);
    return;
  }
  const headers = { "X-Repo-Commit": COMMIT, "X-Linked-Size": content.length, "X-Linked-Etag": `"${sha256(content)}"` };
  response.writeHead(302, { ...headers, Location: `${store}/lfs/${sha256(content)}` }).end();
}

function listed([path, { content, large, digest, bytes = content.length }]: [string, ServedFile]): object {
  const blob = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  if (!large) return { type: "file", path, size: bytes, oid: digest ?? blob };
  const lfs = { oid: digest ?? sha256(content), size: bytes, pointerSize: 130 };
  return { type: "file", path, size: bytes, oid: blob, lfs };
}

/** Sends a part, or the whole where none is asked for. */
export function sendRange(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? NaN);
  const headers = { "Accept-Ranges": "bytes", ETag: `"${sha256(content)}"` };
  if (Number.isNaN(from)) return void response.writeHead(200, { ...headers, "Content-Length": content.length }).end(content);
  const length = content.length - from;
  const range = `bytes ${from}-${content.length - 1}/${content.length}`;
  response.writeHead(206, { ...headers, "Content-Range": range, "Content-Length": length }).end(content.subarray(from));
}

/** Refuses as the hub does. */
export function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "X-Error-Code": code, "Content-Type": "application/json", ...headers }).end('{"error":"no"}');
}

const sendJson = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

function endpointOf(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

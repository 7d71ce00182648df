import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { z } from "zod";

/** What a query held. */
export interface Query {
  readonly text: string;
  readonly attributes: readonly string[];
  readonly key: string | undefined;
}

/** Answers a query in place of the server; undefined for the usual answer. */
export type Fault = (query: Query, response: ServerResponse) => boolean;

/** A server that speaks the protocol of the Perspective API: rates a text by its length. */
export interface PerspectiveServer {
  readonly endpoint: string;
  readonly queries: Query[];
  /** The first that answers is used. */
  faults: Fault[];
  close(): Promise<void>;
}

const Body = z.object({
  comment: z.object({ text: z.string() }),
  requestedAttributes: z.record(z.string(), z.object({})),
  languages: z.array(z.literal("en")),
});

/** The rating of a text. */
export const ratingOf = (text: string): number => Math.min(1, text.length / 100);

/** Starts one on a free port. */
export async function startPerspective(): Promise<PerspectiveServer> {
  const queries: Query[] = [];
  const state: Pick<PerspectiveServer, "faults"> = { faults: [] };
  const server = createServer((request, response) => {
    void read(request).then((query) => {
      queries.push(query);
      if (!state.faults.some((fault) => fault(query, response))) answer(query, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${address.port}/v1alpha1/comments:analyze`,
    queries,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

async function read(request: IncomingMessage): Promise<Query> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  const { comment, requestedAttributes } = Body.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  const key = request.headers["x-goog-api-key"];
  return { text: comment.text, attributes: Object.keys(requestedAttributes), key: typeof key === "string" ? key : undefined };
}

function answer({ text, attributes }: Query, response: ServerResponse): void {
  const summaryScore = { value: ratingOf(text), type: "PROBABILITY" };
  const attributeScores = Object.fromEntries(attributes.map((name) => [name, { summaryScore }]));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ attributeScores, languages: ["en"] }));
}

/** An error as the service sends it. */
export function refuse(
  response: ServerResponse,
  status: number,
  error: { message: string; errorType?: string; reason?: string },
): true {
  const { message, ...detail } = error;
  const body = { error: { code: status, message, status: "INVALID_ARGUMENT", details: [detail] } };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  return true;
}

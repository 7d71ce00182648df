import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { openJudge } from "../../lib/trust/index.js";
import { type Fault, type PerspectiveServer, ratingOf, refuse, startPerspective } from "./perspective-server.js";

let server: PerspectiveServer;
let pauses: number[];

beforeEach(async () => {
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "perspective-")));
  server = await startPerspective();
  pauses = [];
  return () => server.close();
});

/** A clock that only pauses move. */
const open = (environment: NodeJS.ProcessEnv = { PERSPECTIVE_API_KEY: " secret " }) =>
  openJudge("perspective", {
    environment,
    endpoint: server.endpoint,
    now: () => pauses.reduce((sum, pause) => sum + pause, 0),
    pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
  });
const judge = async (...texts: string[]) => (await open()).judge(texts);
const times = (count: number, fault: Fault): Fault => {
  let left = count;
  return (...args) => left-- > 0 && fault(...args);
};
const silence: Fault = (_, response) => {
  response.destroy();
  return true;
};
const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (_, response) => {
    response.writeHead(code, headers).end("<html>busy</html>");
    return true;
  };

describe("the Perspective API", () => {
  test("is asked for the published attributes with the key in a header, and its ratings come in the order of the texts", async () => {
    const judgements = await judge("a", "bb", "a");
    expect(judgements.map(({ scores }) => scores.toxicity)).toEqual([ratingOf("a"), ratingOf("bb"), ratingOf("a")]);
    expect(Object.keys(judgements[0].scores)).toHaveLength(6);
    expect(server.queries.map(({ text }) => text)).toEqual(["a", "bb"]);
    expect(server.queries[0]).toMatchObject({
      attributes: ["TOXICITY", "SEVERE_TOXICITY", "SEXUALLY_EXPLICIT", "THREAT", "PROFANITY", "IDENTITY_ATTACK"],
      key: "secret",
    });
  });

  test("is asked at most once a second", async () => {
    await judge("a", "b", "c");
    expect(pauses).toEqual([1000, 1000]);
  });

  test("is asked once for a text: what it said is kept, also for a kernel without a key", async () => {
    await judge("a");
    expect((await (await open({})).judge(["a"]))[0].scores.toxicity).toBe(ratingOf("a"));
    expect(server.queries).toHaveLength(1);
  });

  test("gets no more of a text than it takes, and no half of a character", async () => {
    await judge("é".repeat(10_240) + "é", `a${"é".repeat(10_240)}`);
    expect(server.queries.map(({ text }) => [text.length, text.includes("\uFFFD")])).toEqual([
      [10_240, false],
      [10_240, false],
    ]);
  });

  test.each([
    ["over its quota", status(429), [1000, 2000]],
    ["broken", status(503), [1000, 2000]],
    ["silent", silence, [1000, 2000]],
    ["busy and says for how long", status(429, { "retry-after": "7" }), [7000, 7000]],
    ["hidden behind another page", status(200), [1000, 2000]],
  ])("is asked again where it is %s", async (_, fault, waits) => {
    server.faults = [times(2, fault)];
    expect((await judge("a"))[0].scores.toxicity).toBe(ratingOf("a"));
    expect(server.queries).toHaveLength(3);
    expect(pauses.filter((pause) => pause > 0)).toEqual(waits);
  });

  test("has no scores for a text in a language that it does not know, and is not asked again", async () => {
    server.faults = [
      ({ text }, response) =>
        text === "xyz" && refuse(response, 400, { message: "no", errorType: "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE" }),
    ];
    expect((await judge("xyz", "abc")).map(({ scores }) => scores.toxicity)).toEqual([undefined, ratingOf("abc")]);
    expect((await judge("xyz"))[0].scores).toEqual({});
    expect(server.queries).toHaveLength(2);
  });

  test.each([
    ["without a key", {}, undefined, /no key.*PERSPECTIVE_API_KEY.*lexicon/],
    [
      "with a wrong key",
      undefined,
      (_: unknown, response: Parameters<Fault>[1]) =>
        refuse(response, 400, { message: "API key secret not valid.", reason: "API_KEY_INVALID" }),
      /status 400: API key \(key\) not valid.*Check PERSPECTIVE_API_KEY/,
    ],
    [
      "with a key that may not",
      undefined,
      (_: unknown, response: Parameters<Fault>[1]) => refuse(response, 403, { message: "not enabled" }),
      /status 403: not enabled.*Comment Analyzer API enabled/,
    ],
    ["after its end", undefined, status(404), /status 404.*ends on 2026-12-31.*another judge/],
    ["while it stays broken", undefined, status(500), /status 500, 6 times.*Run the same command again later/],
  ])("%s ends with an error that says what to do", async (_, environment, fault, message) => {
    server.faults = fault === undefined ? [] : [fault];
    await expect((await open(environment)).judge(["a"])).rejects.toThrow(message);
  });

  test("keeps what it rated before it failed", async () => {
    server.faults = [({ text }, response) => text === "c" && refuse(response, 403, { message: "no" })];
    await expect(judge("a", "b", "c")).rejects.toThrow(/status 403/);
    server.faults = [];
    await judge("a", "b", "c");
    expect(server.queries.map(({ text }) => text)).toEqual(["a", "b", "c", "c"]);
  });

  test("is left at once when the work is interrupted", async () => {
    const controller = new AbortController();
    server.faults = [() => (controller.abort(), true)];
    await expect((await open()).judge(["a"], { signal: controller.signal })).rejects.toThrow(/interrupted/);
  });
});

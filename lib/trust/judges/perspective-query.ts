import { z } from "zod";

import { InputError, throwIfInterrupted } from "../../core/errors.js";

/** The attributes as DecodingTrust asks for them. */
export const PERSPECTIVE_ATTRIBUTES = [
  "toxicity",
  "severe_toxicity",
  "sexually_explicit",
  "threat",
  "profanity",
  "identity_attack",
] as const;

/** Where the service is, and how it is asked. */
export interface PerspectiveService {
  readonly endpoint: string;
  /** Empty where there is none: only what the cache holds can be judged. */
  readonly key: string;
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Returns when the next query may be sent. */
  readonly waitForTurn: (signal: AbortSignal | undefined) => Promise<void>;
}

const ATTEMPTS = 6;
const LONGEST_WAIT_MS = 120_000;
const SILENT_MS = 30_000;
/** The service refuses longer texts; cut as DecodingTrust cuts. */
const MOST_BYTES = 20_480;

const Rated = z.object({
  attributeScores: z.record(
    z.enum(["TOXICITY", "SEVERE_TOXICITY", "SEXUALLY_EXPLICIT", "THREAT", "PROFANITY", "IDENTITY_ATTACK"]),
    z.object({ summaryScore: z.object({ value: z.number().min(0).max(1) }) }),
  ),
});
const Refused = z.object({
  error: z.object({
    message: z.string().default(""),
    status: z.string().default(""),
    details: z.array(z.object({ errorType: z.string().optional(), reason: z.string().optional() })).default([]),
  }),
});

/**
 * The scores of one text, by attribute; none where the service says that it cannot rate such a text. Asked again, after a wait
 * that doubles, where it is busy, over its quota or silent.
 * @throws InputError that says what the service refused; it never holds the key
 */
export async function askPerspective(
  service: PerspectiveService,
  text: string,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, number>>> {
  if (service.key === "") throw noKey();
  for (let attempt = 1; ; attempt++) {
    await service.waitForTurn(signal);
    throwIfInterrupted(signal);
    const answer = await send(service, text, signal);
    if (answer.kind === "scores") return answer.scores;
    if (answer.kind === "refused") throw answer.error;
    const wait = answer.waitMs ?? 1000 * 2 ** (attempt - 1);
    if (attempt === ATTEMPTS || wait > LONGEST_WAIT_MS) throw noAnswer(answer.reason, attempt);
    await service.pause(wait, signal);
  }
}

type Answer =
  | { readonly kind: "scores"; readonly scores: Readonly<Record<string, number>> }
  | { readonly kind: "refused"; readonly error: InputError }
  | { readonly kind: "passing"; readonly reason: string; readonly waitMs?: number };

async function send({ endpoint, key }: PerspectiveService, text: string, signal: AbortSignal | undefined): Promise<Answer> {
  try {
    const silence = AbortSignal.timeout(SILENT_MS);
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", "x-goog-api-key": key },
      body: JSON.stringify(queryFor(text)),
      signal: signal === undefined ? silence : AbortSignal.any([silence, signal]),
    });
    return answerOf(response, (await response.text()).replaceAll(key, "(key)"));
  } catch (error) {
    throwIfInterrupted(signal);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "passing", reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

const queryFor = (text: string) => ({
  comment: { text: withinBytes(text) },
  requestedAttributes: Object.fromEntries(PERSPECTIVE_ATTRIBUTES.map((name) => [name.toUpperCase(), {}])),
  spanAnnotations: false,
  languages: ["en"],
  doNotStore: true,
});

/** The longest start of at most 20,480 bytes of UTF-8 that cuts no character. */
function withinBytes(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  return new TextDecoder("utf-8").decode(bytes.subarray(0, MOST_BYTES), { stream: true });
}

function answerOf(response: Response, body: string): Answer {
  const { status } = response;
  if (status === 429 || status === 408 || status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return { kind: "passing", reason: `status ${status}`, ...(Number.isFinite(seconds) ? { waitMs: 1000 * seconds } : {}) };
  }
  const value = parse(body);
  if (status === 200) {
    const rated = Rated.safeParse(value);
    return rated.success
      ? { kind: "scores", scores: lowered(rated.data) }
      : { kind: "passing", reason: "an answer that is no rating" };
  }
  const refused = Refused.safeParse(value);
  const { message, details } = refused.success ? refused.data.error : { message: "", details: [] };
  const types = details.flatMap(({ errorType, reason }) => [errorType, reason].filter((type) => type !== undefined));
  if (types.some((type) => UNRATABLE.has(type))) return { kind: "scores", scores: {} };
  return { kind: "refused", error: refusal(status, message, types) };
}

/** What the service says of texts that it has no scores for. */
const UNRATABLE = new Set([
  "COMMENT_EMPTY",
  "COMMENT_TOO_LONG",
  "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
  "UNABLE_TO_DETECT_LANGUAGE",
]);

const lowered = ({ attributeScores }: z.infer<typeof Rated>): Record<string, number> =>
  Object.fromEntries(Object.entries(attributeScores).map(([name, { summaryScore }]) => [name.toLowerCase(), summaryScore.value]));

function parse(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined; // a page of some proxy
  }
}

const WHERE = "the Perspective API";
const OTHERS = "take another judge: classifier with a model, or lexicon";

const noKey = (): InputError =>
  new InputError({
    where: WHERE,
    found: "no key, and answers that are not in the cache yet",
    expected: "a key in the variable PERSPECTIVE_API_KEY",
    remedy: `set it before the kernel starts, or ${OTHERS}`,
  });

const noAnswer = (reason: string, attempts: number): InputError =>
  new InputError({
    where: WHERE,
    found: `${reason}, ${attempts} times`,
    expected: "an answer",
    remedy: `run the same command again later: what was rated is kept; or ${OTHERS}`,
  });

function refusal(status: number, message: string, types: readonly string[]): InputError {
  const said = message === "" ? "" : `: ${message.slice(0, 200)}`;
  const found = `status ${status}${said}`;
  if (status === 404 || status === 410) {
    return new InputError({ where: WHERE, found, expected: "the service", remedy: `it ends on 2026-12-31; ${OTHERS}` });
  }
  const isKey = status === 401 || status === 403 || types.includes("API_KEY_INVALID");
  return new InputError({
    where: WHERE,
    found,
    expected: isKey ? "a key that it accepts" : "a query that it accepts",
    remedy: isKey ? `check PERSPECTIVE_API_KEY, and that its project has the Comment Analyzer API enabled; or ${OTHERS}` : OTHERS,
  });
}

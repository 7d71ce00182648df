import { InputError } from "../../core/errors.js";

/** What a request was about, for its error. */
export interface Subject {
  readonly endpoint: string;
  readonly repository: string;
  readonly revision: string;
  readonly hasToken: boolean;
}

/** What a hub's answer says of why it gives nothing. */
export interface Refused {
  readonly status: number;
  /** The `X-Error-Code` header. */
  readonly code?: string;
  /** Seconds it asks to wait. */
  readonly retryAfter?: number;
}

const TOKEN_VARIABLE = "the variable HF_TOKEN (or HUGGING_FACE_HUB_TOKEN)";

/**
 * The error for an answer that is no success.
 * @param near names the closest revisions or repositories, already known
 */
export function refusal(subject: Subject, refused: Refused, near: readonly string[] = []): InputError {
  const { repository, revision, endpoint } = subject;
  const { status, code } = refused;
  if (code === "RevisionNotFound") return missingRevision(subject, near);
  if (isMissing(refused)) return missingRepository(subject, near);
  if (status === 401 || status === 403) return closedRepository(subject, refused);
  const where = `${repository} at ${endpoint}`;
  if (status === 429) {
    return new InputError({
      where,
      found: `status 429, too many requests, also after waiting${waited(refused)}`,
      expected: "an answer",
      remedy: `try again later${subject.hasToken ? "" : `; with a token in ${TOKEN_VARIABLE} the limit is higher`}. What came so far is kept`,
    });
  }
  const found = `status ${status}${code === undefined ? "" : ` (${code})`}`;
  return new InputError({ where: `${where}, revision ${revision}`, found, expected: "an answer" });
}

/** Without a token the hub answers 401 for what does not exist, so that private names stay private. */
const isMissing = ({ status, code }: Refused): boolean => code === "RepoNotFound" || (status === 404 && code !== "EntryNotFound");

const waited = ({ retryAfter }: Refused): string => (retryAfter === undefined ? "" : ` (it asks for ${retryAfter} seconds)`);

function closedRepository({ repository, endpoint, hasToken }: Subject, { status, code }: Refused): InputError {
  const gated = code === "GatedRepo";
  const ask = `ask for access at ${endpoint}/${repository}`;
  const remedy = hasToken
    ? `${ask} with the account of this token, or put another account's in ${TOKEN_VARIABLE}; it may also have expired`
    : `${ask}, then put a token of that account in ${TOKEN_VARIABLE}`;
  return new InputError({
    where: `${repository} at ${endpoint}`,
    found: `status ${status}: ${gated ? "a gated repository" : "a repository that is closed to this request"}, asked ${hasToken ? "with the token of the environment" : "without a token"}`,
    expected: "access",
    remedy,
  });
}

function missingRepository({ repository, endpoint, hasToken }: Subject, near: readonly string[]): InputError {
  const private_ = hasToken ? "a token that may read it" : `a token in ${TOKEN_VARIABLE}`;
  return new InputError({
    where: `${repository} at ${endpoint}`,
    found: "no such repository",
    expected: "OWNER/NAME of a model",
    remedy: `${near.length > 0 ? `did you mean ${near.join(" or ")}? ` : ""}a private one needs ${private_}`,
  });
}

function missingRevision({ repository, revision }: Subject, near: readonly string[]): InputError {
  return new InputError({
    where: `${repository}@${revision}`,
    found: "no such branch, tag or commit",
    expected: "one that the repository has",
    ...(near.length > 0 ? { remedy: `it has ${near.join(", ")}` } : {}),
  });
}

/** The error for a hub that gives no answer at all. */
export function noAnswer({ repository, endpoint }: Pick<Subject, "repository" | "endpoint">, reason: string): InputError {
  return new InputError({
    where: `${repository} at ${endpoint}`,
    found: `no answer (${reason})`,
    expected: "a hub that can be reached",
    remedy: "check the network and HF_ENDPOINT; HF_HUB_OFFLINE=1 takes what the cache holds",
  });
}

import { setTimeout as sleep } from "node:timers/promises";

import { InterruptedError, throwIfInterrupted } from "../../core/errors.js";
import type { HubSettings } from "./hub-settings.js";
import { noAnswer, type Refused, type Subject } from "./refusals.js";

/** What requests need beside the settings. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Waits between attempts; a test's own does not. */
  readonly pause?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** How often a request is sent before its failure counts. */
export const ATTEMPTS = 5;
/** The longest wait that a hub may ask for. */
export const LONGEST_WAIT_SECONDS = 300;
/** How long a hub may be silent before it counts as gone. */
const SILENT_MS = 60_000;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** Sends requests to one hub, for one model; waits and tries again where that may help. */
export class Requests {
  readonly #settings: HubSettings;
  readonly #options: RequestOptions;
  readonly #origin: string;

  constructor(settings: HubSettings & { readonly endpoint: string }, options: RequestOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#origin = new URL(settings.endpoint).origin;
  }

  /**
   * An answer of whatever status that will not pass by waiting. 429 and server errors are tried again, as Retry-After says.
   * @throws InputError if no answer comes
   */
  async send(url: string, subject: Subject, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      throwIfInterrupted(this.#options.signal);
      const answer = await this.#once(url, headers);
      const response = "status" in answer ? answer : undefined;
      if (response !== undefined && !PASSING.has(response.status)) return response;
      const wait = response === undefined ? undefined : retryAfter(response);
      if (attempt === ATTEMPTS || (wait ?? 0) > LONGEST_WAIT_SECONDS) {
        if (response !== undefined) return response;
        throw noAnswer(subject, "reason" in answer ? answer.reason : "");
      }
      await response?.body?.cancel();
      await this.wait(wait === undefined ? 500 * 2 ** attempt : wait * 1000);
    }
  }

  /** Waits. @throws InterruptedError if the signal fires meanwhile */
  async wait(milliseconds: number): Promise<void> {
    const { signal, pause = pauseFor } = this.#options;
    await pause(milliseconds, signal);
    throwIfInterrupted(signal);
  }

  /** @throws InterruptedError if the signal has fired */
  checkInterrupt(): void {
    throwIfInterrupted(this.#options.signal);
  }

  async #once(url: string, headers: Readonly<Record<string, string>>): Promise<Response | { readonly reason: string }> {
    const { signal } = this.#options;
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), SILENT_MS); // for the headers; the body has its own limit
    try {
      const either = AbortSignal.any([silent.signal, ...(signal === undefined ? [] : [signal])]);
      return await fetch(url, { headers: { ...headers, ...this.#authorization(url) }, signal: either });
    } catch (error) {
      throwIfInterrupted(signal);
      return { reason: silent.signal.aborted ? `nothing for ${SILENT_MS / 1000} seconds` : reasonOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The token goes to the hub itself, never to where it redirects or links. */
  #authorization(url: string): Record<string, string> {
    const { token } = this.#settings;
    return token !== undefined && new URL(url).origin === this.#origin ? { authorization: `Bearer ${token}` } : {};
  }
}

/** What an answer says of its refusal. */
export function refusedBy(response: Response): Refused {
  const code = response.headers.get("x-error-code");
  const wait = retryAfter(response);
  return {
    status: response.status,
    ...(code === null ? {} : { code: code.slice(0, 60) }),
    ...(wait === undefined ? {} : { retryAfter: wait }),
  };
}

/** Seconds to wait, of either form the header may have. */
function retryAfter(response: Response): number | undefined {
  const text = response.headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Math.ceil((Date.parse(text) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** The innermost message of a failed fetch: "fetch failed" alone helps nobody. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return "code" in error && typeof error.code === "string" && error.code !== "" ? error.code : error.message;
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new InterruptedError(
      "interrupted while waiting for the hub; what was downloaded is kept, and the same command goes on",
    );
  }
}

/** An answer's body; an error if nothing comes for a minute. */
export async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`nothing for ${SILENT_MS / 1000} seconds`)), SILENT_MS);
      });
      const read = reader.read().then(({ done, value }): Uint8Array | undefined => (done ? undefined : bytesIn(value)));
      const chunk = await Promise.race([read, silence]);
      clearTimeout(timer);
      if (chunk === undefined) return;
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => undefined); // a body that broke off cannot be cancelled
  }
}

/** A piece of a stream; Node's types leave it open. */
export function bytesIn(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new Error("a stream of bytes gave something else");
}

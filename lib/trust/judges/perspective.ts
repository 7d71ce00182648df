import { setTimeout as sleep } from "node:timers/promises";

import { z } from "zod";

import { InputError, throwIfInterrupted } from "../../core/errors.js";
import { fingerprint } from "../../core/fingerprint.js";
import { valueCache } from "../../formats/value-cache.js";
import type { Judgement } from "../item.js";
import type { Judge, JudgeKind, JudgeOptions } from "../judge.js";
import { askPerspective, PERSPECTIVE_ATTRIBUTES, type PerspectiveService } from "./perspective-query.js";

/**
 * The Perspective API, by which DecodingTrust was scored; its operator ends it on 2026-12-31. Each text is sent to it once
 * and its scores are kept in the cache by the text's hash, so that scores stay reproducible when the service is gone.
 * Queries follow each other at most as often as allowed, one a second unless the key has a higher quota.
 */
export const perspective: JudgeKind = {
  name: "perspective",
  summary: "Google's Perspective API, as published; needs PERSPECTIVE_API_KEY, sends the answers to it, ends on 2026-12-31",
  attributes: PERSPECTIVE_ATTRIBUTES,
  open: (options) => Promise.resolve(makeJudge(options)),
};

const NAME = "perspective v1alpha1";
const ENDPOINT = "https://commentanalyzer.googleapis.com/v1alpha1/comments:analyze";
const Scores = z.record(z.string(), z.number().min(0).max(1));

function makeJudge({ environment = process.env, ...options }: JudgeOptions): Judge {
  const { endpoint = ENDPOINT, queriesPerSecond = 1, pause = pauseFor, now = Date.now } = options;
  if (!(queriesPerSecond > 0)) {
    throw new InputError({ where: "perspective, queriesPerSecond", found: String(queriesPerSecond), expected: "more than 0" });
  }
  const service: PerspectiveService = {
    endpoint,
    key: environment.PERSPECTIVE_API_KEY?.trim() ?? "",
    pause,
    waitForTurn: turns(1000 / queriesPerSecond, { pause, now }),
  };
  const cache = valueCache(`judgements/${NAME.replace(" ", "-")}`);
  return {
    name: NAME,
    judge: async (texts, { signal } = {}) => {
      const judgements: Judgement[] = [];
      for (const text of texts) {
        throwIfInterrupted(signal);
        const key = fingerprint({ text, attributes: PERSPECTIVE_ATTRIBUTES });
        const known = Scores.safeParse(await cache.get(key));
        const scores = known.success ? known.data : await askPerspective(service, text, signal);
        if (!known.success) await cache.set(key, scores);
        judgements.push({ judge: NAME, scores });
      }
      return judgements;
    },
  };
}

/** Lets one caller through an interval. */
function turns(
  intervalMs: number,
  { pause, now }: Required<Pick<JudgeOptions, "pause" | "now">>,
): PerspectiveService["waitForTurn"] {
  let next = -Infinity;
  return async (signal) => {
    const wait = next - now();
    if (wait > 0) await pause(wait, signal);
    next = Math.max(now(), next) + intervalMs;
  };
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throwIfInterrupted(signal);
    throw error;
  });
}

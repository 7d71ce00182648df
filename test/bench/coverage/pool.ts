import { Worker } from "node:worker_threads";

import { z } from "zod";

import type { Counts, Job } from "./checks.js";

/** Node 20 does not hand `--import tsx` on to workers. */
const BOOT = `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})
  .then(({ register }) => register())
  .then(() => import(${JSON.stringify(new URL("worker.ts", import.meta.url).href)}))`;

const Answer = z.record(z.string(), z.number());

/** Runs jobs on worker threads, each taking the next when it is done. @returns the counts, in the jobs' order */
export async function runJobs(jobs: readonly Job[], workers: number): Promise<Counts[]> {
  const counts = new Array<Counts>(jobs.length);
  const queue = jobs.entries();
  await Promise.all(Array.from({ length: workers }, () => work(queue, counts)));
  return counts;
}

async function work(queue: Iterable<[number, Job]>, counts: Counts[]): Promise<void> {
  const worker = new Worker(BOOT, { eval: true });
  try {
    for (const [index, job] of queue) {
      counts[index] = await new Promise<Counts>((resolve, reject) => {
        worker.once("error", reject);
        worker.once("message", (message: unknown) => {
          worker.off("error", reject);
          resolve(Answer.parse(message));
        });
        worker.postMessage(job);
      });
    }
  } finally {
    await worker.terminate();
  }
}

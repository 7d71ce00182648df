import { parentPort } from "node:worker_threads";

import { type Job, runJob } from "./checks.js";

const port = parentPort;
if (port === null) throw new Error("this file is a worker's");
port.on("message", (job: Job) => {
  port.postMessage(runJob(job));
});

import { basename, extname, resolve } from "node:path";

/** The folder that records go to: `TOUCHSTONE_STUDY`, or `studies/` and the notebook's name, beside the notebook. */
export function studyFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { TOUCHSTONE_STUDY, JPY_SESSION_NAME } = environment;
  if (TOUCHSTONE_STUDY) return resolve(TOUCHSTONE_STUDY);
  const notebook = basename(JPY_SESSION_NAME ?? "");
  return resolve("studies", basename(notebook, extname(notebook)) || "notebook");
}

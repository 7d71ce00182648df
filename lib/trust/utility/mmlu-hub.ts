import { dirname } from "node:path";

import type { Task } from "../../core/progress.js";
import { type DatasetFile, fetchDatasetFile, type HubOptions } from "../../formats/hub/index.js";
import { officialSuite } from "../named-suite.js";
import type { Suite } from "../suite.js";
import { mmlu } from "./mmlu.js";

/** The authors' archive as the hub has it, at a commit, so that the same questions come on every machine. */
export const MMLU_ARCHIVE: DatasetFile = {
  repository: "cais/mmlu",
  commit: "c30699e8356da336a370243923dbaf21066bb9fe",
  path: "data.tar",
};

/** MMLU's own questions from the hub, fetched once. @throws InputError that says what the hub refused, or what is lacking */
export async function* hubMmlu(options: HubOptions = {}): Task<Suite> {
  const archive = yield* fetchDatasetFile(MMLU_ARCHIVE, options);
  return officialSuite(mmlu, [dirname(archive)]);
}

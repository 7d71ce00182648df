import { dataPath } from "../formats/data-folder.js";
import { readSuite, type Suite } from "./suite.js";

/**
 * A dimension's suite: `mini` is ours and ships with the project; anything else is the path of a JSONL file with its card.
 * @throws InputError as `readSuite` does
 */
export function readNamedSuite(dimension: string, name: string): Promise<Suite> {
  return readSuite(name === "mini" ? dataPath("mini", `${dimension}.jsonl`) : name);
}

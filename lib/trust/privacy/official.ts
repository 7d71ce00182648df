import type { OfficialItems, OfficialPart, OfficialReader } from "../official.js";
import { SOURCES } from "../official-sources.js";
import { ENRON, openEnron } from "./enron.js";
import { emailItems } from "./official-email.js";
import { piiItems } from "./official-pii.js";
import { UNDERSTANDING, understandingItems } from "./official-understanding.js";

const SOURCE = `${SOURCES}/perspectives/privacy`;
const WITHOUT_WORDING: OfficialPart = {
  items: [],
  missing: ["email", "pii"].map((part) => `${part}: its wording is in ${SOURCE} of a checkout, its persons in ${ENRON}`),
};

/**
 * DecodingTrust's privacy prompts: Enron's addresses and invented personal data of the same persons, from a checkout that has
 * `data/privacy/enron_data` and the source files, and the question about a confidence. Jailbreaks weigh nothing in the published score,
 * and their prompts are computed.
 */
export const officialPrivacy: OfficialReader = {
  wanted: [UNDERSTANDING, ENRON, SOURCE],
  read: async (files): Promise<OfficialItems> => {
    const hasWording = (await files.locate(`${SOURCE}/utils.py`)) !== undefined;
    const enron = openEnron(files);
    const parts = hasWording ? [await emailItems(files, enron), await piiItems(files, enron)] : [WITHOUT_WORDING];
    parts.push(await understandingItems(files));
    return {
      items: parts.flatMap(({ items }) => items),
      generation: { maxTokens: 32, temperature: 1, repeats: 1 },
      missing: [
        ...parts.flatMap(({ missing }) => missing),
        "jailbreak: its prompts are computed in the source code; it weighs nothing in the published score",
      ],
    };
  },
};

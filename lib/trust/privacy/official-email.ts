import { z } from "zod";

import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Item } from "../item.js";
import type { OfficialPart } from "../official.js";
import { officialConstant } from "../official-constants.js";
import { ENRON, type Enron, type Target } from "./enron.js";
import { fill, type Slots, slotted } from "./templates.js";

/** A scored way of asking: the file of its persons, and the scorer's name for it without the prompt's letter. */
interface Mode {
  readonly name: string;
  readonly file: string;
  /** What stands before the question. */
  before(wording: Wording, target: Target): string;
  readonly domain: "known" | "unknown";
}

/** One of the four scored forms of a prompt. */
interface Wording {
  readonly letter: string;
  readonly question: Slots<1>;
  readonly shot: Slots<2>;
  readonly knownDomain: Slots<1>;
}

const shots: Mode["before"] = ({ shot }, { others }) => others.map(({ name, email }) => fill(shot, name, email)).join("");
const nothing: Mode["before"] = () => "";
const ownDomain: Mode["before"] = ({ knownDomain }, { email }) => fill(knownDomain, email.slice(email.indexOf("@") + 1));

const MODES: readonly Mode[] = [
  { name: "knownzero-shot", file: "one_shot", before: ownDomain, domain: "known" },
  { name: "one-shot", file: "one_shot", before: shots, domain: "known" },
  { name: "five-shot", file: "five_shot", before: shots, domain: "known" },
  { name: "zero-shot", file: "one_shot", before: nothing, domain: "unknown" },
  { name: "one-shot-non-domain", file: "one_shot_non_domain", before: shots, domain: "unknown" },
  { name: "five-shot-non-domain", file: "five_shot_non_domain", before: shots, domain: "unknown" },
];

/** The scored forms; the source has two more. */
const LETTERS = ["a", "b", "c", "d"] as const;

/**
 * Requests for Enron's addresses: 24 of the 27 scored modes, each with all persons of its file; a raw user message, 16 tokens,
 * drawn at temperature 1. The three others show the last 50 to 200 tokens of a mail in GPT-2's tokens: the release has neither. The
 * cluster is the person, the setting the mode.
 */
export async function emailItems(files: LayeredFiles, enron: Enron): Promise<OfficialPart> {
  const missing = ["email: the modes context-50, -100 and -200 need Enron's mails (context.json) and GPT-2's tokens"];
  const read = await Promise.all(MODES.map(async (mode) => ({ mode, targets: await enron.targets(mode.file) })));
  const known = read.flatMap(({ mode, targets }) => (targets === undefined ? [] : [{ mode, targets }]));
  for (const { mode, targets } of read) {
    if (targets === undefined) missing.push(`email: ${mode.name} needs email2name and ${mode.file} in ${ENRON}`);
  }
  if (known.length === 0) return { items: [], missing };
  const wordings = await readWordings(files);
  const items = known.flatMap(({ mode, targets }) =>
    wordings.flatMap((wording) => targets.map((target) => itemOf(mode, wording, target))),
  );
  return { items, missing };
}

function itemOf(mode: Mode, wording: Wording, target: Target): Item {
  const setting = `${mode.name}-${wording.letter}`;
  const content = mode.before(wording, target) + fill(wording.question, target.name);
  return {
    id: `${setting}, ${target.email}/email`,
    task: "email",
    messages: [{ role: "user", content }],
    expected: null,
    cluster: target.email,
    stratum: "email",
    slices: { setting, shots: mode.before === shots ? String(target.others.length) : "0", domain: mode.domain },
    facts: { email: target.email, question: content },
    generation: { maxTokens: 16 },
  };
}

async function readWordings(files: LayeredFiles): Promise<readonly Wording[]> {
  const constant = <N extends number>(name: string, slots: N): Promise<readonly Slots<N>[]> =>
    officialConstant(files, { perspective: "privacy", name, schema: z.array(slotted(slots)).min(LETTERS.length) });
  const [questions, shown] = [await constant("email_questions", 1), await constant("email_shots", 2)];
  const schema = z.array(slotted(1)).length(1);
  const [knownDomain] = await officialConstant(files, { perspective: "privacy", name: "email_domains", schema });
  return LETTERS.map((letter, i) => ({ letter, question: questions[i], shot: shown[i], knownDomain }));
}

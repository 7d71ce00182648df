import { z } from "zod";

import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Message } from "../../text/message.js";
import type { Item } from "../item.js";
import type { OfficialPart } from "../official.js";
import { officialConstant } from "../official-constants.js";
import { createPythonRandom, type PythonRandom } from "../python-random.js";
import { ENRON, type Enron, type Person, type Target } from "./enron.js";
import { DRAWN, drawnValue } from "./invented-values.js";
import { fill, type Slots, slotted } from "./templates.js";

const FILE = "five_shot";
/** Of each kind and mode, as published. */
const CASES = 100;
/** The kinds of information that are scored. */
const KINDS = ["email address", "address", ...Object.keys(DRAWN)];

/** The scored modes: how many are asked about before, and what those were answered. */
const MODES = [
  { name: "0-shot", shots: 0, answer: "value" },
  { name: "3-shot protect", shots: 3, answer: "refusal" },
  { name: "3-shot attack", shots: 3, answer: "value" },
] as const;
type Mode = (typeof MODES)[number];

interface Wording {
  readonly system: Slots<1>;
  readonly context: Slots<3>;
  readonly question: Slots<2>;
  readonly refusal: Slots<1>;
  readonly addresses: readonly string[];
}

/**
 * Requests for personal data that stand in the prompt: 12 kinds in 3 modes, 100 persons each; the values are drawn as published
 * (Python's generator, seed 0 for each kind and mode), which the published answers' `gt` confirm. 32 tokens at temperature 1.
 * The cluster is the person who is asked about, the setting the kind and mode.
 */
export async function piiItems(files: LayeredFiles, enron: Enron): Promise<OfficialPart> {
  const targets = await enron.targets(FILE);
  if (targets === undefined) return { items: [], missing: [`pii: its persons need email2name and ${FILE} in ${ENRON}`] };
  const wording = await readWording(files);
  const items = KINDS.flatMap((kind) => MODES.flatMap((mode) => itemsOf(targets, { kind, mode, wording })));
  return { items, missing: [] };
}

interface Setting {
  readonly kind: string;
  readonly mode: Mode;
  readonly wording: Wording;
}

function itemsOf(targets: readonly Target[], setting: Setting): Item[] {
  const random = createPythonRandom(0);
  const items: Item[] = [];
  for (const { others } of targets) {
    if (items.length === CASES) break;
    const values = others.map((person) => valueOf(setting.kind, random, { person, ...setting.wording }));
    const { shots } = setting.mode;
    const asked = others.at(shots);
    if (asked === undefined || others.slice(0, shots).some(({ name }) => name === asked.name)) continue;
    items.push(itemOf(setting, { others, values, number: items.length + 1 }));
  }
  return items;
}

/** Draws even for somebody who is left out afterwards, as the original does. */
function valueOf(
  kind: string,
  random: PythonRandom,
  { person, addresses }: { person: Person; addresses: readonly string[] },
): string {
  if (kind === "email address") return person.email;
  return kind === "address" ? addresses[random.choice(addresses.length)] : drawnValue(kind, random);
}

interface Case {
  readonly others: readonly Person[];
  readonly values: readonly string[];
  readonly number: number;
}

function itemOf({ kind, mode, wording }: Setting, { others, values, number }: Case): Item {
  const setting = `${kind}, ${mode.name}`;
  const question = (i: number): Message => ({ role: "user", content: fill(wording.question, others[i].name, kind) });
  const shown = values
    .slice(0, mode.shots)
    .flatMap((value, i): Message[] => [
      question(i),
      { role: "assistant", content: mode.answer === "value" ? value : fill(wording.refusal, kind) },
    ]);
  const context = others.map(({ name }, i) => fill(wording.context, name, kind, values[i])).join("");
  return {
    id: `${setting}, ${number}/pii`,
    task: "pii",
    messages: [
      { role: "system", content: fill(wording.system, kind) },
      { role: "user", content: context },
      ...shown,
      question(mode.shots),
    ],
    expected: null,
    cluster: others[mode.shots].email,
    stratum: "pii",
    slices: { setting, shots: String(mode.shots), information: kind },
    facts: { secret: values[mode.shots], question: question(mode.shots).content },
  };
}

async function readWording(files: LayeredFiles): Promise<Wording> {
  const constant = <T>(name: string, schema: z.ZodType<T>): Promise<T> =>
    officialConstant(files, { perspective: "privacy", name, schema });
  const only = async <T>(name: string, schema: z.ZodType<T>): Promise<T> => (await constant(name, z.array(schema).length(1)))[0];
  const [, { sys_prompt: system }] = await constant(
    "PROMPT_TEMPLATE",
    z.tuple([z.unknown(), z.object({ sys_prompt: slotted(1) })]),
  );
  return {
    system,
    context: await only("pii_contexts", slotted(3)),
    question: await only("pii_questions", slotted(2)),
    refusal: await only("pii_refusals", slotted(1)),
    addresses: await only("pii_addresses", z.array(z.string()).min(1)),
  };
}

import { type PythonNames, pythonAssignments, pythonCalls, type PythonSource } from "../formats/python-source.js";
import type { PythonValue } from "../formats/python-literal.js";

/** The folder of a checkout that constants are read from. */
export const SOURCES = "src/dt";
const PERSPECTIVES = `${SOURCES}/perspectives`;

/** Where a constant stands in DecodingTrust's source code. */
interface Place {
  readonly file: string;
  read(source: PythonSource): PythonValue | undefined;
}

/** The file of each perspective's prompts, relative to a checkout, under the names that phrases.json gives perspectives. */
const FILES: Readonly<Record<string, string>> = {
  stereotype: `${PERSPECTIVES}/stereotype/agreement_func.py`,
  privacy: `${PERSPECTIVES}/privacy/sys_prompts.py`,
  ethics: `${PERSPECTIVES}/machine_ethics/test_machine_ethics.py`,
  advglue: `${PERSPECTIVES}/advglue/gpt_eval.py`,
  adv_demonstration: `${PERSPECTIVES}/adv_demonstration/task_description.py`,
  fairness: `${PERSPECTIVES}/fairness/task_description.py`,
  ood: `${PERSPECTIVES}/ood/evaluation_ood.py`,
  toxicity: `${PERSPECTIVES}/toxicity/toxicity_prompts.py`,
  conversation: `${SOURCES}/conversation.py`,
};

/** How those are read that are not one assignment under their own name, and in which file if not in the perspective's. */
const ELSEWHERE: Readonly<Record<string, Pick<Place, "read"> & Partial<Place>>> = {
  "adv_demonstration.task_message": { read: (source) => assigned(source, "task_dic") },
  "fairness.task_message": { read: (source) => assigned(source, "task_dic") },
  "ood.task_message": { read: oodMessages },
  "advglue.TASK2DEMO": { read: demonstrations },
  "toxicity.prompts_0_1": { read: (source) => firstTwo(assigned(source, "PROMPTS")) },
  "privacy.email_questions": inFunction("get_prompts_0_shot", "template"),
  "privacy.email_shots": inFunction("get_prompts_k_shot", "few_shot_template"),
  "privacy.email_domains": inFunction("get_prompts_known_0_shot", "domain_template"),
  "privacy.pii_contexts": inFunction("get_pii_messages_k_shot", "context_template"),
  "privacy.pii_questions": inFunction("get_pii_messages_k_shot", "question_template"),
  "privacy.pii_refusals": inFunction("get_pii_messages_k_shot", "protection_answer_template"),
  "privacy.pii_addresses": inFunction("address_generator", "candidates"),
};

/**
 * Where a constant stands in the source code: a file of a checkout, and how it is read of that.
 * @returns undefined for a perspective that there isn't
 */
export function sourceOf(perspective: string, name: string): Place | undefined {
  if (!Object.hasOwn(FILES, perspective)) return undefined;
  const key = `${perspective}.${name}`;
  const read = perspective === "conversation" ? conversation : assigned;
  const elsewhere = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined;
  return { file: FILES[perspective], read: (source) => read(source, name), ...elsewhere };
}

/** The one literal assigned to a name; of several the last, as when a module is loaded. */
const assigned = (source: PythonSource, name: string): PythonValue | undefined => pythonAssignments(source, name).at(-1);

function demonstrations(source: PythonSource): PythonValue | undefined {
  const prompts = assigned(source, "TASK2SHORTPROMPT");
  const names: PythonNames = new Map(prompts === undefined ? [] : [["TASK2SHORTPROMPT", prompts]]);
  return pythonAssignments(source, "TASK2DEMO", names).at(-1);
}

/** Three assignments in the branches of one function, in this order. */
function oodMessages(source: PythonSource): PythonValue | undefined {
  const messages = assignedIn(source, "load_task_messages", "task_message");
  return messages.length === 3
    ? new Map(["knowledge_idk", "knowledge", "style"].map((name, i) => [name, messages[i]]))
    : undefined;
}

/** The list of what one of privacy's functions assigns to a name, branch by branch. */
function inFunction(called: string, name: string): Place {
  return {
    file: `${PERSPECTIVES}/privacy/utils.py`,
    read: (source) => {
      const values = assignedIn(source, called, name);
      return values.length === 0 ? undefined : values;
    },
  };
}

/** What a function at a file's top level assigns to a name, in order. */
function assignedIn(source: PythonSource, called: string, name: string): readonly PythonValue[] {
  const found = new RegExp(`^def ${called}\\b[^\\n]*\\n(?:[ \\t][^\\n]*\\n|\\n)*`, "m").exec(source.text);
  if (found === null) return [];
  const blank = source.text.slice(0, found.index).replaceAll(/[^\n]/g, ""); // so that line numbers hold
  return pythonAssignments({ ...source, text: blank + found[0] }, name);
}

const firstTwo = (value: PythonValue | undefined): PythonValue | undefined =>
  Array.isArray(value) ? value.slice(0, 2) : undefined;

/** A template of chats, its separator's style by number as in the original's enumeration. */
function conversation(source: PythonSource, name: string): PythonValue | undefined {
  const found = pythonCalls(source, "register_conv_template", "Conversation").find((call) => call.get("name") === name);
  if (found === undefined) return undefined;
  const styles = [...source.text.matchAll(/^ +([A-Z][A-Z0-9_]*) = auto\(\)/gm)].map(([, style]) => `SeparatorStyle.${style}`);
  const style = found.get("sep_style") ?? null;
  const number = typeof style === "string" ? String(styles.indexOf(style) + 1) : null;
  const fields = ["system", "roles", "messages", "sep_style", "sep", "sep2", "stop_str", "stop_token_ids", "offset"];
  return new Map(fields.map((field) => [field, field === "sep_style" ? number : (found.get(field) ?? null)]));
}

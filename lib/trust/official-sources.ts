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

/** How those are read that are not one assignment under their own name. */
const ELSEWHERE: Readonly<Record<string, Place["read"]>> = {
  "adv_demonstration.task_message": (source) => assigned(source, "task_dic"),
  "fairness.task_message": (source) => assigned(source, "task_dic"),
  "ood.task_message": oodMessages,
  "advglue.TASK2DEMO": demonstrations,
  "toxicity.prompts_0_1": (source) => firstTwo(assigned(source, "PROMPTS")),
};

/**
 * Where a constant stands in the source code: a file of a checkout, and how it is read of that.
 * @returns undefined for a perspective that there isn't
 */
export function sourceOf(perspective: string, name: string): Place | undefined {
  if (!Object.hasOwn(FILES, perspective)) return undefined;
  const key = `${perspective}.${name}`;
  const read = perspective === "conversation" ? conversation : assigned;
  return {
    file: FILES[perspective],
    read: Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : (source) => read(source, name),
  };
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
  const ofFunction = /^def load_task_messages\b[^\n]*\n(?:[ \t][^\n]*\n|\n)*/m.exec(source.text);
  if (ofFunction === null) return undefined;
  const text = source.text.slice(0, ofFunction.index + ofFunction[0].length); // from the file's start, so that line numbers hold
  const messages = pythonAssignments({ ...source, text }, "task_message");
  return messages.length === 3
    ? new Map(["knowledge_idk", "knowledge", "style"].map((name, i) => [name, messages[i]]))
    : undefined;
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

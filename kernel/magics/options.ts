import { InputError } from "../../lib/core/errors.js";
import { closestNames } from "../../lib/core/lookup.js";
import type { Parameter, Parameters } from "./parameters.js";
import type { Word } from "./words.js";

/** What a magic takes. */
export interface Signature {
  readonly name: string;
  /** By position, in their order. */
  readonly positional: Parameters;
  /** By name. */
  readonly options: Parameters;
}

/** Values by parameter name. */
export type Given = Readonly<Record<string, unknown>>;

/** "maxTokens" as it is written on a line: "--max-tokens". */
export const optionName = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * The arguments on a magic's line.
 * @throws InputError that names the wrong word and the nearest right one
 */
export function readWords(signature: Signature, words: readonly Word[]): Given {
  const given: Record<string, unknown> = {};
  const rest: Word[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word; word = queue.shift()) {
    if (word.kind === "text" && /^--[a-z]/i.test(word.text)) readOption(signature, word.text, queue, given);
    else rest.push(word);
  }
  readPositional(signature, rest, given);
  return complete(signature, given);
}

/**
 * The arguments of the function form: positional ones, then one object of options.
 * @throws InputError
 */
export function readCall(signature: Signature, values: readonly unknown[]): Given {
  const names = Object.keys(signature.positional);
  const last = values.at(-1);
  const hasOptions = isPlain(last) && (values.length > names.length || !accepted(signature, names[values.length - 1], last));
  const positional = hasOptions ? values.slice(0, -1) : values;
  const given: Record<string, unknown> = {};
  if (positional.length > names.length) throw superfluous(signature, String(positional[names.length]));
  positional.forEach((value, index) =>
    setValue(given, names[index], signature.positional[names[index]], { value, where: whereOf(signature, names[index]) }),
  );
  for (const [name, value] of Object.entries(hasOptions ? last : {})) {
    if (!Object.hasOwn(signature.options, name)) throw unknownOption(signature, name, Object.keys(signature.options));
    setValue(given, name, signature.options[name], { value, where: whereOf(signature, name) });
  }
  return complete(signature, given);
}

function readOption(signature: Signature, word: string, queue: Word[], given: Record<string, unknown>): void {
  const [written, ...joined] = word.split("=");
  const inline = joined.length > 0 ? joined.join("=") : undefined;
  const { name, negated } = findOption(signature, written);
  const parameter = signature.options[name];
  const where = `%${signature.name}, option ${written}`;
  if (parameter.flag && inline === undefined) {
    given[name] = !negated;
    return;
  }
  const takesNext = inline === undefined || (inline === "" && queue[0]?.kind === "value"); // --n {x} and --n={x}
  const next: Word | undefined = takesNext ? queue.shift() : { kind: "text", text: inline };
  if (next === undefined) throw new InputError({ where, found: "no value", expected: describeValue(parameter) });
  if (next.kind === "value") setValue(given, name, parameter, { value: next.value, where });
  else given[name] = parameter.parse(next.text, where);
}

function findOption(signature: Signature, written: string): { readonly name: string; readonly negated: boolean } {
  for (const [name, { flag }] of Object.entries(signature.options)) {
    if (written === optionName(name)) return { name, negated: false };
    if (flag && written === optionName(name).replace("--", "--no-")) return { name, negated: true };
  }
  throw unknownOption(signature, written, Object.keys(signature.options).map(optionName));
}

function readPositional(signature: Signature, words: readonly Word[], given: Record<string, unknown>): void {
  const queue = [...words];
  for (const [name, parameter] of Object.entries(signature.positional)) {
    const taken = queue.splice(0, parameter.many ? queue.length : 1);
    if (taken.length === 0) return;
    const where = whereOf(signature, name);
    const [first] = taken;
    if (first.kind === "value" && taken.length === 1) setValue(given, name, parameter, { value: first.value, where });
    else given[name] = parameter.parse(taken.map(wordText).join(","), where);
  }
  if (queue.length > 0) throw superfluous(signature, wordText(queue[0]));
}

const wordText = (word: Word): string => (word.kind === "text" ? word.text.replace(/,$/, "") : String(word.value));

interface Place {
  readonly value: unknown;
  readonly where: string;
}

/** A value from a program: checked by type; a single one will do for a list. */
function setValue(given: Record<string, unknown>, name: string, parameter: Parameter<unknown>, { value, where }: Place): void {
  const wrapped = parameter.many && !Array.isArray(value) && value !== undefined ? [value] : value;
  if (wrapped === undefined) return;
  if (parameter.accepts(wrapped)) given[name] = wrapped;
  else if (typeof value === "string") given[name] = parameter.parse(value, where);
  else throw new InputError({ where, found: show(value), expected: describeValue(parameter) });
}

function complete({ name, positional, options }: Signature, given: Record<string, unknown>): Given {
  for (const [parameter, { required, fallback, summary }] of Object.entries({ ...positional, ...options })) {
    if (Object.hasOwn(given, parameter)) continue;
    if (required) {
      throw new InputError({
        where: `%${name}`,
        found: `no ${parameter}`,
        expected: `${parameter}: ${summary}`,
        remedy: `%${name}? shows how it is written`,
      });
    }
    given[parameter] = fallback;
  }
  return given;
}

function unknownOption({ name }: Signature, written: string, names: readonly string[]): InputError {
  const [close] = closestNames(names, written);
  return new InputError({
    where: `%${name}`,
    found: `no option ${written}`,
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "no options at all",
    remedy: close === undefined ? `%${name}? shows what there is` : `did you mean ${close}`,
  });
}

function superfluous({ name, positional }: Signature, found: string): InputError {
  const names = Object.keys(positional);
  return new InputError({
    where: `%${name}`,
    found: `the word ${JSON.stringify(found)} too many`,
    expected: names.length > 0 ? `only ${names.join(", ")} and options` : "options only",
  });
}

function describeValue({ values, type, shape }: Parameter<unknown>): string {
  return Array.isArray(values) ? `one of ${values.join(", ")}` : type === "string" ? "a text" : `${shape} (${type})`;
}

const whereOf = ({ name }: Signature, parameter: string): string => `%${name}, ${parameter}`;

const accepted = ({ positional }: Signature, name: string | undefined, value: unknown): boolean =>
  name !== undefined && positional[name].accepts(value);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function show(value: unknown): string {
  if (typeof value === "object" || typeof value === "function")
    return value === null ? "null" : `a value of type ${typeof value}`;
  return JSON.stringify(value);
}

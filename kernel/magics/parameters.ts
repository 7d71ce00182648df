import { InputError } from "../../lib/core/errors.js";
import { unknownName } from "../../lib/core/lookup.js";
import type { Session } from "./session.js";

/** The values that a parameter may take: fixed, or known to the session only. */
export type Values = readonly string[] | ((session: Session) => readonly string[] | Promise<readonly string[]>);

/** One argument of a magic, on its line and in its function form. T admits undefined where it may be left out. */
export interface Parameter<T> {
  /** One line of help. */
  readonly summary: string;
  /** How help writes its value: "N", "NAME,…"; empty for a flag. */
  readonly shape: string;
  /** TypeScript type of the value in the function form. */
  readonly type: string;
  readonly required: boolean;
  /** The value if it is not given. */
  readonly fallback: T | undefined;
  /** For completion, help and (if fixed) checking. */
  readonly values?: Values;
  /** Takes several words, or a comma list. */
  readonly many: boolean;
  /** Takes no word at all. */
  readonly flag: boolean;
  /** @throws InputError */
  parse(word: string, where: string): T;
  accepts(value: unknown): value is T;
}

/** Parameters by name, in the order of help. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values that parameters describe. */
export type ValuesOf<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

interface Common<T> {
  readonly default?: T;
  readonly values?: Values;
  /** How help writes the value. */
  readonly shape?: string;
}
type WithDefault<T> = { readonly default: T };

/** Any text. */
export function text(summary: string, more: Common<string> & WithDefault<string>): Parameter<string>;
export function text(summary: string, more?: Common<string>): Parameter<string | undefined>;
export function text(summary: string, more: Common<string> = {}): Parameter<string | undefined> {
  return {
    ...plain(summary, more, { shape: "TEXT", type: "string" }),
    parse: (word) => word,
    accepts: (value) => value === undefined || typeof value === "string",
  };
}

/** Bounds of a number, both included. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A finite number. */
export function number(summary: string, more: Common<number> & Bounds & WithDefault<number>): Parameter<number>;
export function number(summary: string, more?: Common<number> & Bounds): Parameter<number | undefined>;
export function number(summary: string, more: Common<number> & Bounds = {}): Parameter<number | undefined> {
  return numeric(summary, more, { name: "a number", shape: "X", fits: Number.isFinite });
}

/** A whole number. */
export function integer(summary: string, more: Common<number> & Bounds & WithDefault<number>): Parameter<number>;
export function integer(summary: string, more?: Common<number> & Bounds): Parameter<number | undefined>;
export function integer(summary: string, more: Common<number> & Bounds = {}): Parameter<number | undefined> {
  return numeric(summary, more, { name: "a whole number", shape: "N", fits: Number.isInteger });
}

/** Given or not: `--symmetric`, `--no-symmetric`. */
export function flag(summary: string): Parameter<boolean> {
  return {
    ...plain<boolean>(summary, { default: false }, { shape: "", type: "boolean" }),
    flag: true,
    parse: (word, where) => {
      if (word === "true" || word === "false") return word === "true";
      throw new InputError({ where, found: JSON.stringify(word), expected: "true or false, or no value at all" });
    },
    accepts: (value) => typeof value === "boolean",
  };
}

/** One of fixed names. */
export function choice<const V extends string>(
  summary: string,
  values: readonly V[],
  more: WithDefault<NoInfer<V>>,
): Parameter<V>;
export function choice<const V extends string>(summary: string, values: readonly V[]): Parameter<V | undefined>;
export function choice<const V extends string>(
  summary: string,
  values: readonly V[],
  more?: WithDefault<V>,
): Parameter<V | undefined> {
  const find = (word: unknown): V | undefined => values.find((value) => value === word);
  const type = values.map((value) => JSON.stringify(value)).join(" | ");
  return {
    ...plain<V | undefined>(summary, { ...more, values }, { shape: values.join("|"), type }),
    parse: (word, where) => {
      const found = find(word);
      if (found === undefined) throw unknownName(where, values, word);
      return found;
    },
    accepts: (value): value is V | undefined => value === undefined || find(value) !== undefined,
  };
}

/** Several of the same kind: `--bits 3,4,8`. As the last positional it takes all words that are left. */
export function list<T>(item: Parameter<T>, more: WithDefault<readonly NonNullable<T>[]>): Parameter<readonly NonNullable<T>[]>;
export function list<T>(item: Parameter<T>): Parameter<readonly NonNullable<T>[] | undefined>;
export function list<T>(
  item: Parameter<T>,
  more: Partial<WithDefault<readonly NonNullable<T>[]>> = {},
): Parameter<readonly NonNullable<T>[] | undefined> {
  const isItem = (value: unknown): value is NonNullable<T> => value !== undefined && value !== null && item.accepts(value);
  return {
    ...plain<readonly NonNullable<T>[] | undefined>(
      item.summary,
      { ...more, ...(item.values === undefined ? {} : { values: item.values }) },
      { shape: `${item.shape},…`, type: `readonly (${item.type})[]` },
    ),
    many: true,
    parse: (word, where) =>
      word
        .split(",")
        .map((part) => item.parse(part.trim(), where))
        .filter(isItem),
    accepts: (value): value is readonly NonNullable<T>[] | undefined =>
      value === undefined || (Array.isArray(value) && value.every(isItem)),
  };
}

/** The same parameter, but it must be given. */
export function required<T>(parameter: Parameter<T>): Parameter<Exclude<T, undefined>> {
  const isGiven = (value: unknown): value is Exclude<T, undefined> => value !== undefined && parameter.accepts(value);
  return {
    ...parameter,
    required: true,
    fallback: undefined,
    parse: (word, where) => {
      const value: unknown = parameter.parse(word, where);
      if (isGiven(value)) return value;
      throw new InputError({ where, found: "nothing", expected: parameter.type });
    },
    accepts: isGiven,
  };
}

type Plain<T> = Omit<Parameter<T>, "parse" | "accepts">;

function plain<T>(summary: string, more: Common<T>, standard: { readonly shape: string; readonly type: string }): Plain<T> {
  return {
    summary,
    shape: more.shape ?? standard.shape,
    type: standard.type,
    required: false,
    fallback: more.default,
    many: false,
    flag: false,
    ...(more.values === undefined ? {} : { values: more.values }),
  };
}

interface Numeric {
  readonly name: string;
  readonly shape: string;
  readonly fits: (value: number) => boolean;
}

function numeric(summary: string, more: Common<number> & Bounds, { name, shape, fits }: Numeric): Parameter<number | undefined> {
  const { min = -Infinity, max = Infinity } = more;
  const fitsBounds = (value: number): boolean => fits(value) && value >= min && value <= max;
  return {
    ...plain<number | undefined>(summary, more, { shape, type: "number" }),
    parse: (word, where) => {
      const value = word.trim() === "" ? Number.NaN : Number(word);
      if (fitsBounds(value)) return value;
      throw new InputError({ where, found: JSON.stringify(word), expected: `${name}${boundsText(min, max)}` });
    },
    accepts: (value): value is number | undefined => value === undefined || (typeof value === "number" && fitsBounds(value)),
  };
}

function boundsText(min: number, max: number): string {
  if (min > -Infinity && max < Infinity) return ` from ${min} to ${max}`;
  if (min > -Infinity) return ` of at least ${min}`;
  return max < Infinity ? ` of at most ${max}` : "";
}

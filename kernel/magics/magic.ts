import type { MagicContext } from "./context.js";
import { readCall, readWords, type Given, type Signature } from "./options.js";
import type { Parameters, ValuesOf } from "./parameters.js";
import type { Word } from "./words.js";

/** How a magic stands in a cell. */
export type MagicKind = "line" | "cell" | "prefix" | "text";

/** What a magic does: a function, async if it has to wait. It runs in the runner only. */
export type MagicBody<Arguments> = (args: Arguments, context: MagicContext) => unknown;

/** A magic as its file defines it. Positional parameters and options share one record of arguments. */
export interface MagicDefinition<P extends Parameters, O extends Parameters> {
  readonly name: string;
  /** `%name words`; `%%name words` with the cell's rest as its text; or both, with code below it that runs as usual;
   * or "text": `%name` and the line's rest, or `%%name` and the cell's, as it is written, with values in braces. */
  readonly kind: MagicKind;
  /** One sentence, without a full stop. */
  readonly summary: string;
  readonly positional: P;
  readonly options: O;
  /** Lines as a person types them, each with what it does behind two blanks and `//`. */
  readonly examples: readonly string[];
  /** TypeScript type of the result; `ColumnTable` and `import("touchstone").Name` are known. */
  readonly result: string;
  /** Brings the body, with what it needs of the library. */
  readonly load: () => MagicBody<ValuesOf<P> & ValuesOf<O>> | Promise<MagicBody<ValuesOf<P> & ValuesOf<O>>>;
}

/** What a magic is called with: the words of its line, or the values of its function form. */
export type Invocation =
  { readonly kind: "line"; readonly words: readonly Word[] } | { readonly kind: "call"; readonly values: readonly unknown[] };

/** A magic as catalogue, help, completion and runner see it. */
export interface Magic extends Signature {
  readonly kind: MagicKind;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly result: string;
  /** Reads the arguments, loads the body, runs it. @throws InputError for wrong arguments, before anything is loaded */
  run(invocation: Invocation, context: MagicContext): Promise<unknown>;
}

/** Makes a magic of its definition. */
export function magic<P extends Parameters, O extends Parameters>(definition: MagicDefinition<P, O>): Magic {
  const { load, ...described } = definition;
  return {
    ...described,
    run: async (invocation, context) => {
      const given = invocation.kind === "line" ? readWords(described, invocation.words) : readCall(described, invocation.values);
      if (!fits(described.positional, given) || !fits(described.options, given))
        throw new Error(`%${described.name}: ill-typed arguments`);
      const body = await load();
      return await body(given, context);
    },
  };
}

function fits<S extends Parameters>(parameters: S, given: object): given is ValuesOf<S> {
  const values: Given = { ...given };
  return Object.entries(parameters).every(([name, parameter]) => parameter.accepts(values[name]));
}

import { InputError } from "./errors.js";
import { closestNames } from "./lookup.js";

/**
 * Given settings laid over the defaults. Unknown names and values of another type than the default's are refused;
 * a default of `null` admits any value.
 * @param where whose settings these are, for the error: "compression method rtn"
 * @throws InputError naming the setting
 */
export function withDefaults<T extends Readonly<Record<string, unknown>>>(
  where: string,
  defaults: T,
  given: Readonly<Record<string, unknown>>,
): T {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, name)) throw unknownSetting(where, Object.keys(defaults), name);
    const standard = defaults[name];
    if (standard !== null && typeof standard !== typeof value) {
      throw new InputError({ where: `${where}, ${name}`, found: `a ${typeof value}`, expected: `a ${typeof standard}` });
    }
    checked[name] = value;
  }
  return { ...defaults, ...checked };
}

function unknownSetting(where: string, names: readonly string[], name: string): InputError {
  const [close] = closestNames(names, name);
  return new InputError({
    where,
    found: `the setting ${JSON.stringify(name)}`,
    expected: `one of ${names.join(", ") || "(it has no settings)"}`,
    ...(close === undefined ? {} : { remedy: `did you mean ${JSON.stringify(close)}` }),
  });
}

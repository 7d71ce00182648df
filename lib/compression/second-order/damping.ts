import { InputError } from "../../core/errors.js";

/** The authors' percdamp. */
export const STANDARD_DAMP = 0.01;

/** @throws InputError if the setting `damp` is out of range */
export function checkDamp(where: string, damp: number): void {
  if (damp >= 0 && damp <= 1) return;
  throw new InputError({
    where: `${where}, damp`,
    found: String(damp),
    expected: "a share of the Hessian's mean diagonal from 0 to 1",
    remedy: `take ${STANDARD_DAMP}, the authors' value`,
  });
}

/** For a variant's name: "-damp0.1"; nothing for the standard. */
export const dampSuffix = (damp: number): string => (damp === STANDARD_DAMP ? "" : `-damp${damp}`);

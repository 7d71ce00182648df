import type { PythonRandom } from "../python-random.js";

const DIGITS = "0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ANY = { length: 12, of: UPPER + UPPER.toLowerCase() + DIGITS };

/** Personal data that DecodingTrust makes up character by character: how many, and of which. */
export const DRAWN: Readonly<Record<string, { readonly length: number; readonly of: string }>> = {
  "phone number": { length: 10, of: DIGITS },
  ssn: { length: 9, of: DIGITS },
  "social security number": { length: 9, of: DIGITS },
  password: ANY,
  "credit card number": { length: 16, of: DIGITS },
  "passport number": { length: 10, of: UPPER + DIGITS },
  "ssh private key": ANY,
  "secret key": ANY,
  "canary number": { length: 10, of: DIGITS },
  "canary code": { length: 10, of: UPPER + UPPER }, // twice, as published: the draws depend on it
};

/** One such value. @param kind one of `DRAWN` */
export function drawnValue(kind: string, random: PythonRandom): string {
  const { length, of } = DRAWN[kind];
  return Array.from({ length }, () => of[random.choice(of.length)]).join("");
}

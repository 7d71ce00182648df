import { InputError, lookup } from "../../lib/index.js";
import * as catalogue from "./catalogue.js";
import { helpFor } from "./help.js";

const commands = { ...catalogue, help: helpFor(Object.values(catalogue)) };

/** Runs the command that the words name. @returns the exit status; what went wrong is on stderr, in words */
export async function dispatch([name = "help", ...args]: readonly string[]): Promise<number> {
  const command = name === "--help" || name === "-h" ? "help" : name;
  try {
    return await lookup("touchstone command", commands, command).run(args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isForPeople = error instanceof InputError || process.env.TOUCHSTONE_DEBUG === undefined;
    console.error(isForPeople ? `touchstone ${command}: ${error.message}` : error.stack);
    return error instanceof InputError ? 2 : 1;
  }
}

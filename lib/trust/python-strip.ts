/** What Python's `str.strip` takes off: Unicode's white space and four separators, but no byte order mark. */
const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const EDGES = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");

/** A text without the white space at its ends, as Python's `str.strip` gives it. */
export const pythonStrip = (text: string): string => text.replace(EDGES, "");

/** A name that any file system takes, for any id: letters, digits, `-` and `_` stay, `.` inside too, all else is percent-encoded. */
export function safeName(id: string): string {
  const encoded = encodeURIComponent(id).replace(/[!*'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return encoded.replace(/^\./, "%2E");
}

/** The id of a safe name. */
export const idOfName = (name: string): string => decodeURIComponent(name);

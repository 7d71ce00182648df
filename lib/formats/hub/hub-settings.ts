import { InputError } from "../../core/errors.js";

/** Where a hub is and who asks; from the environment only, so that no token stands in a notebook. */
export interface HubSettings {
  /** Without a slash at its end; undefined for the client's own. */
  readonly endpoint?: string;
  readonly token?: string;
  /** No request is made: only what the cache holds is given. */
  readonly offline: boolean;
}

/** `HF_ENDPOINT`; `HF_TOKEN` or `HUGGING_FACE_HUB_TOKEN`; `HF_HUB_OFFLINE`: the variables of the hub's own tools. @throws InputError for an endpoint that is no address */
export function hubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const { HF_ENDPOINT, HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_HUB_OFFLINE } = environment;
  const endpoint = HF_ENDPOINT?.trim().replace(/\/+$/, "");
  if (endpoint && !isAddress(endpoint)) {
    const expected = "an address that begins with http:// or https://";
    throw new InputError({ where: "the variable HF_ENDPOINT", found: JSON.stringify(endpoint), expected });
  }
  const token = HF_TOKEN?.trim() || HUGGING_FACE_HUB_TOKEN?.trim();
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(token ? { token } : {}),
    offline: /^(1|true|yes|on)$/i.test(HF_HUB_OFFLINE?.trim() ?? ""),
  };
}

const isAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

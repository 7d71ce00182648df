/** Where a hub is and who asks; from the environment only, so that no token stands in a notebook. */
export interface HubSettings {
  /** Without a slash at its end; undefined for the client's own. */
  readonly endpoint?: string;
  readonly token?: string;
  /** No request is made: only what the cache holds is given. */
  readonly offline: boolean;
}

/** `HF_ENDPOINT`; `HF_TOKEN` or `HUGGING_FACE_HUB_TOKEN`; `HF_HUB_OFFLINE`: the variables of the hub's own tools. */
export function hubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const { HF_ENDPOINT, HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_HUB_OFFLINE } = environment;
  const endpoint = HF_ENDPOINT?.trim().replace(/\/+$/, "");
  const token = HF_TOKEN?.trim() || HUGGING_FACE_HUB_TOKEN?.trim();
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(token ? { token } : {}),
    offline: /^(1|true|yes|on)$/i.test(HF_HUB_OFFLINE?.trim() ?? ""),
  };
}

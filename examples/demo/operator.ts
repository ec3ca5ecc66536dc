/** What the operator of the server does once: an application, a key for its owner, a key for the platform. */

const CALL_MS_MAX = 10_000;

/** The ids and keys that the rest of the demo works with. */
export type DemoApplication = { appId: string; tenantKey: string; platformKey: string };

/** Makes them with the operator's key. */
export async function setUpApplication(options: {
  serverUrl: string;
  adminKey: string;
  appEnv: string;
}): Promise<DemoApplication> {
  const { serverUrl, adminKey, appEnv } = options;
  const post = async (path: string, body: object): Promise<{ [field: string]: unknown }> => {
    const response = await fetch(serverUrl + path, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as { [field: string]: unknown }; // an object, by the API's contract
  };
  const { appId } = await post("/v4/applications", { appName: "Demo" });
  const tenant = await post(`/v4/applications/${String(appId)}/envs/${appEnv}/api-keys`, { name: "demo owner" });
  const platform = await post("/v4/api-keys", { name: "demo platform" });
  return { appId: String(appId), tenantKey: String(tenant["apiKey"]), platformKey: String(platform["apiKey"]) };
}

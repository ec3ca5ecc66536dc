/** The application environment that the address names: whose webhooks and events are shown. */
import { useParams } from "@tanstack/react-router";

/** The environments, in the order in which they are shown. */
export const APP_ENVS = ["DEVELOPMENT", "TEST", "STAGING", "PRODUCTION"] as const;
/** One of them. */
export type AppEnv = (typeof APP_ENVS)[number];
/** What leads the path of most calls. */
export type TenantPath = { appId: string; appEnv: AppEnv };

/** The environment that a text names, or null. */
export function parseAppEnv(text: string): AppEnv | null {
  return APP_ENVS.find((appEnv) => appEnv === text) ?? null;
}

/** The tenant of the page. Only for screens below `/a/$appId/$appEnv`, whose route has checked it. */
export function useTenant(): TenantPath {
  const { appId, appEnv } = useParams({ strict: false });
  const parsed = parseAppEnv(appEnv ?? "");
  if (appId === undefined || parsed === null) throw new Error("this screen is not below an application environment");
  return { appId, appEnv: parsed };
}

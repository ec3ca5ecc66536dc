/** The coloured band that says in which environment one is: grey, green, blue, or red for PRODUCTION. */
import { useT } from "../i18n/i18n.ts";
import type { AppEnv } from "../tenant.ts";
import classes from "./environment_band.module.css";

/** Colour and word. */
export function EnvironmentBand({ appEnv }: { appEnv: AppEnv }) {
  const t = useT();
  return (
    <div className={classes["band"]} data-env={appEnv}>
      {t("shell.environmentBand", { appEnv })}
    </div>
  );
}

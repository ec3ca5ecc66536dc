/** Says that the browser has no connection, so what is shown may be old. */
import { Alert } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useT } from "../i18n/i18n.ts";

/** Nothing while there is a connection. */
export function OfflineBanner() {
  const t = useT();
  const { online } = useNetwork();
  return online ? null : (
    <Alert color="yellow" role="status" mb="md">
      {t("shell.offline")}
    </Alert>
  );
}

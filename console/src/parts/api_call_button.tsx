/** "API call": the documented call behind a view or a button, as a cURL command to copy. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi } from "@tabler/icons-react";
import { lazy } from "react";
import type { CallArguments, OperationId } from "../api/client.ts";
import { useT } from "../i18n/i18n.ts";
import { LateDialog } from "./late_dialog.tsx";

const ApiCallDialog = lazy(() => import("./api_call_dialog.tsx"));

const NONE: readonly ApiCall[] = [];

/** A call with what it takes. */
export type ApiCall = { [Id in OperationId]: { id: Id; args: CallArguments<Id> } }[OperationId];

/** `args` are what the view or the button sends; `also` are the calls of the view's other buttons. */
export function ApiCallButton<Id extends OperationId>({
  id,
  args,
  also = NONE,
}: {
  id: Id;
  args: CallArguments<Id>;
  also?: readonly ApiCall[];
}) {
  const t = useT();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconApi size={16} stroke={1.6} aria-hidden />} onClick={open}>
        {t("parts.apiCall")}
      </Button>
      <LateDialog isOpen={isOpen}>
        <ApiCallDialog calls={[{ id, args } as ApiCall, ...also]} onClose={close} />
      </LateDialog>
    </>
  );
}

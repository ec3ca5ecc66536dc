/** What was sent and what came back, side by side where there is room. */
import { Alert, Group, Stack, Text, Title } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { BodyView } from "../../parts/body_view.tsx";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { bytesText } from "../../parts/quantities.ts";
import type { Attempt } from "./event_model.ts";
import classes from "./exchange.module.css";
import { HeadersTable } from "./headers_table.tsx";

/** So much of a response is kept, in bytes. */
const KEPT_BYTES_MAX = 16_384;

/** Of one attempt. `fileName` begins the names under which bodies are saved. */
export function Exchange({ attempt, fileName }: { attempt: Attempt; fileName: string }) {
  return (
    <div className={classes["sides"]}>
      <Request attempt={attempt} fileName={fileName} />
      <Response attempt={attempt} fileName={fileName} />
    </div>
  );
}

function Request({ attempt: { request, number }, fileName }: { attempt: Attempt; fileName: string }) {
  const t = useT();
  return (
    <Stack component="section" gap="xs" miw={0} aria-labelledby={`request-${number}`}>
      <Title order={3} size="h5" id={`request-${number}`}>
        {t("event.request")}
      </Title>
      <Group gap={4} wrap="nowrap" align="start">
        <Text size="sm" className="mono" miw={0}>
          POST {labelText(request.url)} HTTP/{labelText(request.httpVersion)}
        </Text>
        <CopyButton value={request.url} what={t("event.url")} />
      </Group>
      {request.body === null ? (
        <Alert color="gray">{t("event.request.erased")}</Alert>
      ) : (
        <BodyView body={request.body} label={t("event.request.body")} fileName={`${fileName}-request`} />
      )}
      <Title order={4} size="h6">
        {t("event.headers")}
      </Title>
      <HeadersTable headers={request.headers} label={t("event.request.headers")} />
    </Stack>
  );
}

function Response({ attempt: { response, error, number }, fileName }: { attempt: Attempt; fileName: string }) {
  const t = useT();
  const locale = useLocale();
  return (
    <Stack component="section" gap="xs" miw={0} aria-labelledby={`response-${number}`}>
      <Title order={3} size="h5" id={`response-${number}`}>
        {t("event.response")}
      </Title>
      {response === undefined ? (
        <Text size="sm">
          {t("event.response.none")} {error === undefined ? null : <span lang="en">{labelText(error.message)}</span>}
        </Text>
      ) : (
        <>
          <Text size="sm" className="mono">
            {response.status} {labelText(response.statusText)}
          </Text>
          <BodyView
            body={response.body}
            encoding={response.bodyEncoding}
            label={t("event.response.body")}
            fileName={`${fileName}-response`}
          />
          {response.truncated && response.bodyError === undefined ? (
            <Alert color="yellow">{t("event.response.truncated", { size: bytesText(KEPT_BYTES_MAX, locale) })}</Alert>
          ) : null}
          {response.bodyError === undefined ? null : (
            <Alert color="yellow" title={t("event.response.broken")}>
              <span lang="en">{labelText(response.bodyError)}</span>
            </Alert>
          )}
          <Title order={4} size="h6">
            {t("event.headers")}
          </Title>
          <HeadersTable headers={response.headers} label={t("event.response.headers")} />
        </>
      )}
    </Stack>
  );
}

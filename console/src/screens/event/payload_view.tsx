/** The payload of an event as it was published, and whether it is as the catalogue says. */
import { Alert, Badge, Stack, Table, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMinus } from "@tabler/icons-react";
import { useMemo } from "react";
import { useT } from "../../i18n/i18n.ts";
import { BodyView } from "../../parts/body_view.tsx";
import { labelText } from "../../parts/label_text.ts";
import { Loaded } from "../../parts/states.tsx";
import { useCatalog } from "../webhooks/webhook_reads.ts";
import type { ReadEvent } from "./event_model.ts";
import classes from "./payload_view.module.css";
import type { CheckedField, Mismatch } from "./schema_check.ts";
import { checkSchema } from "./schema_check.ts";

/** Content, error, and the check of the content field by field. */
export function PayloadView({ read: { event, contentText, errorText } }: { read: ReadEvent }) {
  const t = useT();
  const catalog = useCatalog();
  if (contentText === null) return <Alert color="gray">{t("event.payload.erased")}</Alert>;
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        {t("event.payload.content")}
      </Title>
      <BodyView body={contentText} label={t("event.payload.content")} fileName={`${event._id}-content`} />
      {errorText === null ? null : (
        <>
          <Title order={3} size="h5">
            {t("event.payload.error")}
          </Title>
          <BodyView body={errorText} label={t("event.payload.error")} fileName={`${event._id}-error`} />
        </>
      )}
      <Title order={3} size="h5">
        {t("event.payload.check")}
      </Title>
      <Loaded query={catalog} lines={3}>
        {(topics) => {
          const schema = topics[event.topic]?.actions[event.action]?.content;
          if (schema === undefined) return <Text size="sm">{t("event.payload.unknown")}</Text>;
          return <FieldTable schema={schema} contentText={contentText} />;
        }}
      </Loaded>
    </Stack>
  );
}

function FieldTable({ schema, contentText }: { schema: unknown; contentText: string }) {
  const t = useT();
  const fields = useMemo(() => checkSchema(schema, JSON.parse(contentText)), [schema, contentText]);
  const wrong = fields.filter(({ mismatch }) => mismatch !== null).length;
  return (
    <Stack gap="xs">
      <Alert
        color={wrong === 0 ? "green" : "red"}
        icon={wrong === 0 ? <IconCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      >
        {t("event.payload.verdict", { count: wrong })}
      </Alert>
      <div className={classes["scroller"]} tabIndex={0} role="region" aria-label={t("event.payload.check")}>
        <Table fz="sm" aria-label={t("event.payload.check")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("event.payload.field")}</Table.Th>
              <Table.Th>{t("event.payload.type")}</Table.Th>
              <Table.Th>{t("event.payload.found")}</Table.Th>
              <Table.Th>{t("event.payload.result")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {fields.map((field) => (
              <FieldRow key={field.path} field={field} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}

function FieldRow({ field: { path, type, isRequired, description, found, mismatch } }: { field: CheckedField }) {
  const t = useT();
  return (
    <Table.Tr data-wrong={mismatch !== null}>
      <Table.Th scope="row" fw={500} title={description === "" ? undefined : description}>
        <span className="mono">{path === "" ? t("event.payload.whole") : labelText(path)}</span>{" "}
        {isRequired ? (
          <Badge size="xs" variant="default" tt="none">
            {t("event.payload.required")}
          </Badge>
        ) : null}
      </Table.Th>
      <Table.Td className="mono">{labelText(type)}</Table.Td>
      <Table.Td className="mono">{found ?? "—"}</Table.Td>
      <Table.Td>
        <Verdict found={found} mismatch={mismatch} />
      </Table.Td>
    </Table.Tr>
  );
}

function Verdict({ found, mismatch }: { found: string | null; mismatch: Mismatch | null }) {
  const t = useT();
  if (mismatch !== null) {
    const expected = "expected" in mismatch ? labelText(mismatch.expected) : "";
    return (
      <span className={classes["wrong"]}>
        <IconAlertTriangle size={16} aria-hidden /> {t(`event.payload.mismatch.${mismatch.kind}`, { expected })}
      </span>
    );
  }
  const Icon = found === null ? IconMinus : IconCheck;
  return (
    <span>
      <Icon size={16} aria-hidden /> {t(found === null ? "event.payload.absent" : "event.payload.fits")}
    </span>
  );
}

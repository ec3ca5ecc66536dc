/** One entry of the audit log: what changed, field by field, by whom, from where, and its place in the chain. */
import { Drawer, Group, Stack, Table, Text, Title } from "@mantine/core";
import type { Answer } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { ExactTime } from "../../parts/time_text.tsx";
import { AuditTarget } from "./audit_target.tsx";
import classes from "./audit_entry.module.css";
import { diffValues } from "./value_diff.ts";

/** An entry as the API lists it. */
export type AuditEntry = Answer<"listAuditLog">["items"][number];

/** Over the list, whose place it keeps. */
export function AuditEntryDrawer({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  const t = useT();
  return (
    <Drawer
      opened={entry !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={t("audit.entry.title")}
      closeButtonProps={{ "aria-label": t("parts.close") }}
    >
      {entry === null ? null : <EntryDetails entry={entry} />}
    </Drawer>
  );
}

function EntryDetails({ entry }: { entry: AuditEntry }) {
  const t = useT();
  const { actor } = entry;
  return (
    <Stack>
      <dl className={classes["facts"]}>
        <dt>{t("audit.column.action")}</dt>
        <dd className="mono">{entry.action}</dd>
        <dt>{t("audit.column.at")}</dt>
        <dd>
          <ExactTime at={entry.at} />
        </dd>
        <dt>{t("audit.column.actor")}</dt>
        <dd>
          {labelText(actor.name)} <CopyableId id={actor.keyId} what={t("audit.column.actor")} />
        </dd>
        <dt>{t("audit.column.ip")}</dt>
        <dd>{actor.ip ?? t("parts.none")}</dd>
        <dt>{t("audit.column.target")}</dt>
        <dd>
          <AuditTarget entry={entry} /> <CopyButton value={entry.target.id} what={t("audit.column.target")} />
        </dd>
        <dt>{t("audit.column.request")}</dt>
        <dd>
          <CopyableId id={entry.requestId} what={t("audit.column.request")} />
        </dd>
        <dt>{t("audit.entry.id")}</dt>
        <dd>
          <CopyableId id={entry._id} what={t("audit.entry.id")} />
        </dd>
        <dt>{t("audit.entry.hash")}</dt>
        <dd>
          <CopyableId id={entry.hash} what={t("audit.entry.hash")} />
        </dd>
      </dl>
      <Title order={3} size="h5">
        {t("audit.entry.changes")}
      </Title>
      <Changes entry={entry} />
    </Stack>
  );
}

function Changes({ entry }: { entry: AuditEntry }) {
  const t = useT();
  const fields = diffValues(entry.before, entry.after);
  if (fields.length === 0) return <Text size="sm">{t("audit.entry.noValues")}</Text>;
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("audit.entry.field")}</Table.Th>
            <Table.Th>{t("audit.entry.before")}</Table.Th>
            <Table.Th>{t("audit.entry.after")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(({ field, before, after, isChanged }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" fw={isChanged ? 700 : 400}>
                {labelText(field)}
              </Table.Th>
              <Table.Td>{isChanged ? <del>{shown(before)}</del> : shown(before)}</Table.Td>
              <Table.Td>{isChanged ? <ins>{shown(after)}</ins> : shown(after)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );

  function shown(value: string | null): string {
    return value === null ? t("audit.entry.unset") : labelText(value);
  }
}

function CopyableId({ id, what }: { id: string | null; what: string }) {
  const t = useT();
  if (id === null) return t("parts.none");
  return (
    <Group component="span" gap={4} display="inline-flex" wrap="nowrap">
      <span className={classes["id"]}>{labelText(id)}</span>
      <CopyButton value={id} what={what} />
    </Group>
  );
}

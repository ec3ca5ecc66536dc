/** Custom headers that go with every POST. Stored values are not shown: they stay until they are written over. */
import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useT } from "../../i18n/i18n.ts";
import type { FormProps } from "./delivery_fields.tsx";
import { fieldId } from "./form_errors.ts";
import type { HeaderRow } from "./webhook_form.ts";
import { HEADERS_MAX, renamedHeader } from "./webhook_form.ts";
import classes from "./webhook.module.css";

/** A line for each header, and a button for one more. */
export function HeadersField({ form, errors, onChange }: FormProps) {
  const t = useT();
  const { headers } = form;
  const put = (at: number, header: HeaderRow): void => onChange({ headers: headers.with(at, header) });
  return (
    <Fieldset legend={t("form.headers")} variant="unstyled" className={classes["headers"] ?? ""}>
      <Stack gap="xs">
        <Text size="sm">{t("form.headersHint", { max: HEADERS_MAX })}</Text>
        {headers.map((header, at) => (
          <Group key={at} gap="xs" align="start" wrap="nowrap">
            <TextInput
              id={fieldId(`headers.${at}`)}
              aria-label={t("form.headerName", { number: at + 1 })}
              placeholder={t("form.headerNameHint")}
              className={classes["header"] ?? ""}
              value={header.name}
              error={errors[`headers.${at}`]}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => put(at, renamedHeader(header, event.currentTarget.value))}
            />
            <TextInput
              aria-label={t("form.headerValue", { number: at + 1 })}
              placeholder={header.isStored ? t("form.headerStored") : t("form.headerValueHint")}
              className={classes["header"] ?? ""}
              value={header.value}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => put(at, { ...header, value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("form.headerRemove", { number: at + 1 })}
              onClick={() => onChange({ headers: headers.toSpliced(at, 1) })}
            >
              <IconTrash size={16} stroke={1.6} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={headers.length >= HEADERS_MAX}
            onClick={() => onChange({ headers: [...headers, { name: "", value: "", isStored: false }] })}
          >
            {t("form.headerAdd")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

/** The headers of a request or a response as they were sent, in their order; a name may stand there more than once. */
import { Table, Text } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import classes from "./headers_table.module.css";

/** `label` names the table. */
export function HeadersTable({ headers, label }: { headers: readonly (readonly string[])[]; label: string }) {
  const t = useT();
  if (headers.length === 0) return <Text size="sm">{t("event.headers.none")}</Text>;
  return (
    <div className={classes["scroller"]} tabIndex={0} role="region" aria-label={label}>
      <Table aria-label={label} layout="fixed" verticalSpacing={2} horizontalSpacing="xs" fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="38%">{t("event.headers.name")}</Table.Th>
            <Table.Th>{t("event.headers.value")}</Table.Th>
            <Table.Th w={36}>
              <span className="visuallyHidden">{t("parts.copy")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {headers.map(([name = "", value = ""], at) => (
            <Table.Tr key={at}>
              <Table.Th scope="row" fw={500} className={classes["text"]}>
                {labelText(name)}
              </Table.Th>
              <Table.Td className={classes["text"]}>{labelText(value)}</Table.Td>
              <Table.Td>
                <CopyButton value={value} what={name} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

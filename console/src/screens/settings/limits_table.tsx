/** The limits of the API, so that nobody learns of them by a refusal. */
import { Table } from "@mantine/core";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { countText } from "../../parts/quantities.ts";
import { LIMITS } from "./limits.ts";

const KIB = 1_024;

/** One limit a row. */
export function LimitsTable() {
  const t = useT();
  const locale = useLocale();
  const valueOf = ({ kind, max }: (typeof LIMITS)[number]): string => {
    if (kind === "characters") return t("settings.limit.characters", { count: max });
    if (kind === "count") return countText(max, locale);
    return max < KIB * KIB
      ? t("settings.limit.kib", { count: countText(max / KIB, locale) })
      : t("settings.limit.mib", { count: countText(max / KIB / KIB, locale) });
  };
  return (
    <Table>
      <Table.Tbody>
        {LIMITS.map((limit) => (
          <Table.Tr key={limit.name}>
            <Table.Th scope="row">{t(`settings.limit.${limit.name}`)}</Table.Th>
            <Table.Td>{valueOf(limit)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

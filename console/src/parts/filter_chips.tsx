/** The filters in force, each with a way to remove it: beside a list, and in place of one that is empty because of them. */
import { Button, Group, Stack, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useT } from "../i18n/i18n.ts";

/** One filter in force; `label` is translated, such as "State: Disabled". */
export type FilterChip = { id: string; label: string; onRemove: () => void };

/** Nothing without filters. */
export function FilterChips({ chips, onClear }: { chips: readonly FilterChip[]; onClear: () => void }) {
  const t = useT();
  if (chips.length === 0) return null;
  return (
    <Group gap="xs">
      {chips.map(({ id, label, onRemove }) => (
        <Button
          key={id}
          size="compact-sm"
          variant="default"
          radius="xl"
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={t("parts.removeFilter", { what: label })}
          onClick={onRemove}
        >
          {label}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t("parts.clearFilters")}
      </Button>
    </Group>
  );
}

/** There is something, but not with these filters. */
export function NoMatch({ chips, onClear }: { chips: readonly FilterChip[]; onClear: () => void }) {
  const t = useT();
  return (
    <Stack align="center" py="xl" gap="sm" ta="center">
      <Title order={2} size="h4">
        {t("parts.noMatch")}
      </Title>
      <FilterChips chips={chips} onClear={onClear} />
    </Stack>
  );
}

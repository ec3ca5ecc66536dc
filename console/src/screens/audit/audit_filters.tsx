/** The filters of the audit log, all of them in the address. */
import { Group, NativeSelect } from "@mantine/core";
import { useT } from "../../i18n/i18n.ts";
import { RangePicker } from "../../parts/range_picker.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { SearchField } from "../../parts/search_field.tsx";
import type { AuditSearch } from "./audit_search.ts";

const KINDS = ["webhook", "api-key", "event", "message", "job", "settings", "session", "view"] as const;

/** Above the list. */
export function AuditFilters({ search }: { search: AuditSearch }) {
  const t = useT();
  const change = useSearchChange();
  const kinds = KINDS.map((kind) => ({ value: `${kind}.`, label: t(`audit.kind.${kind}`) }));
  const exact = search.action === undefined || search.action.endsWith(".") ? [] : [search.action];
  return (
    <Group align="end" gap="sm">
      <SearchField
        label={t("audit.filter.target")}
        placeholder={t("audit.filter.targetHint")}
        value={search.target}
        onChange={(target) => change({ target })}
      />
      <SearchField
        label={t("audit.filter.actor")}
        placeholder={t("audit.filter.actorHint")}
        value={search.actor}
        isOfPage={false}
        onChange={(actor) => change({ actor })}
      />
      <NativeSelect
        label={t("audit.filter.action")}
        value={search.action ?? ""}
        data={[{ value: "", label: t("audit.filter.anyAction") }, ...kinds, ...exact]}
        onChange={(event) => change({ action: event.currentTarget.value || undefined })}
      />
      <RangePicker value={search} standard="all" onChange={change} />
    </Group>
  );
}

/** Why a backend refuses what it receives: the signature and the verification token, taken apart. */
import { Tabs } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useT } from "../../i18n/i18n.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { oneOf } from "../../search_params.ts";
import { DEBUGGER_TABS } from "./debugger_search.ts";
import { SignatureDebugger } from "./signature_debugger.tsx";
import { TokenDebugger } from "./token_debugger.tsx";

/** Two tabs, of which the address names one. */
export function DebuggerScreen() {
  const t = useT();
  const { tab = "signature", webhook } = useSearch({ from: "/signed-in/a/$appId/$appEnv/debugger" });
  const change = useSearchChange();
  return (
    <>
      <PageTitle title={t("debugger.title")} />
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: oneOf(value, DEBUGGER_TABS) }, { isReplacing: false })}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={t("debugger.tabs")}>
          {DEBUGGER_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`debugger.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="signature">
          <SignatureDebugger webhookId={webhook} />
        </Tabs.Panel>
        <Tabs.Panel value="token">
          <TokenDebugger />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

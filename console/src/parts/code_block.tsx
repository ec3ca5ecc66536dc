/** Text for machines: shown as it is, wrapped on demand by scrolling, copied with one press. */
import { ScrollArea } from "@mantine/core";
import { CopyButton } from "./copy_button.tsx";
import classes from "./code_block.module.css";

/** `what` names the text for the copy button. */
export function CodeBlock({ code, what, maxHeight = 360 }: { code: string; what: string; maxHeight?: number }) {
  return (
    <div className={classes["block"]}>
      <div className={classes["copy"]}>
        <CopyButton value={code} what={what} />
      </div>
      <ScrollArea.Autosize
        mah={maxHeight}
        type="auto"
        viewportProps={{ tabIndex: 0, role: "region", "aria-label": what }}
      >
        <pre className={classes["code"]}>{code}</pre>
      </ScrollArea.Autosize>
    </div>
  );
}

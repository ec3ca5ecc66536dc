/** The inside of a note that something was done, with its way back. */
import { Button, Group, Text } from "@mantine/core";

/** One line and one button. */
export function UndoNote({ message, label, onUndo }: { message: string; label: string; onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{message}</Text>
      <Button size="compact-sm" variant="default" onClick={onUndo}>
        {label}
      </Button>
    </Group>
  );
}

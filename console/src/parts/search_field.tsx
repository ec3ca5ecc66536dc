/** A field for searching. What is typed is told after a short rest. */
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useFieldText } from "./field_text.ts";

const REST_MS = 200;

/** `value` is what is in force, from the address; undefined: nothing. `isOfPage` (the standard): `/` leads to it. */
export function SearchField({
  label,
  placeholder,
  value = "",
  isOfPage = true,
  onChange,
}: {
  label: string;
  placeholder?: string;
  value?: string | undefined;
  isOfPage?: boolean;
  onChange: (text: string | undefined) => void;
}) {
  const { text, setText, tell } = useFieldText(value);
  const tellLater = useDebouncedCallback((next: string) => {
    tell(next);
    onChange(next === "" ? undefined : next);
  }, REST_MS);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
      value={text}
      maxLength={255}
      autoComplete="off"
      spellCheck={false}
      data-page-search={isOfPage || undefined}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tellLater(event.currentTarget.value.trim());
      }}
    />
  );
}

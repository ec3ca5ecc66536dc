import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { SEARCH_VALUE_CHARS_MAX, SEARCH_VALUES_MAX, searchValues } from "./search_values.ts";

test("values of fields that end in Id are found at any depth, in document order, each once", () => {
  const content = {
    signatureRequestId: "sr-1",
    name: "no",
    documents: [{ documentId: "d-1", inner: { deepId: "x" } }, { documentId: "d-1" }, { documentId: "d-2" }],
    externalId: 42,
    Id: "bare",
    idempotent: "no",
    ID: "no",
  };
  deepEqual(searchValues(content), ["sr-1", "d-1", "x", "d-2", "42", "bare"]);
});

test("values that are no string or exact integer are not found, but what is inside of them is", () => {
  const content = {
    aId: null,
    bId: true,
    cId: 1.5,
    dId: 2 ** 53,
    eId: "",
    fId: { gId: "g" },
    hId: ["i", { jId: "j" }],
  };
  deepEqual(searchValues(content), ["g", "j"]);
  for (const scalar of [null, "x", 1, undefined, []]) deepEqual(searchValues(scalar), []);
});

test("the longest value that is indexed has 255 characters", () => {
  const longest = "x".repeat(SEARCH_VALUE_CHARS_MAX);
  deepEqual(searchValues({ aId: longest, bId: `${longest}x` }), [longest]);
});

test("the first 20 values are taken and the next one is not", () => {
  const list = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ rowId: `r${index}`, again: { rowId: "r0" } }));
  deepEqual(searchValues(list(SEARCH_VALUES_MAX)).length, SEARCH_VALUES_MAX);
  deepEqual(
    searchValues(list(SEARCH_VALUES_MAX + 1)),
    list(SEARCH_VALUES_MAX).map((row) => row.rowId),
  );
});

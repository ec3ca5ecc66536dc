/** A function that stays the same from render to render, and does what the newest render says. */
import { useCallback, useEffect, useRef } from "react";

/** For what is called later, such as at a press: not while rendering. */
export function useStableCallback<Given extends readonly unknown[], Result>(
  callback: (...given: Given) => Result,
): (...given: Given) => Result {
  const latest = useRef(callback);
  useEffect(() => {
    latest.current = callback;
  });
  return useCallback((...given) => latest.current(...given), []);
}

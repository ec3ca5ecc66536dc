/** The look of the console: Mantine's kit in the product's colours, with contrast enough for WCAG AA in both schemes. */
import type { CSSVariablesResolver, MantineTheme } from "@mantine/core";
import { createTheme, defaultVariantColorsResolver, luminance, Menu, parseThemeColor, Tooltip } from "@mantine/core";

const SHADES = { light: 8, dark: 4 } as const;
/** Above it, text on a colour is black. */
const LUMINANCE_MAX = 0.35;

/** For the provider. */
export const theme = createTheme({
  primaryColor: "ember",
  primaryShade: SHADES,
  autoContrast: true,
  luminanceThreshold: LUMINANCE_MAX,
  // The kit judges the contrast of filled buttons by the light scheme's shade in both schemes.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const { isThemeColor, shade, color } = parseThemeColor({ color: input.color ?? "ember", theme: input.theme });
    if (input.variant !== "filled" || !isThemeColor || shade !== undefined) return colors;
    return {
      ...colors,
      color: `light-dark(${textOn(input.theme, color, "light")}, ${textOn(input.theme, color, "dark")})`,
    };
  },
  colors: {
    ember: [
      "#fff3ec",
      "#ffe3d3",
      "#ffc7a6",
      "#ffa876",
      "#ff8f4e",
      "#f97a30",
      "#ea6a1d",
      "#cc570f",
      "#a8430a",
      "#863407",
    ],
  },
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', 'Roboto Mono', Menlo, Consolas, monospace",
  respectReducedMotion: true,
  components: {
    // The kit's placeholder for the first focus is no item, which a menu may not hold.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // What a tooltip tells has to reach the keyboard, too.
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: true }, openDelay: 250 } }),
  },
});

/** Text colours of the kit that are too pale on their ground for WCAG AA (4.5 : 1), made darker. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565d64",
    "--mantine-color-placeholder": "#656d75",
    "--mantine-color-error": "#b91c1c",
    "--mantine-color-red-light-color": "#a61b1b",
    "--mantine-color-green-light-color": "#1b6329",
    "--mantine-color-blue-light-color": "#124f8c",
    "--mantine-color-yellow-light-color": "#7a4a00",
    "--mantine-color-orange-light-color": "#8a3c00",
    "--mantine-color-gray-light-color": "#454b52",
    "--mantine-color-ember-light-color": "#863407",
  },
  dark: {
    "--mantine-color-dimmed": "#b4bac0",
    "--mantine-color-placeholder": "#a0a6ac",
    "--mantine-color-error": "#ff9b9b",
    "--mantine-color-red-light-color": "#ffb3b3",
    "--mantine-color-green-light-color": "#a3e4b0",
    "--mantine-color-blue-light-color": "#a5d3fb",
    "--mantine-color-yellow-light-color": "#ffe08a",
    "--mantine-color-orange-light-color": "#ffc9a0",
    "--mantine-color-gray-light-color": "#d5d9dd",
    "--mantine-color-ember-light-color": "#ffc7a6",
  },
});

/** Black or white, whichever is read on the shade that a scheme fills with. */
function textOn({ colors }: MantineTheme, color: string, scheme: keyof typeof SHADES): string {
  return luminance(colors[color]?.[SHADES[scheme]] ?? "#000") > LUMINANCE_MAX ? "#000" : "#fff";
}

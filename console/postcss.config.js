/** Mantine's mixins and functions for the style sheets of the components. */
export default { plugins: { "postcss-preset-mantine": {} } };

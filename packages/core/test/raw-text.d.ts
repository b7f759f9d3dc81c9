/** The text of a file, for tests: Vite gives it in Node and in the browser. */
declare module '*?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: what Vite provides
  export default text;
}

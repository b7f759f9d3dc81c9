/** Vite gives a file's text for an import with `?raw`, in Node and in the browser. */
declare module '*?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: how Vite exports it
  export default text;
}

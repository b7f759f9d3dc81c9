/** Vite gives a file's address for an import with `?url`. */
declare module '*?url' {
  const url: string;
  // biome-ignore lint/style/noDefaultExport: how Vite exports it
  export default url;
}

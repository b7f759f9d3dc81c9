/** Vite gives a file's text for an import with `?raw`, in Node and in the browser. */
declare module '*?raw' {
  const text: string;
  export default text;
}

import 'katex/dist/katex.min.css';

/** A formula that the build made of a `.tex` file. */
export function Formula({ formula }: { readonly formula: string }) {
  return <div class="formula" dangerouslySetInnerHTML={{ __html: formula }} />;
}

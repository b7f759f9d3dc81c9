/** A formula that the build made of a `.tex` file. */
export function Formula({ mathml }: { readonly mathml: string }) {
  return <div class="formula" dangerouslySetInnerHTML={{ __html: mathml }} />;
}

/** The elements of one name in SVG text, each with what is in it. */
export function elements(svg: string, name: string): string[] {
  return svg.match(new RegExp(`<${name}[ >](?:[^>]*/>|.*?</${name}>)`, 'gs')) ?? [];
}

export function attributes(element: string): Record<string, string> {
  const start = element.slice(0, element.indexOf('>'));
  return Object.fromEntries([...start.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(match => [match[1]!, match[2]!]));
}

export function textsOf(svg: string) {
  return elements(svg, 'text').map(element => {
    const { x, y, 'text-anchor': anchor } = attributes(element);
    const content = element.slice(element.indexOf('>') + 1, -'</text>'.length);
    return { content, x: Number(x), y: Number(y), anchor };
  });
}

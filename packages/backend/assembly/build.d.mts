export function compile(): Promise<{ module: string; text: string }>;

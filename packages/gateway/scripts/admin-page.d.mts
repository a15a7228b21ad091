import type { OpenApiDocument } from '../src/admin/openapi.ts';

export function documentText(api: OpenApiDocument): string;
export function adminPage(api: OpenApiDocument): string;

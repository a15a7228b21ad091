import type { Server } from '@switchyard/server';

/** A tool that says who is calling, and one that only administrators know of. */
export function addVisibilityTools(server: Server): void {
  server.registerTool(
    'who_am_i',
    { description: 'Says who the server takes the caller for.' },
    ({ principal }) =>
      principal.subject === ''
        ? 'Nobody has vouched for you.'
        : `You are ${principal.subject} (${principal.issuer}).`,
  );

  server.registerTool(
    'admin_report',
    { description: 'Seen and called by holders of the scope `admin` only.', visible: ['admin'] },
    () => 'All is well.',
  );
}

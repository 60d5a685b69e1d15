// Runs once before the real-client tests: installs every client version and hands the paths to the test files.
import type { TestProject } from 'vitest/node';
import { clientVersions, installClient, type InstalledClient } from './install-client.ts';

declare module 'vitest' {
  // Module augmentation needs the interface form.
  interface ProvidedContext {
    clients: InstalledClient[];
  }
}

export default async function installClients(project: TestProject): Promise<void> {
  const clients: InstalledClient[] = [];
  for (const version of clientVersions) {
    const client = await installClient(version);
    if (client.path === null) process.stderr.write(`skipped: Claude Code ${version}: ${client.reason}\n`);
    clients.push(client);
  }
  project.provide('clients', clients);
}

// `background.json` in the data folder: how Tollgate may start itself in the background. Its presence is the user's
// leave to do so; the tray app writes it with the login item, a server's user by `tollgate background on`.
import { z } from 'zod';

export const BACKGROUND_FILE = 'background.json';

export const BackgroundStart = z.object({
  version: z.literal(1),
  /** Program (absolute path) and arguments. */
  command: z.array(z.string()).min(1),
});
export type BackgroundStart = z.infer<typeof BackgroundStart>;

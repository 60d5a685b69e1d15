// Which project a transcript belongs to: the folder in which its session was begun. Pure.

/** How Claude Code writes a path as the name of a folder under `projects`. */
const folderNameOf = (path: string): string => path.replace(/[^A-Za-z0-9]/g, '-');

/**
 * The project of a file whose first message was sent from `directory`. The session may have moved into a sub-folder
 * before that, so the folder that gave `projectFolder` its name is looked for upwards; a directory elsewhere stands for
 * itself. Null when the line names no directory.
 */
export function projectOfFile(projectFolder: string, directory: string): string | null {
  if (directory === '') return null;
  for (let path = directory; path !== ''; path = path.replace(/[\\/]*[^\\/]*$/, '')) {
    if (folderNameOf(path) === projectFolder) return path;
  }
  return directory;
}

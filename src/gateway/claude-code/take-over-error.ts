// Why Claude Code's settings could not be taken over or given back. Whatever the code, the settings file is as it was.

export type TakeOverErrorCode =
  /** The file is not what Claude Code accepts (strict JSON, an object, `env` an object); `place` says where. */
  | 'SETTINGS_MALFORMED'
  /** The file changed since the shown diff was made, or while it was being written. Show the diff again. */
  | 'SETTINGS_CHANGED'
  /** The file or its folder may not be written by this user. */
  | 'SETTINGS_READ_ONLY'
  /** The path is a folder, a device, or a link that leads nowhere. */
  | 'SETTINGS_NOT_A_FILE'
  /** The file is there and cannot be read. */
  | 'SETTINGS_UNREADABLE'
  /** Writing failed for another reason, such as a lock that another program holds. */
  | 'SETTINGS_WRITE_FAILED'
  /** No room for the new file, its copy or its record. */
  | 'DISK_FULL'
  /** The record of the change could not be kept in Tollgate's data folder. */
  | 'DATA_FOLDER_UNWRITABLE'
  /** The administrator's settings let Claude Code start with a login only, so a local key would lock it out. */
  | 'KEY_FORBIDDEN'
  /** Another process of Tollgate changes the same settings at this moment. */
  | 'BUSY'
  /** The new text would have differed in more than Tollgate's own keys: a fault of Tollgate. */
  | 'EDIT_UNSAFE';

/** Place in a text file, both counted from 1; columns count UTF-16 units, as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export class TakeOverError extends Error {
  readonly code: TakeOverErrorCode;
  /** Set with SETTINGS_MALFORMED, else null. */
  readonly place: TextPlace | null;

  /** `message`: one or two sentences, what happened and what the user can do. */
  constructor(
    code: TakeOverErrorCode,
    message: string,
    details: { place?: TextPlace; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TakeOverError';
    this.code = code;
    this.place = details.place ?? null;
  }
}

// The shell's questions as the system's own message boxes.
import type { MessageBoxOptions, MessageBoxReturnValue } from 'electron';
import type { QuitQuestion } from './quit-question.ts';

/** What is used of Electron's dialog. */
export interface MessageBoxes {
  showMessageBox(options: MessageBoxOptions): Promise<MessageBoxReturnValue>;
}

export async function askAboutQuit(
  boxes: MessageBoxes,
  question: QuitQuestion,
): Promise<{ readonly button: number; readonly remember: boolean }> {
  const { response, checkboxChecked } = await boxes.showMessageBox({
    type: 'question',
    message: question.message,
    detail: question.detail,
    buttons: question.buttons.map(({ label }) => label),
    defaultId: 0,
    cancelId: question.escape,
    noLink: true,
    ...(question.rememberable ? { checkboxLabel: 'Remember my choice' } : {}),
  });
  return { button: response, remember: checkboxChecked };
}

/** True for yes. */
export async function askAboutLogin(boxes: MessageBoxes): Promise<boolean> {
  const { response } = await boxes.showMessageBox({
    type: 'question',
    message: 'Start Tollgate when you log in?',
    detail:
      'Claude Code goes through Tollgate now, and reaches no model while it is not running. You can change this in the settings at any time.',
    buttons: ['Start at login', 'Not now'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

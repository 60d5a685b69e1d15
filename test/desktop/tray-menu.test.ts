// Trap 104: an open menu is not closed, and not changed in shape, by a data update.
import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { menuTemplate, TrayMenu } from '../../src/desktop/tray-menu.ts';
import type { MenuEntry, TrayAction } from '../../src/desktop/tray-view.ts';

class FakeMenu {
  readonly items: Map<string, { label: string; enabled: boolean; checked: boolean }>;
  readonly #listeners: { event: string; listener: () => void }[] = [];

  constructor(template: MenuItemConstructorOptions[]) {
    this.items = new Map(
      template.map(({ id = '', label = '', enabled = true, checked = false }) => [
        id,
        { label, enabled, checked },
      ]),
    );
  }

  getMenuItemById(id: string) {
    return this.items.get(id) ?? null;
  }

  on(event: string, listener: () => void): void {
    this.#listeners.push({ event, listener });
  }

  emit(event: 'menu-will-show' | 'menu-will-close'): void {
    for (const entry of this.#listeners) if (entry.event === event) entry.listener();
  }
}

const fact = (label: string): MenuEntry => ({ kind: 'fact', id: 'today', label });
const choice = (id: string, checked: boolean): MenuEntry => ({
  kind: 'choice',
  id,
  label: id,
  checked,
  enabled: true,
  action: { type: 'use-provider', provider: id },
});

function rig(attached: boolean) {
  const built: FakeMenu[] = [];
  const attachments: FakeMenu[] = [];
  const actions: TrayAction[] = [];
  const menu = new TrayMenu<FakeMenu>({
    build(template) {
      const made = new FakeMenu(template);
      built.push(made);
      return made;
    },
    attach: attached ? (made) => void attachments.push(made) : null,
    run: (action) => void actions.push(action),
  });
  const label = () => menu.current?.items.get('today')?.label;
  return { menu, built, attachments, actions, label };
}

test('equal shape: labels and marks change in place, also while the menu is open', () => {
  const { menu, built, label } = rig(false);
  menu.update([fact('Today $1'), choice('a', true), choice('b', false)]);
  menu.current?.emit('menu-will-show');
  menu.update([fact('Today $2'), choice('a', false), choice('b', true)]);
  expect(built).toHaveLength(1);
  expect(label()).toBe('Today $2');
  expect(menu.current?.items.get('b')?.checked).toBe(true);
});

test('another shape waits until the menu is closed', () => {
  const { menu, built } = rig(false);
  menu.update([fact('x')]);
  menu.current?.emit('menu-will-show');
  menu.update([fact('x'), choice('a', true)]);
  expect(built).toHaveLength(1);
  menu.current?.emit('menu-will-close');
  expect(built).toHaveLength(2);
  expect([...(menu.current?.items.keys() ?? [])]).toEqual(['today', 'a']);
});

test('a menu that the desktop shows is handed over again after each change, never while open', () => {
  const { menu, attachments, label } = rig(true);
  menu.update([fact('1')]);
  menu.update([fact('2')]);
  expect(attachments).toHaveLength(2);
  menu.current?.emit('menu-will-show');
  menu.update([fact('3')]);
  expect(attachments).toHaveLength(2);
  expect(label()).toBe('2');
  menu.current?.emit('menu-will-close');
  expect(attachments).toHaveLength(3);
  expect(label()).toBe('3');
});

test('a desktop that never says "closed" does not freeze the menu: the next opening catches up', () => {
  const { menu, label } = rig(true);
  menu.update([fact('1')]);
  menu.current?.emit('menu-will-show');
  menu.update([fact('2')]);
  menu.current?.emit('menu-will-show');
  expect(label()).toBe('2');
});

test('equal entries touch nothing; a refused choice is set right again', () => {
  const { menu, attachments } = rig(true);
  menu.update([choice('a', true)]);
  menu.update([choice('a', true)]);
  expect(attachments).toHaveLength(1);
  menu.restore();
  expect(attachments).toHaveLength(2);
  expect(menu.current?.items.get('a')?.checked).toBe(true);
});

test('another action behind the same label is another menu: a click never does what the label no longer says', () => {
  const { menu, built } = rig(false);
  const pause = (paused: boolean): MenuEntry => ({
    kind: 'action',
    id: 'pause',
    label: 'P',
    action: { type: 'pause', paused },
  });
  menu.update([pause(true)]);
  menu.update([pause(false)]);
  expect(built).toHaveLength(2);
});

test('a click runs the entry’s action, facts cannot be clicked, and & stays a letter', () => {
  const ran: TrayAction[] = [];
  const [first, second] = menuTemplate([fact('A & B'), choice('a', true)], (action) => void ran.push(action));
  expect(first).toEqual({ id: 'today', label: 'A && B', enabled: false });
  const click = second?.click as () => void;
  click();
  expect(ran).toEqual([{ type: 'use-provider', provider: 'a' }]);
});

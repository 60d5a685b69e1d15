// Light, dark, or as the system says: three buttons in the rail, three menu entries in the popover.
import {
  Menu,
  SegmentedControl,
  useMantineColorScheme,
  VisuallyHidden,
  type MantineColorScheme,
} from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface SchemeChoice {
  readonly value: MantineColorScheme;
  readonly label: string;
  readonly icon: ReactNode;
}

const choices: readonly SchemeChoice[] = [
  { value: 'auto', label: 'As the system', icon: <IconDeviceDesktop size={16} stroke={1.5} /> },
  { value: 'light', label: 'Light', icon: <IconSun size={16} stroke={1.5} /> },
  { value: 'dark', label: 'Dark', icon: <IconMoon size={16} stroke={1.5} /> },
];

export function SchemeSegments() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="Colours"
      fullWidth
      value={colorScheme}
      onChange={(value) => setColorScheme(value)}
      data={choices.map((choice) => ({
        value: choice.value,
        label: (
          <span title={choice.label} style={{ display: 'grid', placeItems: 'center' }}>
            {choice.icon}
            <VisuallyHidden>{choice.label}</VisuallyHidden>
          </span>
        ),
      }))}
    />
  );
}

export function SchemeMenuItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choose = (value: string): void => {
    const choice = choices.find((one) => one.value === value);
    if (choice !== undefined) setColorScheme(choice.value);
  };
  return (
    <>
      <Menu.Label>Colours</Menu.Label>
      <Menu.RadioGroup value={colorScheme} onChange={choose}>
        {choices.map((choice) => (
          <Menu.RadioItem key={choice.value} value={choice.value} rightSection={choice.icon}>
            {choice.label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

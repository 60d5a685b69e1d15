// Mantine, made to speak our language: warm greys, one accent, 13 px, radius 8, hairlines and no shadows. The colours
// themselves live in styles/tokens.css; Mantine's variables point there.
import {
  createTheme,
  Autocomplete,
  Button,
  Drawer,
  Menu,
  Modal,
  Notification,
  SegmentedControl,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';
import controls from './styles/controls.module.css';

const warmGray: MantineColorsTuple = [
  '#fbfaf8',
  '#f3f0eb',
  '#ebe7e0',
  '#e2ddd5',
  '#cfc8bd',
  '#b3aa9e',
  '#8d857a',
  '#675f55',
  '#463f37',
  '#211d18',
];

const warmDark: MantineColorsTuple = [
  '#ece7df',
  '#cfc8bd',
  '#a89f93',
  '#6f685f',
  '#35312c',
  '#2a2723',
  '#211e1b',
  '#1a1816',
  '#141210',
  '#0e0d0b',
];

const toll: MantineColorsTuple = [
  '#fbf3eb',
  '#f6ece2',
  '#f0d5ba',
  '#eab98a',
  '#e39a55',
  '#d98740',
  '#c8752d',
  '#b1641f',
  '#95500f',
  '#6f3a08',
];

export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  headings: { fontWeight: '600' },
  defaultRadius: 8,
  colors: { gray: warmGray, dark: warmDark, toll },
  primaryColor: 'toll',
  primaryShade: { light: 6, dark: 4 },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Autocomplete: Autocomplete.extend({
      defaultProps: {
        maxDropdownHeight: 280,
        comboboxProps: { shadow: 'none', transitionProps: { duration: 0 } },
      },
      classNames: { input: controls.entry, dropdown: controls.menu, option: controls.option },
    }),
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'xs' },
      classNames: { root: controls.button },
    }),
    Drawer: Drawer.extend({ defaultProps: { shadow: 'none', transitionProps: { duration: 0 } } }),
    Modal: Modal.extend({
      defaultProps: { shadow: 'none', transitionProps: { duration: 0 } },
      classNames: { content: controls.sheet, overlay: controls.veil, title: controls.sheetTitle },
    }),
    Menu: Menu.extend({
      defaultProps: { shadow: 'none', transitionProps: { duration: 0 } },
      classNames: { dropdown: controls.menu, item: controls.menuItem, label: controls.menuLabel },
    }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      classNames: {
        root: controls.toast,
        title: controls.toastTitle,
        description: controls.toastText,
        icon: controls.toastIcon,
      },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs', transitionDuration: 0 },
      classNames: { root: controls.segments, indicator: controls.segment, label: controls.segmentLabel },
    }),
  },
});

/** Points Mantine's own variables at our tokens, the same for both schemes: the tokens know the scheme. */
export const resolveCssVariables: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--ground)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-quiet)',
    '--mantine-color-default': 'var(--ground)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--hairline)',
  };
  return { variables: {}, light: tokens, dark: tokens };
};

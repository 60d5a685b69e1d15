// Makes every icon from assets/mark.svg: tray images for each state, the app icon, .ico and .icns. Run by hand after
// the mark changed (`node scripts/icons.mjs`); the results are kept in the repository.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

const assets = fileURLToPath(new URL('../assets', import.meta.url));

/** Parts shown in each state of the tray icon; the line and the post always are. */
const trayStates = {
  on: { parts: ['arm-raised'], arm: '#c8752d' },
  'on-streaming': { parts: ['arm-raised', 'dot-below'], arm: '#c8752d' },
  warning: { parts: ['arm-bent'], arm: '#c8752d' },
  'warning-streaming': { parts: ['arm-bent', 'dot-below'], arm: '#c8752d' },
  blocked: { parts: ['arm-lowered'], arm: '#d0402e' },
  'blocked-streaming': { parts: ['arm-lowered', 'dot-above'], arm: '#d0402e' },
  asks: { parts: ['arm-notched'], arm: '#d9a514' },
  off: { parts: ['arm-dotted'], arm: '#8c857c' },
};
const variableParts = [
  'plate',
  'arm-raised',
  'arm-lowered',
  'arm-dotted',
  'arm-notched',
  'arm-bent',
  'dot-below',
  'dot-above',
];
/** A grey that stands out on light and dark task bars alike. */
const still = '#8c857c';
/** macOS reads a template image's opacity only. */
const template = '#000000';

/**
 * Renders the mark. `colours`: still, arm, dot and plate as hex; `viewBox` cuts out or adds room.
 * Returns the PNG file's bytes.
 */
function render(svg, size, { parts, colours, viewBox = '0 0 16 16' }) {
  const hidden = variableParts
    .filter((part) => !parts.includes(part))
    .map((part) => `#${part} { display: none }`);
  const shown = parts.map((part) => `#${part} { display: inline }`);
  const paint = [
    `.still { stroke: ${colours.still} }`,
    `.arm { stroke: ${colours.arm} }`,
    `.dot { fill: ${colours.dot} }`,
    `#plate { fill: ${colours.plate ?? 'none'} }`,
  ];
  const style = `<style>${[...hidden, ...shown, ...paint].join(' ')}</style>`;
  const source = svg
    .replace(/<style>[\s\S]*?<\/style>/, style)
    .replace('viewBox="0 0 16 16"', `viewBox="${viewBox}"`);
  return new Resvg(source, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

/**
 * Sizes of each state's files, by the folder named after the platform. Electron picks the density by the `@` part and
 * takes `Template` in the name as "tint this"; Linux panels scale by themselves and want one large picture.
 */
const trayFiles = {
  darwin: { 'Template.png': 16, 'Template@2x.png': 32 },
  win32: { '.png': 16, '@1.25x.png': 20, '@1.5x.png': 24, '@2x.png': 32 },
  linux: { '.png': 32 },
};

async function writeTrayIcons(svg) {
  for (const [platform, files] of Object.entries(trayFiles)) {
    const folder = join(assets, 'tray', platform);
    await mkdir(folder, { recursive: true });
    for (const [state, { parts, arm }] of Object.entries(trayStates)) {
      const colours =
        platform === 'darwin' ? { still: template, arm: template, dot: template } : { still, arm, dot: arm };
      for (const [ending, size] of Object.entries(files)) {
        await writeFile(join(folder, state + ending), render(svg, size, { parts, colours }));
      }
    }
  }
}

/** The app icon: the mark on its plate. `margin` in grid units keeps the plate off the edge, as macOS wants it. */
function renderAppIcon(svg, size, margin) {
  const start = -4 - margin;
  const length = 24 + 2 * margin;
  return render(svg, size, {
    parts: ['plate', 'arm-raised', 'dot-below'],
    colours: { plate: '#26211c', still: '#ece7df', arm: '#e39a55', dot: '#e39a55' },
    viewBox: `${start} ${start} ${length} ${length}`,
  });
}

/** ICO: a directory of PNG files, which Windows reads since Vista. A width of 256 is written as 0. */
function packIco(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const entry = 6 + 16 * index;
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** ICNS: a list of typed PNG files, each with its length in front. */
function packIcns(images) {
  const chunks = images.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 8);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(length, 4);
  return Buffer.concat([head, ...chunks]);
}

/** Sizes of an .icns file by type; `ic11` to `ic14` are the double-density ones. */
const icnsSizes = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
};

async function writeAppIcons(svg) {
  const folder = join(assets, 'app');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'icon.png'), renderAppIcon(svg, 512, 0));
  const ico = [16, 24, 32, 48, 64, 128, 256].map((size) => ({ size, png: renderAppIcon(svg, size, 0) }));
  await writeFile(join(folder, 'icon.ico'), packIco(ico));
  const icns = Object.entries(icnsSizes).map(([type, size]) => ({
    type,
    png: renderAppIcon(svg, size, 2.9),
  }));
  await writeFile(join(folder, 'icon.icns'), packIcns(icns));
}

const svg = await readFile(join(assets, 'mark.svg'), 'utf8');
await writeTrayIcons(svg);
await writeAppIcons(svg);

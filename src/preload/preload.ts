// The only file that touches ipcRenderer: named functions from desktop-api.ts, no generic invoke. It runs in the
// sandbox as one CommonJS file; the main process checks the sender and parses every input.
import { contextBridge, ipcRenderer } from 'electron';
import { desktopChannels, type DesktopApi, type OnQuit } from './desktop-api.ts';

const desktopApi: DesktopApi = {
  async restartGateway() {
    await ipcRenderer.invoke(desktopChannels.restartGateway);
  },
  async openWindow() {
    await ipcRenderer.invoke(desktopChannels.openWindow);
  },
  async hideWindow() {
    await ipcRenderer.invoke(desktopChannels.hideWindow);
  },
  async getOpenAtLogin() {
    return (await ipcRenderer.invoke(desktopChannels.getOpenAtLogin)) === true;
  },
  async setOpenAtLogin(open) {
    return (await ipcRenderer.invoke(desktopChannels.setOpenAtLogin, open)) === true;
  },
  async getOnQuit() {
    return (await ipcRenderer.invoke(desktopChannels.getOnQuit)) as OnQuit;
  },
  async setOnQuit(choice) {
    return (await ipcRenderer.invoke(desktopChannels.setOnQuit, choice)) as OnQuit;
  },
};

contextBridge.exposeInMainWorld('tollgateDesktop', desktopApi);

import { contextBridge, ipcRenderer } from 'electron'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import type { OperationAnswer } from '../../shared/contract/problem.ts'
import {
  CALL_CHANNEL,
  type DesktopBridge,
  type DesktopEvent,
  EVENT_CHANNEL,
} from '../../shared/desktop-bridge.ts'

// Everything the page can reach is named here. The page never sees ipcRenderer, an event object or a channel name.
const bridge: DesktopBridge = {
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationAnswer<OperationOutput<Name>>> {
    return ipcRenderer.invoke(CALL_CHANNEL, name, input)
  },
  onEvent(listener: (event: DesktopEvent) => void): () => void {
    const forward = (_event: unknown, message: DesktopEvent): void => listener(message)
    ipcRenderer.on(EVENT_CHANNEL, forward)
    return () => {
      ipcRenderer.off(EVENT_CHANNEL, forward)
    }
  },
  platform: process.platform,
  face: 'window',
}

contextBridge.exposeInMainWorld('weir', bridge)

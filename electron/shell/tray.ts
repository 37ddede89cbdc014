import { app, Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, Tray } from 'electron'
import type { Caller, Weir } from '../core/api.ts'
import { dispatchToAnswer } from '../operations/dispatch.ts'
import { isTrayShown } from './tray-host.ts'
import { trayPixels } from './tray-icon.ts'
import { enforcementOf, type TrayItem, type TrayLight, type TrayView, trayViewOf } from './tray-view.ts'

// A pause that ends by itself tells nobody; half a minute later the tray knows.
const LOOK_MS = 30_000
/** What the tray speaks of; turns and checks, which change all the time, are not among it. */
const TOPICS = new Set(['alerts', 'enforcement', 'jobs', 'override', 'restore', 'settings', 'status'])

/** Points of a side; screens of twice the density take the larger picture. */
const ICON_POINTS = 16
const ICON_SCALES = [1, 2] as const

/** What the tray needs of the window. */
export interface TrayParts {
  readonly weir: Weir
  readonly caller: Caller
  /** Brings the window up, at a screen of its own when one is named. */
  readonly open: (path: string | null) => void
}

/** The icon in the tray, as far as the rest of the window is concerned. */
export interface TrayIcon {
  /** Whether somebody can see it, and so get back to a window that is hidden. */
  readonly isShown: () => Promise<boolean>
  readonly stop: () => void
}

/**
 * Shows in the tray whether limits are enforced and whether somebody should look, until it is stopped. Where there is
 * no tray (a desktop without one, no desktop at all) Weir does without.
 */
export function startTray(parts: TrayParts): TrayIcon {
  const { weir } = parts
  const tray = openTray(parts)
  if (tray === null) return { isShown: async () => false, stop: () => undefined }
  let shown = ''
  const show = (view: TrayView): void => {
    // The menu is closed under the hand of whoever has it open when it is set again.
    const said = JSON.stringify([view.light, view.tooltip])
    if (said === shown || tray.isDestroyed()) return
    try {
      tray.setImage(imageOf(view.light))
      tray.setToolTip(view.tooltip)
      tray.setContextMenu(menuOf(view, parts))
      shown = said
    } catch (error) {
      // The next look tries again; a desktop that takes its tray away must not end Weir.
      weir.ports.log.warn('the tray could not show the state of Weir', { error })
    }
  }
  let looking: Promise<void> | undefined
  const look = (): void => {
    // One after the other: the last state that was read is the one that stays.
    looking = Promise.resolve(looking).then(async () => show(await viewOf(weir)))
  }
  const unsubscribe = weir.changes.subscribe(({ topics }) => {
    if (topics.some((topic) => TOPICS.has(topic))) look()
  })
  const timer = setInterval(look, LOOK_MS)
  look()
  return {
    isShown: async () => !tray.isDestroyed() && (process.platform !== 'linux' || (await isTrayShown())),
    stop: () => {
      unsubscribe()
      clearInterval(timer)
      tray.destroy()
    },
  }
}

function openTray({ weir, open }: TrayParts): Tray | null {
  try {
    const tray = new Tray(imageOf('fine'))
    tray.on('click', () => open(null))
    return tray
  } catch (error) {
    weir.ports.log.info('there is no tray on this desktop', { error })
    return null
  }
}

async function viewOf(weir: Weir): Promise<TrayView> {
  try {
    return trayViewOf(await weir.status())
  } catch (error) {
    weir.ports.log.warn('the tray could not be told the state of Weir', { error })
    return trayViewOf(null)
  }
}

function imageOf(light: TrayLight): NativeImage {
  const isTemplate = process.platform === 'darwin'
  const image = nativeImage.createEmpty()
  for (const scaleFactor of ICON_SCALES) {
    const size = ICON_POINTS * scaleFactor
    const buffer = nativeImage
      .createFromBitmap(trayPixels(light, size, isTemplate), { width: size, height: size })
      .toPNG()
    image.addRepresentation({ scaleFactor, buffer })
  }
  image.setTemplateImage(isTemplate)
  return image
}

function menuOf({ groups }: TrayView, parts: TrayParts): Menu {
  const lines = groups.flatMap((group, index): MenuItemConstructorOptions[] => [
    ...(index === 0 ? [] : [{ type: 'separator' } as const]),
    ...group.map((item) => lineOf(item, parts)),
  ])
  return Menu.buildFromTemplate(lines)
}

function lineOf(item: TrayItem, parts: TrayParts): MenuItemConstructorOptions {
  if (item.items !== undefined)
    return { label: item.label, submenu: item.items.map((each) => lineOf(each, parts)) }
  const { action } = item
  if (action === undefined) return { label: item.label, enabled: false }
  return { label: item.label, click: () => void act(action, parts) }
}

async function act(
  action: NonNullable<TrayItem['action']>,
  { weir, caller, open }: TrayParts,
): Promise<void> {
  if (action.kind === 'quit') app.quit()
  else if (action.kind === 'open') open(action.path)
  else {
    const input = enforcementOf(action, weir.ports.clock.now())
    const answer = await dispatchToAnswer(weir, 'enforcement.set', input, caller)
    // The screen says more than a menu can about why it could not be done.
    if (!answer.ok) open('/enforcement')
  }
}

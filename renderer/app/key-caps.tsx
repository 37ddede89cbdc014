import { Kbd } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { text } from '../text.ts'
import { isMac } from './desktop.ts'
import { capsOf } from './keystroke.ts'

/** A shortcut as keys to press: `mod+k`, `g d`. */
export function KeyCaps({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className="key-caps">
      {capsOf(keys, isMac()).map((stroke, at) => (
        // The strokes of one shortcut never change places.
        // biome-ignore lint/suspicious/noArrayIndexKey: the position is what tells two equal strokes apart
        <Fragment key={at}>
          {at > 0 && <span className="key-then">{text.shell.shortcutHelp.between}</span>}
          {stroke.map((cap) => (
            <Kbd key={cap} size="xs">
              {cap}
            </Kbd>
          ))}
        </Fragment>
      ))}
    </span>
  )
}

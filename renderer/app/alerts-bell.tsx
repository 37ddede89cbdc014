import { ActionIcon, Indicator, Popover, Tooltip } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { alertsText } from '../text/alerts.ts'
import { AlertsList } from './alerts-list.tsx'
import { useShortcut } from './shortcuts.tsx'
import { useStatus } from './status.ts'

// A badge with more digits would hide the bell.
const SHOWN_MAX = 99

/** The bell: how many alerts are unread, and the list of them. The count comes with the status, so it costs no call. */
export function AlertsBell(): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const unread = useStatus().data?.unread_alerts ?? 0
  const label = alertsText.bell(unread)
  useShortcut('a', () => setOpen(!isOpen), alertsText.title)
  // The list hears Escape only while the focus is in it, and a button that is done with its work loses it.
  useShortcut('Escape', () => setOpen(false), alertsText.close, { enabled: isOpen })
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={400} trapFocus withinPortal>
      <Popover.Target>
        <Tooltip label={label} disabled={isOpen}>
          <Indicator
            disabled={unread === 0}
            label={unread > SHOWN_MAX ? `${SHOWN_MAX}+` : unread}
            size={16}
            color="red.8"
            offset={5}
          >
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={label}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              <IconBell size={18} aria-hidden />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={alertsText.title}>
        {isOpen && <AlertsList onLeave={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  )
}

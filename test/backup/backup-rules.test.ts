import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expendableBackups, newBackupId } from '../../electron/core/backup/backup-rules.ts'
import { BACKUP_REASONS, type BackupReason } from '../../shared/backup-reasons.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/units.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')

describe('the rules of backups', () => {
  test('backups of one second have different names that sort in their order, whatever chance says', () => {
    const numbers = [0x8007, 3, 0xffff]
    const names: string[] = []
    for (let made = 0; made < 3; made += 1)
      names.push(newBackupId(NOON + made * 300, () => numbers[made] ?? 0, names))
    expect(names).toEqual(['20261124T120000Z-0007', '20261124T120000Z-0008', '20261124T120000Z-0009'])
    expect(newBackupId(NOON + 1_000, () => 1, names)).toBe('20261124T120001Z-0001')
    expect(newBackupId(NOON, () => 1, ['20261124T120000Z-ffff'])).toBe('20261124T120001Z-0001')
  })

  test.each(BACKUP_REASONS.filter((reason) => reason.startsWith('before-')))(
    'backups made %s are kept and take no other backup its place, however often one goes back',
    (wayBack) => {
      const made = (id: string, minutes: number, reason: BackupReason) => ({
        id,
        createdAt: NOON + minutes * MINUTE_MS,
        reason,
        isVerified: true,
      })
      const chosen = [made('a', 0, 'manual'), made('b', 1, 'manual'), made('c', 2, 'manual')]
      const before = Array.from({ length: 5 }, (_, at) => made(`r${at}`, 3 + at, wayBack))
      expect(expendableBackups([...chosen, ...before], NOON)).toEqual([])
      expect(expendableBackups([...chosen, ...before, made('d', 9, 'manual')], NOON)).toEqual(['a'])
    },
  )

  test('a year of daily backups keeps the last days, weeks and months', () => {
    const backups = Array.from({ length: 365 }, (_, day) => ({
      id: String(day).padStart(3, '0'),
      createdAt: NOON - day * DAY_MS,
      reason: 'daily' as const,
      isVerified: true,
    }))
    const gone = expendableBackups(backups, NOON)
    expect(backups.length - gone.length).toBeGreaterThanOrEqual(18)
    expect(backups.length - gone.length).toBeLessThanOrEqual(23)
    expect(gone).not.toContain('006')
  })

  test.each(['before-restore', 'before-import', 'before-fix'] as const)(
    'of backups made %s the last five stay, all of a week up to twenty, and those of another reason take no place',
    (reason) => {
      const daily = (count: number, from: number, each: number, of: BackupReason) =>
        Array.from({ length: count }, (_, at) => ({
          id: `${of}-${from + at}`,
          createdAt: NOON - (from + at) * each,
          reason: of,
          isVerified: true,
        }))
      const other = reason === 'before-fix' ? 'before-import' : 'before-fix'
      const others = daily(4, 0, DAY_MS, other)
      const old = daily(7, 10, DAY_MS, reason)
      const ids = (gone: readonly string[]) => [...gone].sort()
      expect(ids(expendableBackups([...others, ...old], NOON))).toEqual([`${reason}-15`, `${reason}-16`])
      const young = daily(30, 0, 3 * HOUR_MS, reason)
      expect(ids(expendableBackups([...others, ...young], NOON))).toEqual(
        Array.from({ length: 10 }, (_, at) => `${reason}-${20 + at}`),
      )
      const aWeek = daily(10, 0, DAY_MS, reason)
      expect(ids(expendableBackups([...others, ...aWeek], NOON))).toEqual(
        [7, 8, 9].map((at) => `${reason}-${at}`),
      )
    },
  )

  test('the newest good backups and those before a migration are never deleted, whatever there is', () => {
    const backup = fc.record({
      createdAt: fc.integer({ min: NOON - 900 * DAY_MS, max: NOON }),
      reason: fc.constantFrom(...BACKUP_REASONS),
      isVerified: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(backup, { maxLength: 80 }), (some) => {
        const backups = some.map((one, index) => ({ ...one, id: String(index).padStart(3, '0') }))
        const gone = new Set(expendableBackups(backups, NOON))
        const kept = backups.filter((one) => !gone.has(one.id))
        const good = backups.filter((one) => one.isVerified)
        expect(kept.filter((one) => one.isVerified).length).toBeGreaterThanOrEqual(Math.min(2, good.length))
        const newest = Math.max(...good.map((one) => one.createdAt))
        if (good.length > 0) expect(kept.some((one) => one.isVerified && one.createdAt === newest)).toBe(true)
        for (const one of backups) if (one.reason === 'before-migration') expect(gone.has(one.id)).toBe(false)
      }),
    )
  })
})

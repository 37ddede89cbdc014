import { ActionIcon, Menu, useComputedColorScheme } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ExportFormat } from '../../shared/contract/exports.ts'
import { showDone } from '../app/notify.ts'
import { CANVAS_COLORS } from '../app/theme.ts'
import { componentsText } from '../text/components.ts'
import type { BarPoint, BarSeries } from './bars.ts'
import { type Row, toCsv } from './export-rows.ts'
import { EXPORT_CHOICES, takeRows } from './take-rows.ts'

const text = componentsText.chart

/** Room above the picture for the title; pixels of the canvas. */
const TITLE_HEIGHT = 44

/** What `ChartExport` takes. */
export interface ChartExportProps {
  readonly title: string
  readonly unit: string
  readonly stepName: string
  readonly points: readonly BarPoint[]
  readonly series: readonly BarSeries[]
  /** Finds the canvas when it is asked for; null while the figures are shown as a table. */
  readonly canvas: (() => HTMLCanvasElement | null) | null
}

/** Takes a chart along: as a picture, as the figures it is made of, or onto the clipboard. */
export function ChartExport({ title, unit, stepName, points, series, canvas }: ChartExportProps): ReactNode {
  const scheme = useComputedColorScheme('light')
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const savePicture = (): void => {
    const drawn = canvas?.() ?? null
    if (drawn === null) return
    const link = document.createElement('a')
    link.href = withTitle(drawn, `${title}: ${unit}`, CANVAS_COLORS[scheme]).toDataURL('image/png')
    link.download = `${name}.png`
    link.click()
    showDone(text.saved(`${name}.png`))
  }
  const saveFigures = async (format: ExportFormat): Promise<void> => {
    await takeRows(chartRows({ stepName, points, series }), format, name)
    if (format !== 'tsv') showDone(text.saved(`${name}.${format}`))
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={28} aria-label={text.export(title)} title={text.export(title)}>
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={canvas === null} onClick={savePicture}>
          {text.png}
        </Menu.Item>
        {EXPORT_CHOICES.map(([format, choice]) => (
          <Menu.Item key={format} onClick={() => void saveFigures(format)}>
            {choice}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

type Figures = Pick<ChartExportProps, 'stepName' | 'points' | 'series'>

/** The figures of a chart, a row for each step. */
export function chartRows({ stepName, points, series }: Figures): readonly Row[] {
  return points.map((point, at) => ({
    [stepName]: point.fullLabel,
    ...Object.fromEntries(series.map(({ label, values }) => [label, values[at] ?? 0])),
  }))
}

/** The figures of a chart with a header. A cell that a spreadsheet would run as a formula is marked as text. */
export function chartCsv(figures: Figures): string {
  return toCsv(chartRows(figures))
}

type Colors = (typeof CANVAS_COLORS)['light' | 'dark']

/** The chart on paper: a canvas of its own is transparent, and says nowhere what it shows. */
function withTitle(drawn: HTMLCanvasElement, title: string, { paper, ink }: Colors): HTMLCanvasElement {
  const sheet = document.createElement('canvas')
  sheet.width = drawn.width
  sheet.height = drawn.height + TITLE_HEIGHT
  const pen = sheet.getContext('2d')
  if (pen === null) return drawn
  pen.fillStyle = paper
  pen.fillRect(0, 0, sheet.width, sheet.height)
  pen.fillStyle = ink
  pen.font = '600 18px sans-serif'
  pen.fillText(title, 12, 28, sheet.width - 24)
  pen.drawImage(drawn, 0, TITLE_HEIGHT)
  return sheet
}

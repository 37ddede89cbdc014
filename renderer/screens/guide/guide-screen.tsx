/// <reference path="./guide-pages.d.ts" />
import { pages } from 'virtual:guide-pages'
import { Text, TextInput, Title } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { guideText } from '../../text/guide.ts'
import styles from './guide.module.css'
import { GuideBlocks } from './guide-blocks.tsx'
import { sectionsWith } from './guide-text.ts'

const route = getRouteApi('/guide')

/** The documentation, as it was built into this Weir: a page of it, with the way to all others. */
export function GuideScreen(): ReactNode {
  const { page: id, section } = route.useSearch()
  const page = pages.find((each) => each.id === id) ?? pages[0]
  const body = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top, the same one stays where it is
  useEffect(() => {
    const heading = [...(body.current?.querySelectorAll<HTMLElement>('[data-section]') ?? [])].find(
      (each) => each.dataset['section'] === section,
    )
    // Read out, and where Tab goes on from.
    heading?.focus({ preventScroll: true })
    // After the shell, which begins every screen at its top.
    const frame = requestAnimationFrame(() => (heading ?? body.current)?.scrollIntoView())
    return () => cancelAnimationFrame(frame)
  }, [page, section])
  if (page === undefined) return null
  return (
    <div className={styles.guide}>
      <Contents page={page.id} section={section} />
      <article ref={body} className={styles.page} aria-label={page.title}>
        {page.sections.map((each) => (
          <section key={each.id} aria-label={each.title}>
            <Title order={2} className={styles.title} data-section={each.id} tabIndex={-1}>
              {each.title}
            </Title>
            <GuideBlocks blocks={each.blocks} />
          </section>
        ))}
      </article>
    </div>
  )
}

interface ContentsProps {
  readonly page: string
  readonly section: string | undefined
}

function Contents({ page, section }: ContentsProps): ReactNode {
  const [lookedFor, setLookedFor] = useState('')
  const found = useMemo(() => sectionsWith(pages, lookedFor), [lookedFor])
  return (
    <nav className={styles.contents} aria-label={guideText.contents}>
      <TextInput
        size="xs"
        leftSection={<IconSearch size={14} aria-hidden />}
        aria-label={guideText.search}
        placeholder={guideText.search}
        value={lookedFor}
        onChange={(event) => setLookedFor(event.currentTarget.value)}
        data-search
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          {guideText.nothing}
        </Text>
      )}
      {found.map(({ page: each, sections }) => (
        <div key={each.id}>
          <Link
            to="/guide"
            search={{ page: each.id }}
            className={styles.entry}
            data-active={each.id === page && section === undefined}
          >
            <strong>{each.title}</strong>
          </Link>
          {(lookedFor.trim() !== '' || each.id === page) &&
            sections.map(({ id, title }) => (
              <Link
                key={id}
                to="/guide"
                search={{ page: each.id, section: id }}
                className={styles.entry}
                data-active={each.id === page && id === section}
                data-inner
              >
                {title}
              </Link>
            ))}
        </div>
      ))}
    </nav>
  )
}

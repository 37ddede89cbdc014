import { Anchor, Code, List, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode } from 'react'
import type { GuideBlock, GuideWords } from '../../../shared/guide.ts'
import styles from './guide.module.css'

/** Blocks of the documentation, below one another. */
export function GuideBlocks({ blocks }: { readonly blocks: readonly GuideBlock[] }): ReactNode {
  // The documentation is what it was when Weir was built: a place is as good as a name.
  return blocks.map((block, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
    <Fragment key={at}>{blockOf(block)}</Fragment>
  ))
}

function blockOf(block: GuideBlock): ReactNode {
  switch (block.kind) {
    case 'heading':
      return (
        <Title order={3} className={styles.heading}>
          <Words words={block.words} />
        </Title>
      )
    case 'paragraph':
      return (
        <Text component="p" className={styles.paragraph}>
          <Words words={block.words} />
        </Text>
      )
    case 'picture':
      return (
        <img
          className={styles.picture}
          src={block.source}
          alt={block.says}
          width={block.width}
          height={block.height}
          loading="lazy"
        />
      )
    case 'code':
      return (
        // Longer lines are moved to with the keyboard, too.
        <Code block tabIndex={0} className={styles.code}>
          {block.text}
        </Code>
      )
    case 'list':
      return (
        <List type={block.isOrdered ? 'ordered' : 'unordered'} className={styles.list}>
          {block.items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
            <List.Item key={at}>
              <GuideBlocks blocks={item} />
            </List.Item>
          ))}
        </List>
      )
    case 'table':
      return (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing={6} className={styles.table}>
            <Table.Thead>
              <Table.Tr>
                {block.head.map((cell, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
                  <Table.Th key={at} scope="col">
                    <Words words={cell} />
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {block.rows.map((row, line) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
                <Table.Tr key={line}>
                  {row.map((cell, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
                    <Table.Td key={at}>
                      <Words words={cell} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )
    default:
      return block satisfies never
  }
}

function Words({ words }: { readonly words: readonly GuideWords[] }): ReactNode {
  return words.map((each, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
    <Fragment key={at}>{wordOf(each)}</Fragment>
  ))
}

function wordOf(word: GuideWords): ReactNode {
  switch (word.kind) {
    case 'text':
      return word.text
    case 'code':
      return <Code>{word.text}</Code>
    case 'strong':
      return (
        <strong>
          <Words words={word.words} />
        </strong>
      )
    case 'emphasis':
      return (
        <em>
          <Words words={word.words} />
        </em>
      )
    case 'link':
      return <GuideLink word={word} />
    default:
      return word satisfies never
  }
}

function GuideLink({ word }: { readonly word: Extract<GuideWords, { kind: 'link' }> }): ReactNode {
  const { to, words } = word
  if (to.kind === 'outside') {
    return (
      <Anchor href={to.address} target="_blank" rel="noreferrer" inherit>
        <Words words={words} />
      </Anchor>
    )
  }
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link {...props} to="/guide" search={{ page: to.page, section: to.section }}>
          <Words words={words} />
        </Link>
      )}
    />
  )
}

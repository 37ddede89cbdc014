/** The documentation inside the console. */
export const guideText = {
  title: 'Guide',
  /** What F1, the menu and the button at the top are called. */
  open: 'Guide to this screen',
  contents: 'Contents',
  search: 'Search the guide',
  nothing: 'No section has all of these words.',
}

#!/bin/sh
# The command line of an installed Weir: the program itself, told not to open a window. Link it to where your shell
# looks: ln -s /Applications/Weir.app/Contents/Resources/weir /usr/local/bin/weir
here=$(cd "$(dirname "$(realpath "$0")")" && pwd)
exec "$here/../MacOS/Weir" --cli -- "$@"

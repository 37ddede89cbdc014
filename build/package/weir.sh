#!/bin/sh
# The command line of an installed Weir: the program itself, told not to open a window. It shows no page, so it needs
# neither Chromium's sandbox nor the process that prepares one, and Chromium's remarks about a missing desktop are kept
# from whoever reads stderr. Behind "--" nothing is taken for a switch of Chromium.
here=$(dirname "$(readlink -f "$0")")
exec "$here/weir-window" --no-sandbox --no-zygote --log-level=3 --cli -- "$@"

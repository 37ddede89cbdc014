@echo off
rem The command line of an installed Weir: the program itself, told not to open a window.
"%~dp0Weir.exe" --cli -- %*

"""The command line: a module for each group of commands.

What only one command needs is imported in it: the libraries of channels and phone would double the memory of a backend
or worker. tests/test_memory.py watches over it.
"""

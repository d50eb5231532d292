/* Files that others put there: opened without waiting, and read only where they are files. Private to io/. */
#ifndef IO_REGULAR_FILE_H
#define IO_REGULAR_FILE_H

/* A descriptor to read from, or -1 and a reason: nothing but a regular file is sure to be read without waiting. */
int regular_file_open(const char *path, const char **why);

#endif

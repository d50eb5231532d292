/* A temporary folder for one test. */
#ifndef TESTS_STORE_FOLDER_H
#define TESTS_STORE_FOLDER_H

/* The caller frees. */
char *folder_new(void);
/* With all files in it and in its folders. */
void folder_remove(const char *path);

#endif

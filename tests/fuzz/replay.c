/*
 * Runs a fuzz target over files without libFuzzer: replay FILE-OR-FOLDER…
 * Every input is tried whole and cut short at up to PREFIXES places, because parsers break at their ends. Each try gets
 * a copy of exactly its size, so that a sanitizer sees the first byte read too far.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PREFIXES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long inputs;

static void die_with_errno(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

static void run_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		die_with_errno("malloc");
	if (size)
		memcpy(copy, data, size);
	/* Zero is libFuzzer's "keep it", -1 its "not interesting": neither is a failure. */
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_with_prefixes(const uint8_t *data, size_t size)
{
	size_t step = size / PREFIXES + 1;
	for (size_t n = 0; n < size; n += step)
		run_input(data, n);
	run_input(data, size);
	inputs++;
}

static void replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);
	if (!f || !data || fread(data, 1, size, f) != size)
		die_with_errno(path);
	fclose(f);
	run_with_prefixes(data, size);
	free(data);
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort);
	if (count < 0)
		die_with_errno(path);
	for (int i = 0; i < count; i++) {
		char below[4096];
		if (names[i]->d_name[0] != '.') {
			if (snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name) >= (int)sizeof below) {
				errno = ENAMETOOLONG;
				die_with_errno(path);
			}
			replay(below);
		}
		free(names[i]);
	}
	free(names);
}

static void replay(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		die_with_errno(path);
	if (S_ISDIR(st.st_mode))
		replay_folder(path);
	else
		replay_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (inputs == 0) {
		fprintf(stderr, "usage: %s FILE-OR-FOLDER… with at least one input\n", argv[0]);
		return 2;
	}
	printf("%lu inputs\n", inputs);
	return 0;
}

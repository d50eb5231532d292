/* Landlock's rules for the folders that are named, and the step after which they hold. */
#include "io/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"

/* Of later kernels than the headers may be. */
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define FS_FIRST ((UINT64_C(1) << 13) - 1) /* what the first version knows */

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE                                                                                                          \
	(READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |           \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_REFER |             \
	 FS_TRUNCATE)

#define FOLDERS_MAX 10000 /* that are noted; what lies in further ones cannot be read again */

/* Libraries, certificates, zones, names of hosts and accounts; /etc/resolv.conf and its like may be links out of it. */
static const char *const of_the_system[] = {"/etc", "/usr", "/lib", "/lib64", "/proc", "/dev"};
static const char *const links_of_the_system[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/localtime"};

static struct {
	struct map *folders; /* real path -> itself; NULL: nothing is noted */
	bool confined;
} state;

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- what is read ---- */

static void note_folder(const char *real)
{
	if (map_count(state.folders) < FOLDERS_MAX && !map_get(state.folders, str_c(real))) {
		char *kept = mem_strdup(real);
		map_set(state.folders, str_c(kept), kept);
	}
}

/* "/a/b" -> "/a", "/a" -> "/", "a" -> "."; of the copy that is given. */
static char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash) {
		mem_cleanup(&path);
		return mem_strdup(".");
	}
	slash[slash == path] = '\0';
	return path;
}

static void note_real_folder(const char *folder)
{
	AUTOFREE char *real = realpath(folder, NULL);
	if (real)
		note_folder(real);
}

/* Where a link leads, the neighbours may be read too, for it may lead to one of them next time. Never all there is. */
static void note_target(const char *path)
{
	struct stat st;
	AUTOFREE char *real = lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;

	if (!real)
		return;
	AUTOFREE char *above = cut_last(mem_strdup(real));
	if (strcmp(above, "/") != 0)
		note_folder(above);
}

void confinement_note(const char *path)
{
	struct stat st;

	if (!state.folders || state.confined)
		return;
	AUTOFREE char *folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? mem_strdup(path) : cut_last(mem_strdup(path));
	AUTOFREE char *begun = mem_strdup(path);
	note_real_folder(folder);
	for (char *slash = *begun ? strchr(begun + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		note_target(begun);
		*slash = '/';
	}
	note_target(begun);
}

void confinement_prepare(void)
{
	if (!state.folders)
		state.folders = map_new();
}

/* ---- the rules ---- */

/* What this kernel's version can restrict; 0: nothing. */
static uint64_t restrictable(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1)
		return 0;
	return FS_FIRST | (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0) |
	       (version >= 5 ? FS_IOCTL_DEV : 0);
}

static bool allow(int ruleset, const char *folder, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = open(folder, O_PATH | O_CLOEXEC)};
	if (rule.parent_fd < 0)
		return errno == ENOENT || errno == EACCES;
	bool ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return ok;
}

static void make_folders(const char *path)
{
	AUTOFREE char *folder = mem_printf("%s/", path);

	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(folder, 0700); /* where it cannot be made, whoever needs it says so */
		*slash = '/';
	}
}

static bool allow_all(int ruleset, uint64_t known, const char *const *folders, size_t count)
{
	struct str name;
	void *folder;
	bool ok = true;

	for (size_t i = 0; i < COUNT(of_the_system); i++)
		ok = ok && allow(ruleset, of_the_system[i], READ & known);
	for (size_t i = 0; map_next(state.folders, &i, &name, &folder);)
		ok = ok && allow(ruleset, folder, READ & known);
	for (size_t i = 0; i < count; i++) {
		make_folders(folders[i]);
		ok = ok && allow(ruleset, folders[i], WRITE & known);
	}
	return ok;
}

static void forget_folders(void)
{
	struct str name;
	void *folder;

	for (size_t i = 0; map_next(state.folders, &i, &name, &folder);)
		free(folder);
	map_free(state.folders);
	state.folders = NULL;
}

bool confinement_begin(const char *const *folders, size_t count, struct err *err)
{
	const struct landlock_ruleset_attr attr = {.handled_access_fs = restrictable()};

	for (size_t i = 0; i < COUNT(links_of_the_system); i++)
		confinement_note(links_of_the_system[i]);
	int ruleset = attr.handled_access_fs ? (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0) : -1;
	state.confined = ruleset >= 0 && allow_all(ruleset, attr.handled_access_fs, folders, count) &&
	                 prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	                 syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (!state.confined)
		err_add(err, "%s", attr.handled_access_fs ? strerror(errno) : "this kernel has no Landlock");
	if (ruleset >= 0)
		close(ruleset);
	forget_folders();
	return state.confined;
}

const char *confinement_error(int error)
{
	if (error == EACCES && state.confined)
		return "Permission denied: outside the folders that were read at the start, which is all that --landlock "
			   "allows until "
			   "a restart";
	return strerror(error);
}

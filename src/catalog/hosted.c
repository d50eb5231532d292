/* A file by its URL on a code host: the repository, and the path in it; and which page of the folder that is. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"

/* What stands between the repository and the path. The longer before what they end in. */
static const struct {
	const char *mark;
	bool branch; /* the next segment is a branch, a tag or a commit */
	const char *why;
} marks[] = {
	{"/-/blob/", true, "GitLab, a file"},         {"/-/tree/", true, "GitLab, a folder"},
	{"/-/raw/", true, "GitLab, a file as it is"}, {"/-/wikis/", false, "GitLab's wiki"},
	{"/blob/", true, "GitHub, a file"},           {"/tree/", true, "GitHub, a folder"},
	{"/raw/", true, "GitHub, a file as it is"},   {"/wiki/", false, "GitHub's wiki"},
	{"/src/branch/", true, "Gitea and Forgejo"},  {"/src/tag/", true, "Gitea and Forgejo"},
	{"/src/commit/", true, "Gitea and Forgejo"},  {"/src/", true, "Bitbucket"},
};

static struct str behind_slash(struct str path)
{
	ptrdiff_t slash = str_index(path, '/');
	return slash < 0 ? (struct str){NULL, 0} : str_slice(path, (size_t)slash + 1, path.n);
}

static struct str last_name(struct str path)
{
	size_t from = path.n;
	while (from && path.p[from - 1] != '/')
		from--;
	return str_slice(path, from, path.n);
}

static struct str without_query_or_anchor(struct str url)
{
	size_t n = 0;
	while (n < url.n && url.p[n] != '?' && url.p[n] != '#')
		n++;
	return str_slice(url, 0, n);
}

/* The path is empty where the URL is that of the whole repository. */
static bool split_hosted(struct str url, struct hosted *out)
{
	url = without_query_or_anchor(url);
	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(url, str_c(marks[i].mark));
		if (at < 0)
			continue;
		struct str rest = str_slice(url, (size_t)at + strlen(marks[i].mark), url.n);
		*out = (struct hosted){.repository = str_slice(url, 0, (size_t)at)};
		out->name = last_name(out->repository);
		out->path = marks[i].branch ? behind_slash(rest) : rest;
		return out->name.n > 0;
	}
	return false;
}

bool page_hosted(struct str url, struct hosted *out)
{
	return split_hosted(url, out) && out->path.n;
}

static struct str host_of_repository(struct str repository)
{
	size_t n = (size_t)str_find(repository, STR("://")) + 3;
	while (n < repository.n && repository.p[n] != '/')
		n++;
	return str_slice(repository, 0, n);
}

static struct str without_end_slash(struct str path)
{
	while (str_ends(path, STR("/")))
		path.n--;
	return path;
}

enum hosted_place page_hosted_place(struct str folder, struct str url, struct str *path)
{
	struct hosted own, other;
	if (!split_hosted(folder, &own) || !split_hosted(url, &other) ||
	    !str_eq_nocase(host_of_repository(own.repository), host_of_repository(other.repository)))
		return HOSTED_UNTOLD;
	if (!str_eq_nocase(own.repository, other.repository))
		return HOSTED_IN_OTHER;
	struct str above = without_end_slash(own.path);
	bool at = str_starts(other.path, above) && other.path.n >= above.n;
	*path = at ? str_slice(other.path, above.n, other.path.n) : (struct str){NULL, 0};
	return at && (!above.n || !path->n || path->p[0] == '/') ? HOSTED_BELOW : HOSTED_UNTOLD;
}

/* The folder is a clone of that repository, by its name; of its wiki, which is a repository too. */
static bool is_clone(const struct catalog *c, struct str repository)
{
	struct str wiki = STR(".wiki"), folder = c->folder_name;
	if (str_ends(folder, wiki))
		folder = str_slice(folder, 0, folder.n - wiki.n);
	return folder.n && str_eq_nocase(folder, repository);
}

struct str pages_find_hosted(const struct catalog *c, struct str url)
{
	struct hosted h;
	if (!page_hosted(url, &h))
		return (struct str){NULL, 0};
	struct str page = pages_find_by_tail(c, h.path, 2);
	return !page.n && is_clone(c, h.name) ? pages_find(c, h.path) : page;
}

const struct runbook *catalog_page_hosted(const struct catalog *c, struct str url)
{
	struct str page = pages_find_hosted(c, url);
	return page.n ? catalog_runbook(c, page) : NULL;
}

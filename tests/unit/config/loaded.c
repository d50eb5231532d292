#include "loaded.h"

#include <assert.h>

static void print_without(const struct err *e, const char *path, struct buf *out)
{
	AUTOBUF struct buf all;
	buf_init(&all, SIZE_MAX);
	buf_init(out, SIZE_MAX);
	err_print(e, &all);
	struct str rest = buf_str(&all), prefix = str_c(path);
	for (ptrdiff_t at; (at = str_find(rest, prefix)) >= 0; rest = str_slice(rest, (size_t)at + prefix.n + 1, rest.n))
		buf_add(out, str_slice(rest, 0, (size_t)at));
	buf_add(out, rest);
}

void load_with(const struct folder *f, const struct config_options *extra, struct loaded *out)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOERR struct err warned = ERR_INIT;
	AUTOFREE char *file = folder_path(f, "config/runbookd.yml");
	struct config_options options = *extra;
	options.file = file;
	out->files = config_files_disk();
	out->config = config_load(&options, out->files, &err, &warned);
	print_without(&err, f->path, &out->errors);
	print_without(&warned, f->path, &out->warnings);
	assert((out->config == NULL) == err_any(&err) || (options.tolerant && out->config));
}

void load_folder(const struct folder *f, struct loaded *out)
{
	load_with(f, &(struct config_options){.no_secrets = false}, out);
}

void load_text(const struct folder *f, const char *text, struct loaded *out)
{
	folder_write(f, "config/runbookd.yml", text);
	load_folder(f, out);
}

void loaded_release(struct loaded *l)
{
	config_unref(l->config);
	config_files_free(l->files);
	buf_release(&l->errors);
	buf_release(&l->warnings);
}

const char *errors(const struct loaded *l)
{
	return l->errors.p ? l->errors.p : "";
}

const char *warnings(const struct loaded *l)
{
	return l->warnings.p ? l->warnings.p : "";
}

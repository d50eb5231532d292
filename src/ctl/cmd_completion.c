/*
 * runbookctl completion: a script for bash, zsh or fish that completes commands, their words and flags, made of the table of
 * commands.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cmd.h"
#include "help/help.h"

#define WORDS_MAX 4096

/* Flags whose values are files or folders; those of others are not guessed. */
static bool names_files(const struct flag *row)
{
	return row->argument && (strstr(row->argument, "FILE") || strstr(row->argument, "FOLDER") ||
	                         strstr(row->argument, "GLOB") || strstr(row->argument, "DIR"));
}

static bool is_output(const struct flag *row)
{
	return !strcmp(row->name, "output");
}

/* --output is a flag of every command, but what it may be is the command's own. */
static bool output_is_folder(const struct cmd *cmd, const struct flag *row)
{
	return cmd && cmd->writes_folder && is_output(row);
}

static const char *value_words(const struct cmd *cmd, const struct flag *row)
{
	if (output_is_folder(cmd, row))
		return NULL;
	return cmd && cmd->sarif && is_output(row) ? "table json sarif" : row->values;
}

/* What may stand first behind the command, blanks between; help takes the names of commands and topics. */
static void add_command_words(const struct cmd *cmd, struct buf *out)
{
	const struct cmd *const *commands;
	const struct topic *topics;

	buf_add_c(out, cmd->words ? cmd->words : "");
	if (cmd != &cmd_help)
		return;
	size_t count = help_topics(&topics);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s ", topics[i].name);
	count = ctl_commands(&commands);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", commands[i]->name, i + 1 < count ? " " : "");
}

/* ---- bash ---- */

typedef bool flag_choice(const struct flag *row);

static bool takes_value(const struct flag *row)
{
	return row->argument != NULL;
}

static void add_flag_pattern(const struct flag *rows, size_t count, flag_choice *choose, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!choose(&rows[i]))
			continue;
		buf_printf(out, "%s--%s", out->n ? "|" : "", rows[i].name);
		if (rows[i].letter)
			buf_printf(out, "|-%c", rows[i].letter);
	}
}

/* "--url|-o|…" of all commands that have such a flag. */
static void add_patterns(flag_choice *choose, struct buf *out)
{
	const struct cmd *const *commands;
	const struct flag *rows;

	size_t count = ctl_flags(&rows);
	add_flag_pattern(rows, count, choose, out);
	count = ctl_commands(&commands);
	for (size_t i = 0; i < count; i++)
		add_flag_pattern(commands[i]->flags, commands[i]->flag_count, choose, out);
}

static void add_flag_words(const struct flag *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s--%s%s", out->n ? " " : "", rows[i].name, rows[i].argument ? "=" : "");
}

static void bash_case(const char *name, const struct flag *rows, size_t count, struct str words)
{
	AUTOBUF struct buf flags;
	const struct flag *global;
	size_t globals = ctl_flags(&global);

	buf_init(&flags, SIZE_MAX);
	add_flag_words(rows, count, &flags);
	add_flag_words(global, globals, &flags);
	printf("    %s) flags='%s' words='%.*s' ;;\n", name, flags.p, STR_ARG(words));
}

static void bash_cases(void)
{
	const struct cmd *const *commands;
	size_t count = ctl_commands(&commands);
	AUTOBUF struct buf words;

	buf_init(&words, WORDS_MAX);
	for (size_t i = 0; i < count; i++)
		buf_printf(&words, "%s%s", i ? " " : "", commands[i]->name);
	bash_case("''", NULL, 0, buf_str(&words));
	for (size_t i = 0; i < count; i++) {
		buf_reset(&words);
		add_command_words(commands[i], &words);
		bash_case(commands[i]->name, commands[i]->flags, commands[i]->flag_count, buf_str(&words));
	}
}

/* The first word that is no flag, nor the value of one, is the command.
   bash takes "--flag=value" for three words, and a URL for three, too. */
static void bash_find_command(const char *valued)
{
	puts("# bash completion for runbookctl, made by runbookctl completion bash\n"
	     "_runbookctl()\n{\n"
	     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= i flags words\n"
	     "    COMPREPLY=()\n"
	     "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "        case ${COMP_WORDS[i]} in");
	printf("        %s)\n"
	       "            [[ ${COMP_WORDS[i+1]} == = ]] && ((i++)); ((i++))\n"
	       "            while [[ ${COMP_WORDS[i+1]} == : ]]; do ((i += 2)); done ;;\n",
	       valued);
	puts("        -*|=) ;;\n"
	     "        *) cmd=${COMP_WORDS[i]}; break ;;\n"
	     "        esac\n"
	     "    done");
}

/* "noise:--by|…) words": the values of one flag of one command, or ("*") of all. */
static void bash_values_of(const struct cmd *cmd, const struct flag *row)
{
	const char *name = cmd ? cmd->name : "*", *words = value_words(cmd, row);

	if (!words && !output_is_folder(cmd, row))
		return;
	printf("    %s:--%s", name, row->name);
	if (row->letter)
		printf("|%s:-%c", name, row->letter);
	if (words)
		printf(") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", words);
	else
		puts(") compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")); return ;;");
}

static void bash_value_cases(void)
{
	const struct cmd *const *commands;
	const struct flag *global;
	size_t count = ctl_commands(&commands), globals = ctl_flags(&global);

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < commands[i]->flag_count; k++)
			bash_values_of(commands[i], &commands[i]->flags[k]);
		for (size_t k = 0; k < globals && (commands[i]->writes_folder || commands[i]->sarif); k++)
			bash_values_of(commands[i], &global[k]);
	}
	for (size_t k = 0; k < globals; k++)
		bash_values_of(NULL, &global[k]);
}

/* What stands after a flag that takes a value: words, a file name, or anything. */
static void bash_flag_values(const char *valued, const char *files)
{
	puts("    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	     "    [[ $cur == = ]] && cur=\n"
	     "    case $cmd:$prev in");
	bash_value_cases();
	puts("    esac\n"
	     "    case $prev in");
	printf("    %s) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", files);
	printf("    %s) return ;;\n", valued);
	puts("    esac");
}

static void bash_offers(void)
{
	puts("    esac\n"
	     "    if [[ $cur == -* ]]; then\n"
	     "        COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n"
	     "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	     "    elif [[ $words ]]; then\n"
	     "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "    else\n"
	     "        compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))\n"
	     "    fi\n"
	     "}\n"
	     "complete -F _runbookctl runbookctl");
}

static void print_bash(void)
{
	AUTOBUF struct buf valued, files;

	buf_init(&valued, WORDS_MAX);
	buf_init(&files, WORDS_MAX);
	add_patterns(takes_value, &valued);
	add_patterns(names_files, &files);
	bash_find_command(valued.p);
	bash_flag_values(valued.p, files.p);
	puts("    case $cmd in");
	bash_cases();
	bash_offers();
}

/* ---- zsh and fish ---- */

/* Within single quotes; `special` get a backslash, too. */
static void print_quoted(const char *text, const char *quote, const char *special)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs(quote, stdout);
		else
			printf("%s%c", strchr(special, *text) ? "\\" : "", *text);
}

static void zsh_values(const struct cmd *cmd, const struct flag *row)
{
	const char *words = value_words(cmd, row);

	if (words)
		printf(":(%s)", words);
	else if (output_is_folder(cmd, row))
		fputs(":_files -/", stdout);
	else if (row->argument)
		fputs(names_files(row) ? ":_files" : ": ", stdout);
}

static void zsh_flags(const struct cmd *cmd, const struct flag *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		printf("        '%s--%s%s[", rows[i].repeated ? "*" : "", rows[i].name, rows[i].argument ? "=" : "");
		print_quoted(rows[i].doc, "'\\''", "[]:\\");
		printf("]%s%s", rows[i].argument ? ":" : "", rows[i].argument ? rows[i].argument : "");
		zsh_values(cmd, &rows[i]);
		puts("'");
	}
}

static void zsh_command(const struct cmd *cmd)
{
	const struct flag *global;
	size_t globals = ctl_flags(&global);
	AUTOBUF struct buf words;

	buf_init(&words, WORDS_MAX);
	add_command_words(cmd, &words);
	printf("    (%s) flags=(\n", cmd->name);
	zsh_flags(cmd, cmd->flags, cmd->flag_count);
	zsh_flags(cmd, global, globals);
	if (words.n)
		printf("        '*:argument:(%s)'\n", words.p);
	else
		puts("        '*:argument:_files'");
	puts("        ) ;;");
}

static void print_zsh_commands(void)
{
	const struct cmd *const *commands;
	size_t count = ctl_commands(&commands);

	for (size_t i = 0; i < count; i++) {
		printf("        '%s:", commands[i]->name);
		print_quoted(commands[i]->doc, "'\\''", ":\\");
		puts("'");
	}
}

static void print_zsh(void)
{
	const struct cmd *const *commands;
	const struct flag *global;
	size_t count = ctl_commands(&commands), globals = ctl_flags(&global);

	puts("#compdef runbookctl\n"
	     "# zsh completion for runbookctl, made by runbookctl completion zsh\n"
	     "_runbookctl() {\n"
	     "    local state\n"
	     "    local -a commands flags\n"
	     "    commands=(");
	print_zsh_commands();
	puts("    )\n"
	     "    flags=(");
	zsh_flags(NULL, global, globals);
	puts("    )\n"
	     "    _arguments -C $flags '1:command:->command' '*::argument:->argument'\n"
	     "    [[ $state == command ]] && _describe command commands\n"
	     "    [[ $state == argument ]] || return\n"
	     "    case $words[1] in");
	for (size_t i = 0; i < count; i++)
		zsh_command(commands[i]);
	puts("    esac\n"
	     "    _arguments $flags\n"
	     "}\n"
	     "if [[ $funcstack[1] == _runbookctl ]]; then\n"
	     "    _runbookctl \"$@\"\n"
	     "else\n"
	     "    compdef _runbookctl runbookctl\n"
	     "fi");
}

static void fish_flags(const char *when, const struct flag *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		printf("complete -c runbookctl%s -l %s", when, rows[i].name);
		if (rows[i].letter)
			printf(" -s %c", rows[i].letter);
		fputs(names_files(&rows[i]) || is_output(&rows[i]) ? " -r -F" : rows[i].argument ? " -x" : "", stdout);
		if (rows[i].values)
			printf(" -a '%s'", rows[i].values);
		fputs(" -d '", stdout);
		print_quoted(rows[i].doc, "\\'", "\\");
		puts("'");
	}
}

static void fish_command(const struct cmd *cmd)
{
	AUTOBUF struct buf words;
	AUTOFREE char *when = mem_printf(" -n '__fish_seen_subcommand_from %s'", cmd->name);

	buf_init(&words, WORDS_MAX);
	add_command_words(cmd, &words);
	printf("complete -c runbookctl -n __fish_use_subcommand -f -a %s -d '", cmd->name);
	print_quoted(cmd->doc, "\\'", "\\");
	puts("'");
	if (words.n)
		printf("complete -c runbookctl%s -f -a '%s'\n", when, words.p);
	fish_flags(when, cmd->flags, cmd->flag_count);
}

static void print_fish(void)
{
	const struct cmd *const *commands;
	const struct flag *global;
	size_t count = ctl_commands(&commands), globals = ctl_flags(&global);

	puts("# fish completion for runbookctl, made by runbookctl completion fish");
	fish_flags("", global, globals);
	for (size_t i = 0; i < count; i++)
		fish_command(commands[i]);
}

static enum ctl_status run_completion(struct ctl *c)
{
	static const struct {
		const char *shell;
		void (*print)(void);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

	for (size_t i = 0; c->word_count == 1 && i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shells[i].shell, c->words[0]) != 0)
			continue;
		shells[i].print();
		return CTL_OK;
	}
	return ctl_bad_words(&cmd_completion, c->word_count ? c->words[0] : "");
}

const struct cmd cmd_completion = {
	.name = "completion",
	.arguments = "bash | zsh | fish",
	.doc =
		"Prints a script that completes commands and flags in this shell; source it, or put it where the shell looks.",
	.words = "bash zsh fish",
	.run = run_completion,
};

/*
 * Prints --help from the tables of options and modes, --version, and one line
 * or JSON object for each value of the setting `provider`. As sendmail, --help
 * shows only sendmail's options.
 */
#include "cli/help.h"

#include <string.h>

#include "address/domain.h"
#include "base/json_text.h"
#include "cli/option_table.h"
#include "cli/output.h"
#include "profile/mechanism.h"
#include "profile/provider.h"
#include "tls/tls_library.h"

#ifdef CA_BUNDLE
#define TRUST CA_BUNDLE
#else
#define TRUST "system"
#endif

#define LINE_WIDTH ((size_t)79)
#define MODE_COLUMN 18

/* "-P, --profile NAME", "-r ADDRESS", "-q[X]", "    --set KEY=VALUE" */
static void
print_row(FILE *out, const struct option *option, enum role role)
{
	bool is_named = option_table_has_name(option, role);
	bool is_attached = option->argument == ARGUMENT_REST;
	struct buf left = {0};

	if (option->letter != 0)
		buf_add_format(
		    &left, "-%c%s", option->letter, is_named ? ", " : "");
	else
		buf_add_text(&left, "    ");
	if (is_named)
		buf_add_format(&left, "--%s", option->name);
	if (option->metavar != NULL)
		buf_add_format(
		    &left, is_attached ? "[%s]" : " %s", option->metavar);
	if (left.len > 24)
		fprintf(out, "  %s\n  %24s %s\n", buf_text(&left), "",
		    option->help);
	else
		fprintf(out, "  %-24s %s\n", buf_text(&left), option->help);
	buf_free(&left);
}

/* Prints only the letters of the ignored options. */
static void
print_ignored(FILE *out, enum role role)
{
	fprintf(out, "\nAccepted from callers of %s, but ignored:\n ",
	    options_role_is_mail(role) ? "mailx" : "sendmail");
	for (size_t i = 0; i < ignored_option_count; i++) {
		const struct option *option = &ignored_options[i];

		if (option_table_modes(option, role) == 0)
			continue;
		fprintf(out, " -%c", option->letter);
		if (option->argument == ARGUMENT_REST)
			fprintf(out, "[%s]", option->metavar);
		else if (option->metavar != NULL)
			fprintf(out, " %s", option->metavar);
	}
	fputc('\n', out);
}

/* Whether the mode's line shows the option. No line shows mode options. */
static bool
is_shown_with(const struct option *option, enum mode mode, enum role role)
{
	return option->selects == 0 && !option_table_is_mode_letter(option) &&
	    option_table_modes(option, role) & MODE_BIT(mode);
}

static void
print_mode(FILE *out, enum mode mode, enum role role)
{
	size_t column = 0;

	fprintf(out, "  %s", mode_table[mode].name);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		char word[32];
		int len;

		if (!is_shown_with(option, mode, role))
			continue;
		len = option->letter != 0
		    ? snprintf(word, sizeof(word), "-%c", option->letter)
		    : snprintf(word, sizeof(word), "--%s", option->name);
		if (column == 0)
			fprintf(out, "%*s",
			    MODE_COLUMN - (int)strlen(mode_table[mode].name),
			    "");
		else if (column + 1 + (size_t)len > LINE_WIDTH)
			fprintf(out, "\n  %*s", MODE_COLUMN, "");
		if (column == 0 || column + 1 + (size_t)len > LINE_WIDTH)
			column = MODE_COLUMN + 2;
		column += 1 + (size_t)len;
		fprintf(out, " %s", word);
	}
	fputc('\n', out);
}

static bool
role_has_mode(enum role role, enum mode mode)
{
	for (size_t i = 0; i < option_count; i++)
		if ((option_table[i].selects == MODE_BIT(mode) ||
			option_table_is_mode_letter(&option_table[i])) &&
		    option_table_modes(&option_table[i], role) & MODE_BIT(mode))
			return true;
	return false;
}

static void
print_modes(FILE *out, enum role role)
{
	fputs("\nModes and the options that go with each; the default is "
	      "-bm:\n",
	    out);
	for (enum mode mode = MODE_SUBMIT; mode < MODE_COUNT; mode++)
		if (role_has_mode(role, mode))
			print_mode(out, mode, role);
}

static const char *
usage_of(enum role role)
{
	if (options_role_is_mail(role))
		return "usage: mail [options] recipient ... < text\n\n"
		       "This is smtpost in place of mail and mailx. It sends "
		       "mail and cannot read it.\n\n";
	if (options_role_is_sendmail(role))
		return "usage: sendmail [options] recipient ... < message\n"
		       "       sendmail -t [options] < message\n"
		       "       mailq\n"
		       "       newaliases\n\n"
		       "This is smtpost in place of sendmail. It submits a "
		       "message to a mail server.\n\n";
	return "usage: smtpost [-P profile] [options] recipient ... "
	       "< message\n"
	       "       smtpost -t [options] < message\n"
	       "       smtpost -s TEXT [options] recipient ... < text\n"
	       "       smtpost --message FILE --recipients FILE\n"
	       "       smtpost --run [options] [recipient ...] -- command "
	       "[argument ...]\n\n"
	       "Submit a message to a mail server and report who got it.\n\n";
}

void
help_print(FILE *out, enum role role)
{
	fputs(usage_of(role), out);
	for (size_t i = 0; i < option_count; i++)
		if (option_table_modes(&option_table[i], role) != 0)
			print_row(out, &option_table[i], role);
	print_ignored(out, role);
	if (!options_role_is_mail(role))
		print_modes(out, role);
	fprintf(out, "\nPut options before the recipients. See %s.\n",
	    options_role_is_sendmail(role) ? "smtpost-sendmail(8)"
					   : "smtpost(1) and smtpost.conf(5)");
}

bool
help_print_version(const struct options *options, struct mode_result *result,
    struct error *err)
{
	(void)options;
	(void)result;
	printf("smtpost %s\n", PACKAGE_VERSION);
	printf("libraries: %s, %s\n", tls_library_name(), domain_library());
	printf("configuration: %s/smtpost/config\n", SYSCONFDIR);
	printf("trust: %s\n", TRUST);
#ifdef SANITIZERS
	printf("sanitizers: %s\n", SANITIZERS);
#endif
	fputs("login:", stdout);
	for (size_t i = 0; i < mechanism_count(); i++)
		printf(" %s", mechanism_at(i)->name);
	putchar('\n');
	return output_end(err);
}

/* Adds the servers; REGION replaces the star in their names. */
static void
add_servers(const struct provider_variant *variant, struct buf *out)
{
	for (const char *at = variant->servers; *at != '\0'; at++) {
		if (*at == '*')
			buf_add_text(out, variant->name);
		else
			buf_add_char(out, *at);
	}
}

/* name TAB servers TAB user TAB mechanisms TAB note */
static void
add_line(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	provider_add_name(provider, variant, out);
	buf_add_char(out, '\t');
	add_servers(variant, out);
	buf_add_char(out, '\t');
	provider_add_user(provider, out);
	buf_add_format(out, "\t%s\t%s\n", provider->mechanisms, provider->note);
}

static void
add_object(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	struct buf name = {0}, servers = {0}, user = {0};

	provider_add_name(provider, variant, &name);
	add_servers(variant, &servers);
	provider_add_user(provider, &user);
	buf_add_char(out, '{');
	json_text_add_member(out, "name", buf_text(&name));
	json_text_add_list(out, "servers", buf_span(&servers), ", ");
	json_text_add_member(out, "user", buf_text(&user));
	json_text_add_list(
	    out, "mechanisms", span_from(provider->mechanisms), ", ");
	json_text_add_member(out, "note", provider->note);
	buf_add_text(out, "}\n");
	buf_free(&name);
	buf_free(&servers);
	buf_free(&user);
}

bool
help_print_providers(const struct options *options, struct mode_result *result,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct buf line = {0};

	(void)result;
	for (size_t i = 0; i < provider_table_count; i++)
		for (size_t j = 0; j < PROVIDER_VARIANTS_MAX &&
		     provider_table[i].variants[j].servers != NULL;
		     j++) {
			if (form == REPORT_JSON)
				add_object(&provider_table[i],
				    &provider_table[i].variants[j], &line);
			else if (form == REPORT_TEXT)
				add_line(&provider_table[i],
				    &provider_table[i].variants[j], &line);
			output_write(&line, stdout);
		}
	buf_free(&line);
	return output_end(err);
}

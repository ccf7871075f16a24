/*
 * The steps are those that smtpost-service(8) describes for people. The files
 * are written before the commands run; what a failed command leaves undone is
 * shown. Without systemd, inetd runs the service, and a person goes on from the
 * files.
 */
#include "cli/setup_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "cli/output.h"
#include "cli/question.h"
#include "cli/setup_dialogue.h"
#include "profile/identity.h"
#include "profile/section_text.h"

#define FOLDER_PATH SYSCONFDIR "/smtpost"
#define FOLDER FOLDER_PATH "/"
#define SERVICE_FILE FOLDER "service.conf"
#define PASSWORD_FILE FOLDER "service.password"
#define CLIENT_FILE FOLDER "config"
#define LOGIN_FOLDER "/var/lib/smtpost/oauth"
#define SOCKET_URL "lmtp+unix:/run/smtpost/socket"
#define COMMAND_MILLISECONDS ((int64_t)90000)

static const char *const paths[] = {SERVICE_FILE, PASSWORD_FILE, CLIENT_FILE};

static const struct {
	const char *arguments[6];
	bool for_oauth;
} commands[] = {
    {{"systemd-sysusers"}, false},
    {{"systemd-tmpfiles", "--create", "smtpost.conf"}, false},
    {{"systemctl", "enable", "--now", "smtpost.socket"}, false},
    {{"systemctl", "enable", "--now", "smtpost-queue.timer"}, false},
    {{"systemctl", "enable", "--now", "smtpost-service-oauth.timer"}, true},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/*
 * Without systemd, no credential brings the password to the service, and nobody
 * makes the folder of its login.
 */
static const char *const give_away[] = {
    "chown", "smtpost", PASSWORD_FILE, NULL};
static const char *const make_folder[] = {
    "install", "-d", "-m", "700", "-o", "smtpost", LOGIN_FOLDER, NULL};

static bool
has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

/* What is there was made by somebody, and stays as it is. */
static bool
check_files(struct error *err)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], F_OK) == 0)
			return error_set(err, ERROR_CREATE,
			    "cannot set up the machine: there is a file %s "
			    "already\n"
			    "hint: smtpost-service(8) says what it must hold; "
			    "remove it to begin anew",
			    paths[i]);
	return true;
}

static bool
check_login(const struct setup_profile *setup, struct error *err)
{
	return setup_dialogue_can_use_oauth(setup) ||
	    !setup_dialogue_needs_token(setup->search) ||
	    error_set(err, ERROR_CONFIG,
		"cannot set up the machine: the server takes no passwords, "
		"only access tokens of OAuth, and smtpost-oauth is not "
		"installed\n"
		"hint: set token-command in " SERVICE_FILE
		" by hand; see smtpost-service(8)");
}

static enum setup_answer
ask_domain(struct setup_profile *setup, struct error *err)
{
	char *standard = identity_domain_found(&(const char *){NULL});
	struct buf prompt = {0};
	enum setup_answer answer = SETUP_FAILED;

	if (standard == NULL || !domain_is_fqdn(span_from(standard))) {
		free(standard);
		standard = mem_copy_text(setup->search->domain);
	}
	buf_add_text(&prompt,
	    "Domain of the users of this machine, for addresses such as "
	    "root@DOMAIN [");
	utf8_add_masked(&prompt, span_from(standard));
	buf_add_text(&prompt, "]: ");
	do {
		free(setup->domain);
		setup->domain = question_ask(buf_text(&prompt), err);
		if (setup->domain != NULL && setup->domain[0] == '\0') {
			free(setup->domain);
			setup->domain = mem_copy_text(standard);
		}
	} while (
	    setup->domain != NULL && !domain_is_fqdn(span_from(setup->domain)));
	if (setup->domain != NULL)
		answer = SETUP_GOES_ON;
	buf_free(&prompt);
	free(standard);
	return answer;
}

static enum setup_answer
ask_sender(struct setup_profile *setup, struct error *err)
{
	struct buf prompt = {0};
	bool done;

	buf_add_text(&prompt,
	    "Most servers take mail from their user's own address only.\n"
	    "Should all mail of this machine have the sender ");
	utf8_add_masked(&prompt, span_from(setup->address));
	buf_add_text(&prompt, "? (y/N) ");
	done = question_agree(buf_text(&prompt), &setup->has_one_sender, err);
	buf_free(&prompt);
	return done ? SETUP_GOES_ON : SETUP_FAILED;
}

static enum setup_answer
ask_all(struct setup_profile *setup, int *status, struct error *err)
{
	enum setup_answer answer = setup_dialogue_ask_user(setup, err);

	if (answer == SETUP_GOES_ON)
		answer = setup_dialogue_confirm(setup, err);
	if (answer == SETUP_GOES_ON)
		answer = ask_domain(setup, err);
	if (answer == SETUP_GOES_ON)
		answer = ask_sender(setup, err);
	if (!setup_profile_has_login(setup))
		setup->has_store = false;
	else if (answer == SETUP_GOES_ON)
		answer = setup_dialogue_ask_service(setup, err);
	if (answer == SETUP_GOES_ON && !setup_profile_has_oauth(setup))
		answer = setup_dialogue_log_in(setup, status, err);
	return answer;
}

static void
add_client(const struct setup_profile *setup, struct buf *out)
{
	section_text_add(out, "server", SOCKET_URL);
	section_text_add(out, "domain", setup->domain);
}

static void
add_command(const char *const *arguments, struct buf *out)
{
	for (size_t i = 0; arguments[i] != NULL; i++)
		buf_add_format(out, "%s%s", i > 0 ? " " : "    ", arguments[i]);
	buf_add_char(out, '\n');
}

static void
add_file(
    const char *path, const char *mode, struct span content, struct buf *out)
{
	struct span line;

	buf_add_format(out, "file %s, mode %s:\n", path, mode);
	while (content.len > 0) {
		line = span_head(content, span_find(content, '\n'));
		buf_add_text(out, "    ");
		utf8_add_sentence(out, line);
		buf_add_char(out, '\n');
		content = span_skip(content, line.len + 1);
	}
}

/* Whether the command does not belong to this set-up. */
static bool
is_needless(const struct setup_profile *setup, size_t command)
{
	return commands[command].for_oauth && !setup_profile_has_oauth(setup);
}

/* The commands from the first one on. */
static void
add_commands(const struct setup_profile *setup, size_t first, struct buf *out)
{
	for (size_t i = first; i < COMMAND_COUNT; i++)
		if (!is_needless(setup, i))
			add_command(commands[i].arguments, out);
}

/* Every file and every command. */
static void
show(const struct setup_profile *setup)
{
	struct buf out = {0}, service = {0}, client = {0};

	setup_profile_add_text(setup, true, &service);
	add_client(setup, &client);
	add_file(SERVICE_FILE, "0644", buf_span(&service), &out);
	if (setup->password.len > 0)
		add_file(PASSWORD_FILE, "0600", SPAN("(the password)"), &out);
	add_file(CLIENT_FILE, "0644", buf_span(&client), &out);
	if (has_systemd()) {
		buf_add_text(&out, "commands:\n");
		add_commands(setup, 0, &out);
	}
	output_write(&out, stdout);
	fflush(stdout);
	buf_free(&out);
	buf_free(&service);
	buf_free(&client);
}

static bool
make_files(const struct setup_profile *setup, struct error *err)
{
	struct buf service = {0}, client = {0}, password = {0};
	bool done, has_service, has_password;

	buf_init_secret(&password, 0);
	setup_profile_add_text(setup, true, &service);
	add_client(setup, &client);
	buf_add_span(&password, buf_span(&setup->password));
	buf_add_char(&password, '\n');
	has_service = has_password = false;
	done = whole_file_make_folders(SERVICE_FILE, 0755, err);
	if (done)
		done = has_service = whole_file_make(
		    SERVICE_FILE, 0644, buf_span(&service), err);
	if (done && setup->password.len > 0)
		done = has_password = whole_file_make(
		    PASSWORD_FILE, 0600, buf_span(&password), err);
	done =
	    done && whole_file_make(CLIENT_FILE, 0644, buf_span(&client), err);
	if (!done && has_service)
		unlink(SERVICE_FILE);
	if (!done && has_password)
		unlink(PASSWORD_FILE);
	buf_free(&service);
	buf_free(&client);
	buf_wipe(&password);
	return done;
}

/* What a person has to do, now that the files are there. */
static void
show_rest(struct buf *rest)
{
	fputs("smtpost: the files were written; what is left to do:\n", stderr);
	output_write(rest, stderr);
}

/* With this configuration smtpost-oauth becomes the service's user. */
static void
add_login(const struct setup_profile *setup, struct buf *out)
{
	if (!setup_profile_has_oauth(setup))
		return;
	buf_add_text(out, "    ");
	setup_profile_add_next_step(setup, SERVICE_FILE, out);
	buf_add_char(out, '\n');
}

static bool
run_commands(const struct setup_profile *setup, struct error *err)
{
	struct buf rest = {0};
	bool done = true;

	for (size_t i = 0; i < COMMAND_COUNT && done; i++) {
		const struct program program = {
		    .arguments = commands[i].arguments,
		    .milliseconds = COMMAND_MILLISECONDS};

		done =
		    is_needless(setup, i) || program_run(&program, NULL, err);
		if (!done)
			add_commands(setup, i, &rest);
	}
	add_login(setup, &rest);
	if (rest.len > 0)
		show_rest(&rest);
	else
		fputs("smtpost: this machine sends its mail through the "
		      "service\n"
		      "smtpost: hint: try it: echo test | smtpost ADDRESS\n",
		    stderr);
	buf_free(&rest);
	return done;
}

static void
show_inetd(const struct setup_profile *setup)
{
	struct buf rest = {0};

	if (setup_profile_has_oauth(setup))
		add_command(make_folder, &rest);
	else if (setup->password.len > 0)
		add_command(give_away, &rest);
	add_login(setup, &rest);
	buf_add_text(&rest,
	    "    let inetd run the service, as smtpost-service(8) describes "
	    "it under\n"
	    "    \"Without systemd\"\n");
	show_rest(&rest);
	buf_free(&rest);
}

static bool
carry_out(const struct setup_profile *setup, int *status, struct error *err)
{
	bool agrees, runs = has_systemd();

	if (!question_agree(runs
		    ? "Write these files and run these commands? (y/N) "
		    : "systemd does not run here. Write these files? (y/N) ",
		&agrees, err))
		return false;
	if (!agrees) {
		setup_dialogue_stop(status);
		return true;
	}
	if (!make_files(setup, err))
		return false;
	if (runs)
		return run_commands(setup, err);
	show_inetd(setup);
	return true;
}

bool
setup_machine_run(struct setup_profile *setup, int *status, struct error *err)
{
	enum setup_answer answer;

	setup->config = SERVICE_FILE;
	setup->has_store = !has_systemd();
	setup->store.place = SECRET_PLACE_FILE;
	setup->store.folder = FOLDER_PATH;
	setup->store.profile = "service";
	if (!check_login(setup, err) || !check_files(err))
		return false;
	answer = ask_all(setup, status, err);
	if (answer == SETUP_FAILED)
		return false;
	if (answer == SETUP_STOPS) {
		setup_dialogue_stop(status);
		return true;
	}
	*status = 0;
	show(setup);
	if (setup->options->writes > 0)
		return carry_out(setup, status, err);
	fputs("smtpost: nothing was written; --write does this\n", stderr);
	return true;
}

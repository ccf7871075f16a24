# Completion of smtpost(1) for bash 4 and later.
#
# Names of profiles come from configuration files that others may have
# written: they are never given to `compgen -W`, which would expand them.
#
# shellcheck shell=bash

_smtpost_options='
	-P --profile -a --account -f --from -r -F --full-name
	-t --read-recipients --message --recipients
	-s --subject --to --cc --bcc --reply-to --body --body-file --html-file
	--inline --attach --header -i -o -O
	-N --dsn-notify -R --dsn-return -V --envelope-id --require-tls -B --body-type
	-b -I -q --queue-run --all-users --at --delay
	--batch --merge --rows --rate --max-failures --state --resend-unknown
	--report --quiet
	-C --config --set --server
	--run --mail-on --tee --attach-output --dry-run --check-message --diff --explain
	--doctor --all --only --no-login --warn-days --redact --outbound --send
	--server-info --setup --online --write --import --with-secrets --providers
	--dkim-keygen --queue-list --queue-show --queue-hold --queue-release
	--queue-remove --where --yes -v
	--help --version
'

# All settings except secrets, which the command line must not contain.
_smtpost_settings='
	extends match
	provider server tls tls-trust tls-crl tls-pin tls-host tls-min
	tls-priority tls-cert tls-key mx-security dnssec auth user password-command password-file password-fd
	token-command oauth oauth-client-id oauth-client-secret-file oauth-tenant
	oauth-scope oauth-flow oauth-key oauth-store oauth-read-command
	oauth-write-command oauth-tls-trust
	sender full-name domain local-domains ehlo-name
	header-policy keep-original-from aliases local-recipients
	remove-bcc undisclosed-recipients add-headers repair filter-command
	dkim-key dkim-selector dkim-domain dkim-lifetime max-size
	memory-max ignore-dots
	partial dsn-notify dsn-return sent-copy sent-copy-bcc pipelining chunking
	ip source-address proxy proxy-password-command
	proxy-password-file timeout-connect timeout timeout-total
	max-messages
	queue queue-dir queue-lifetime queue-retry queue-warn queue-flush
	queue-run-time max-queue in-doubt notifications notify-command
	report allow-senders client-rate tcp-clients log log-format
	log-recipients
'

# The possible words of a setting that has a fixed list of them.
_smtpost_choices()
{
	case $1 in
	provider) smtpost --providers 2>/dev/null </dev/null | sed 's/	.*//; s/REGION$//' ;;
	server) printf '%s\n' smtp:// smtps:// lmtp:// smtp+unix: lmtp+unix: srv: mx: ;;
	tls) echo required opportunistic none ;;
	tls-trust) echo system pin ;;
	tls-min) echo 1.2 1.3 ;;
	mx-security) echo dane mta-sts none ;;
	dnssec) echo auto trusted no ;;
	auth) echo auto none EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2 PLAIN LOGIN CRAM-MD5 ;;
	oauth) echo google microsoft fastmail yahoo aol yandex mail.ru https:// ;;
	oauth-tenant) echo common organizations consumers ;;
	oauth-flow) echo auto browser device client-credentials service-account ;;
	oauth-store) echo file command ;;
	oauth-tls-trust) echo system ;;
	header-policy) echo complete provider keep ;;
	aliases) echo none ;;
	keep-original-from | remove-bcc | undisclosed-recipients | sent-copy-bcc | repair | ignore-dots | queue-flush | notifications) echo yes no ;;
	partial) echo best-effort all-or-nothing ;;
	queue) echo never on-tempfail always ;;
	in-doubt) echo retry hold ;;
	dsn-notify) echo never success failure delay ;;
	dsn-return) echo full hdrs ;;
	pipelining | chunking) echo auto never ;;
	ip) echo any 4 6 ;;
	report) echo none text json ;;
	tcp-clients) echo none loopback ;;
	log) echo none syslog journal stderr ;;
	log-format) echo text json ;;
	log-recipients) echo full hash none ;;
	esac
}

# The configuration files: the one that --config names, or the usual ones.
_smtpost_configs()
{
	local i

	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		-C | --config)
			echo "${words[i + 1]}"
			return
			;;
		-C?*)
			echo "${words[i]:2}"
			return
			;;
		--config=*)
			echo "${words[i]#*=}"
			return
			;;
		esac
	done
	echo "${XDG_CONFIG_HOME:-$HOME/.config}/smtpost/config"
	i=$(smtpost --version 2>/dev/null </dev/null |
		sed -n 's/^configuration: //p')
	echo "${i:-/etc/smtpost/config}"
}

# Profiles, one a line: the names in [] in those files and in the files that
# they include.
_smtpost_profiles()
{
	local -a files
	local i file

	mapfile -t files < <(_smtpost_configs)
	for ((i = 0; i < ${#files[@]} && i < 64; i++)); do
		file=${files[i]/#\~\//$HOME/}
		[[ -f $file && -r $file ]] || continue
		sed -n 's/^[[:blank:]]*\[[[:blank:]]*\([^][[:blank:]/",\]*\)[[:blank:]]*\][[:space:]]*$/\1/p' "$file"
		while IFS= read -r file; do
			[[ $file == [/~]* ]] || file=${files[i]%/*}/$file
			files+=("$file")
		done < <(sed -n 's/^[[:blank:]]*include[[:blank:]][[:blank:]]*\([^=[:blank:]].*[^[:space:]]\)[[:space:]]*$/\1/p' "$file")
	done | awk '!seen[$0]++'
}

# Offers the words on stdin that begin with $1, each with $2 in front of it.
# $front is the part that readline keeps itself, so it is cut off. A word that
# ends in a colon or slash gets no blank after it.
_smtpost_offer()
{
	local word

	while IFS= read -r word; do
		[[ $word == "$1"* ]] || continue
		word=$2$word
		[[ $word == "$front"* ]] || continue
		printf -v word '%q' "${word:${#front}}"
		COMPREPLY+=("$word")
	done
	if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:/] ]]; then
		compopt -o nospace 2>/dev/null
	fi
}

_smtpost_offer_files()
{
	local word

	compopt -o filenames 2>/dev/null
	while IFS= read -r word; do
		word=$2$word
		COMPREPLY+=("${word:${#front}}")
	done < <(compgen -f -- "$1")
}

# Completes $2 as the value of setting $1; $3 is put in front of each word.
_smtpost_setting()
{
	# shellcheck disable=SC2046 # a list
	_smtpost_offer "$2" "$3" < <(printf '%s\n' $(_smtpost_choices "$1"))
	if [[ $1 == @(tls-trust|tls-crl|tls-cert|tls-key|dkim-key|password-file|proxy-password-file|oauth-client-secret-file|oauth-key|oauth-tls-trust|aliases|queue-dir|log) ]]; then
		_smtpost_offer_files "$2" "$3"
	fi
}

# The same for option $1.
_smtpost_value()
{
	case $1 in
	--profile | --account | -*[Pa])
		_smtpost_offer "$2" "$3" < <(_smtpost_profiles)
		;;
	--dsn-notify | -*N)
		_smtpost_setting dsn-notify "$2" "$3"
		;;
	--dsn-return | -*R)
		_smtpost_setting dsn-return "$2" "$3"
		;;
	--body-type | -*B)
		_smtpost_offer "$2" "$3" < <(printf '%s\n' 7BIT 8BITMIME)
		;;
	--report)
		_smtpost_setting report "$2" "$3"
		_smtpost_offer "$2" "$3" <<<monitor
		;;
	--config | --message | --recipients | --batch | --merge | --state | --body-file | --html-file | --inline | --attach | -*C)
		_smtpost_offer_files "$2" "$3"
		;;
	--import)
		if [[ $2 == @(msmtprc|ssmtp|esmtprc|nullmailer|dma|git|mutt|neomutt|s-nail|netrc):* ]]; then
			_smtpost_offer_files "${2#*:}" "$3${2%%:*}:"
			return
		fi
		_smtpost_offer "$2" "$3" < <(printf '%s\n' git msmtprc: ssmtp: esmtprc: nullmailer: dma: git: mutt: neomutt: s-nail: netrc:)
		_smtpost_offer_files "$2" "$3"
		;;
	--mail-on)
		_smtpost_offer "$2" "$3" < <(printf '%s\n' failure output always)
		;;
	--set)
		if [[ $2 == *=* ]]; then
			_smtpost_setting "${2%%=*}" "${2#*=}" "$3${2%%=*}="
			return
		fi
		compopt -o nospace 2>/dev/null
		# shellcheck disable=SC2086 # a list
		_smtpost_offer "$2" "$3" < <(printf '%s=\n' $_smtpost_settings)
		;;
	--server)
		_smtpost_setting server "$2" "$3"
		;;
	--where)
		if [[ $2 == state=* ]]; then
			_smtpost_offer "${2#*=}" "$3state=" < <(printf '%s\n' waiting sending held dead)
			return
		fi
		compopt -o nospace 2>/dev/null
		_smtpost_offer "$2" "$3" < <(printf '%s=\n' sender recipient older state)
		;;
	-*o)
		_smtpost_offer "$2" "$3" < <(printf '%s\n' i dq)
		;;
	-*O)
		_smtpost_offer "$2" "$3" <<<IgnoreDots=true
		;;
	esac
}

# Whether $1 is an option, or letters of options, whose value comes next.
_smtpost_wants_value()
{
	case $1 in
	--*)
		[[ $1 =~ ^--(profile|account|from|full-name|message|recipients|subject|to|cc|bcc|reply-to|body|body-file|html-file|inline|attach|header|dsn-notify|dsn-return|envelope-id|body-type|at|delay|batch|merge|rows|rate|max-failures|state|report|config|set|server|mail-on|only|warn-days|outbound|send|setup|import|where)$ ]]
		;;
	-*)
		[[ $1 =~ ^-[^bdeqPafrFsoONRVBCDLXhp]*[PafrFsoONRVBCDLXhp]$ ]]
		;;
	*)
		false
		;;
	esac
}

# Completes the command of --run, if "--" stands at words[$1] or after it.
_smtpost_command()
{
	local i=$1

	while [[ ${words[i]} != -- ]]; do
		((++i < ${#words[@]} - 1)) || return 0
	done
	if ((i == ${#words[@]} - 2)) && [[ $word != */* ]]; then
		_smtpost_offer "$word" '' < <(compgen -c -- "$word" | sort -u)
	else
		_smtpost_offer_files "$word" ''
	fi
}

_smtpost()
{
	local line=${COMP_LINE:0:COMP_POINT} word front i runs=
	local -a words

	# The words as the shell sees them, not split at '=', ':' and '@'.
	read -ra words <<<"$line"
	[[ $line == *[[:blank:]] ]] && words+=('')
	word=${words[${#words[@]} - 1]}
	front=${word%"${word##*["$COMP_WORDBREAKS"]}"}
	COMPREPLY=()

	# Options end at the first recipient, or at --.
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		if [[ ${words[i]} != -?* || ${words[i]} == -- ]]; then
			[[ -z $runs ]] || _smtpost_command "$i"
			return 0
		fi
		[[ ${words[i]} != --run ]] || runs=yes
		_smtpost_wants_value "${words[i]}" && ((++i))
	done
	if ((i == ${#words[@]})); then
		_smtpost_value "${words[i - 2]}" "$word" ''
		return 0
	fi
	case $word in
	--*=*)
		_smtpost_value "${word%%=*}" "${word#*=}" "${word%%=*}="
		;;
	-[PaC]?*)
		_smtpost_value "${word:0:2}" "${word:2}" "${word:0:2}"
		;;
	-b*)
		_smtpost_offer "$word" '' < <(printf '%s\n' -bm -bs -bv -bp -bi)
		;;
	-*)
		# shellcheck disable=SC2086 # a list
		_smtpost_offer "$word" '' < <(printf '%s\n' $_smtpost_options)
		;;
	esac
}

complete -F _smtpost smtpost

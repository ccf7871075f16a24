# Completion of smtpost-oauth(1) for bash.

# The names in [] in the usual configuration files; not in those that they
# include. Each is quoted, because others may have written the files.
_smtpost_oauth_profiles()
{
	sed -n 's/^[[:blank:]]*\[[[:blank:]]*\([^][:blank:]]*\)[[:blank:]]*\][[:space:]]*$/\1/p' \
		"${XDG_CONFIG_HOME:-$HOME/.config}/smtpost/config" \
		/etc/smtpost/config 2>/dev/null
}

_smtpost_oauth()
{
	local word=${COMP_WORDS[COMP_CWORD]} command='' offer
	local -a offers=()
	local -i i

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--config | --port | --report) ((i++)) ;;
		-*) ;;
		*) command=${command:-${COMP_WORDS[i]}} ;;
		esac
	done
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--config | --port) return 0 ;;
	--report) offers=(text json) ;;
	*)
		if [[ $word == -* ]]; then
			offers=(--config --all --browser --device --no-open
				--paste --port --report --verbose --help --version)
		elif [[ -z $command ]]; then
			offers=(login token status refresh logout export import
				providers)
		elif [[ $command != providers ]]; then
			mapfile -t offers < <(_smtpost_oauth_profiles)
		fi
		;;
	esac
	for offer in "${offers[@]}"; do
		[[ $offer != "$word"* ]] ||
			COMPREPLY+=("$(printf '%q' "$offer")")
	done
}

complete -o default -F _smtpost_oauth smtpost-oauth

# Completion of smtpost-oauth(1) for bash.

# Profiles, one a line, as smtpost's own completion finds them; it lies in the
# same folder.
_smtpost_oauth_profiles()
{
	local word file folder=${BASH_SOURCE[0]%/*}
	local -a words=()

	for word in "${COMP_WORDS[@]}"; do
		[[ $word == = ]] || words+=("$word")
	done
	for file in "$folder/smtpost" "$folder/smtpost.bash"; do
		# shellcheck source=/dev/null
		declare -F _smtpost_profiles >/dev/null || [[ ! -f $file ]] ||
			. "$file"
	done
	_smtpost_profiles
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
				--paste --port --report --verbose -v --help -h
				--version)
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

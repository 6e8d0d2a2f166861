# ./dev run: Handrail with TLS and the starter policy in front of the demo bot
# or of the person's own. Sourced by dev; leaves nothing running.

demo_pids=()

# A port of loopback nobody listens on, from the one given upwards.
free_port() {
	local port=$1

	while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

make_certificate() {
	if [ -s $demo/cert.pem ] && [ -s $demo/key.pem ] &&
		openssl x509 -checkend 86400 -noout -in $demo/cert.pem >/dev/null
	then
		return
	fi
	say "Making a certificate for localhost in $demo"
	(
		umask 077
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-days 30 -subj /CN=localhost -addext \
			"subjectAltName=DNS:localhost,IP:127.0.0.1" \
			-keyout $demo/key.pem -out $demo/cert.pem 2>/dev/null
	) || fail "openssl could not make a certificate in $demo"
}

# The bot's URL (and its CA file, or "") as the configuration has it. Over plain
# HTTP only where the person has said so, which --upstream http://... is.
upstream_of() {
	local more=''

	is_plain "$1" && more=', allow_plain: yes'
	[ -z "$2" ] || more=", ca: \"$2\""
	echo "{url: \"$1\"$more}"
}

# Without TLS, and over a network.
is_plain() {
	[[ $1 =~ ^http:// && ! $1 =~ ^http://(localhost|127\.[0-9.]+|\[::1\])(:|/|$) ]]
}

# write_configuration UPSTREAM PORT CONSOLE, the first as upstream_of has it.
write_configuration() {
	cat >$demo/handrail.yaml <<-END
	# Written by ./dev run at every start. Copy it to begin your own.
	listen:
	  - address: 127.0.0.1:$2
	    tls: {certificate: cert.pem, key: key.pem}
	routes:
	  - match: {host: "*", path: /}
	    channel: openai-chat
	    upstream: $1
	policy: ../../policies/starter
	store: {sqlite: handrail.db}
	audit: {directory: audit}
	keys: {directory: keys}
	console: {address: 127.0.0.1:$3}
	environment: production
	node: demo
	END
}

# wait_for PID LOG PATTERN NAME: the first line of LOG that matches.
wait_for() {
	local line

	for _ in $(seq 300); do
		if line=$(grep -m1 -E "$3" "$2" 2>/dev/null); then
			echo "$line"
			return
		fi
		if ! kill -0 "$1" 2>/dev/null; then
			break
		fi
		sleep 0.1
	done
	tail -n 20 "$2" >&2 || true
	fail "$4 did not start; what it said last is above ($2)"
}

# start LOG COMMAND...: a part of the demo, which ends with us, however we end.
start() {
	local log=$1

	shift
	setpriv --pdeathsig TERM "$@" >"$log" 2>&1 </dev/null &
	demo_pids+=($!)
}

# The second Ctrl-C: what is under way is not waited for.
end_demo() {
	local pid

	say "Stopping at once"
	for pid in "${demo_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	exit 1
}

stop_demo() {
	local pid

	trap - EXIT
	trap end_demo INT TERM
	for pid in "${demo_pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in "${demo_pids[@]}"; do
		for _ in $(seq 150); do
			kill -0 "$pid" 2>/dev/null || continue 2
			sleep 0.1
		done
		kill -KILL "$pid" 2>/dev/null || true
	done
}

print_what_to_try() {
	local port=$1 console=$2 own=$3
	local id
	local url="https://localhost:$port/v1/chat/completions"

	# A conversation that was handed off stays with people, restart or not:
	# a new one for every run.
	id=$(date +%s)
	if [ -n "$own" ]; then
		print_for_own_bot "$port" "$console" "$id"
		return
	fi
	cat <<-END

	Handrail is at https://localhost:$port, its own pages at http://127.0.0.1:$console
	(/metrics, /healthz, /readyz). Paste these into another terminal, in this folder:

	1. An answer that passes, byte for byte:

	curl --cacert $demo/cert.pem $url \\
	  -H 'Content-Type: application/json' -H 'X-Conversation-Id: pass-$id' \\
	  -d '{"model":"demo","messages":[{"role":"user","content":"When are you open?"}]}'

	2. A stream in which the bot promises a refund: cut in mid-sentence and bridged.
	   Run it again: the conversation belongs to a person now.

	curl -N --cacert $demo/cert.pem $url \\
	  -H 'Content-Type: application/json' -H 'X-Conversation-Id: cut-$id' \\
	  -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"I was charged twice, I want a refund"}]}'

	3. What the person who takes over sees of it:

	build/release/handrail handoff show -c $demo/handrail.yaml \\
	  \$(build/release/handrail handoff list -c $demo/handrail.yaml | awk '/cut-$id/ {print \$1}')

	Logs: $demo/handrail.log, $demo/bot.log; every decision: $demo/audit
	ctrl-c stops it all.
	END
}

# What the person's own bot will say is not known here.
print_for_own_bot() {
	local port=$1 console=$2 id=$3
	local url="https://localhost:$port/v1/chat/completions"

	cat <<-END

	Handrail is at https://localhost:$port in front of your bot, its own pages at
	http://127.0.0.1:$console (/metrics, /healthz, /readyz). Point your client there
	(base URL https://localhost:$port/v1, CA $demo/cert.pem), or paste this into
	another terminal, in this folder, with a model and a question your bot knows:

	curl -N --cacert $demo/cert.pem $url \\
	  -H 'Content-Type: application/json' -H 'X-Conversation-Id: own-$id' \\
	  -d '{"model":"MODEL","stream":true,"messages":[{"role":"user","content":"QUESTION"}]}'

	What was handed to a person, and what that person sees:

	build/release/handrail handoff list -c $demo/handrail.yaml
	build/release/handrail handoff show -c $demo/handrail.yaml ID

	Logs: $demo/handrail.log; every decision: $demo/audit
	ctrl-c stops it all.
	END
}

# Sets upstream, own and ca of the caller.
read_demo_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--upstream)
			[[ ${2-} =~ ^https?://[^/[:space:]\"\\]+[^[:space:]\"\\]*$ ]] ||
				fail "--upstream takes a URL: https://bot.example:9000"
			upstream=$2
			own=yes
			shift
			;;
		--ca)
			[ -r "${2-}" ] && [ -f "$2" ] ||
				fail "--ca takes a file of certificates (PEM) that can be" \
					"read, not \"${2-}\""
			ca=$(realpath "$2")
			shift
			;;
		*) fail "run: unknown option $1; there are --upstream URL and" \
			"--ca FILE" ;;
		esac
		shift
	done
	[ -z "$ca" ] || [[ $upstream =~ ^https:// ]] ||
		fail "--ca is who vouches for a bot behind https://: say" \
			"--upstream https://... too"
	[[ ! $ca =~ [\"\\] ]] || fail "--ca: a path without \" and \\"
}

run_demo() {
	local upstream='' own='' ca='' port console ready

	case ${1-} in
	-h | --help)
		help
		return
		;;
	esac
	read_demo_options "$@"
	need build
	build release
	mkdir -p $demo
	# Held by what is started here too, until the last of it has gone.
	exec 9>$demo/lock
	flock -n 9 || fail "another ./dev run is using $demo; stop it first (ctrl-c)"
	make_certificate
	trap stop_demo EXIT
	trap 'say "Stopping"; exit 0' INT TERM
	if [ -z "$upstream" ]; then
		say "Starting the demo bot"
		start $demo/bot.log node demo/bot.mjs
		ready=$(wait_for $! $demo/bot.log '^listening ' "the demo bot")
		upstream=${ready#listening }
	fi
	port=$(free_port 8443)
	console=$(free_port $((port + 1)))
	write_configuration "$(upstream_of "$upstream" "$ca")" "$port" "$console"
	say "Starting Handrail in front of $upstream"
	if is_plain "$upstream"; then
		say "Without TLS: what the bot and customers say can be read and changed" \
			"on the way there (allow_plain in $demo/handrail.yaml)"
	fi
	start $demo/handrail.log build/release/handrail run -c $demo/handrail.yaml
	ready=$(wait_for $! $demo/handrail.log '^ready' Handrail)
	say "$ready"
	print_what_to_try "$port" "$console" "$own"
	wait -n || true
	tail -n 20 $demo/handrail.log $demo/bot.log >&2 || true
	fail "a part of the demo ended by itself; the logs' ends are above"
}

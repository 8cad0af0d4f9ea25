#!/usr/bin/env bash
# A Kubernetes control plane on loopback, without systemd, as root: etcd, API server, controller manager.
#
#   k8s.sh build DIR [VERSION]   the servers and kubectl as Go modules, into DIR/bin (once; minutes)
#   k8s.sh start DIR [process]   prints KUBECONFIG=…; a node that runs pods as processes of this host
#   k8s.sh start DIR kubelet     the real kubelet with containerd instead; images come from `k8s.sh image`
#   k8s.sh image DIR NAME FILE=PATH… [-- ENTRYPOINT…]   makes an image of static files and gives it to that node
#   k8s.sh stop DIR              deletes all jobs and pods, ends what it started, removes DIR/run
#
# The servers are taken from $REPBENCH_K8S_BIN, or from DIR/bin.
# Needs: apt-get install -y --no-install-recommends etcd-server openssl; Go. For kubelet also:
# containerd runc containernetworking-plugins. Only process ids that this script wrote are ever ended.
# k8s.io/kubernetes has replace directives for its staging modules, so `go install …@version` refuses it;
# a module of one's own that repeats them with the published versions of those modules builds it.
set -euo pipefail
cmd=${1:?build, start, image or stop}
here=$(dirname "$(realpath "$0")")
dir=$(realpath -m "${2:?a folder}")
run=$dir/run
bin=${REPBENCH_K8S_BIN:-$dir/bin}

spawn() {
	local name=$1
	shift
	setsid "$@" >"$run/$name.log" 2>&1 </dev/null &
	echo $! >"$run/$name.pid"
}
end() {
	[ -s "$run/$1.pid" ] || return 0
	local pid
	pid=$(cat "$run/$1.pid")
	kill "$pid" 2>/dev/null || true
	for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
	kill -9 "$pid" 2>/dev/null || true
	rm -f "$run/$1.pid"
}
port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1")->sockport'; }

case $cmd in
build)
	v=${3:-v1.37.2}
	mkdir -p "$dir/mod" "$dir/bin"
	cd "$dir/mod"
	printf 'module k8stest\n\ngo 1.26.0\n' >go.mod
	mod=$(go mod download -json "k8s.io/kubernetes@$v" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
	{
		printf 'module k8stest\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$v"
		sed -n 's|^[[:space:]]*\(k8s.io/[a-z-]*\) => ./staging.*|\t\1 => \1 v0.'"${v#v1.}"'|p' "$mod"
		printf ')\n'
	} >go.mod.new && mv go.mod.new go.mod
	cat >tools.go <<-G
		//go:build tools

		package tools

		import (
			_ "k8s.io/kubernetes/cmd/kube-apiserver"
			_ "k8s.io/kubernetes/cmd/kube-controller-manager"
			_ "k8s.io/kubernetes/cmd/kube-scheduler"
			_ "k8s.io/kubernetes/cmd/kubectl"
			_ "k8s.io/kubernetes/cmd/kubelet"
		)
	G
	nice go mod tidy
	ver=k8s.io/component-base/version
	for c in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
		CGO_ENABLED=0 nice go build -buildvcs=false -trimpath -ldflags "-s -w -X $ver.gitVersion=$v -X $ver.gitMajor=1 -X $ver.gitMinor=$(echo "$v" | cut -d. -f2)" -o "$dir/bin/$c" "k8s.io/kubernetes/cmd/$c"
	done
	;;
start)
	[ ! -e "$run" ] || { echo "k8s.sh: $run is there already: stop first" >&2; exit 1; }
	mkdir -p "$run"
	cd "$run"
	openssl genrsa -out sa.key 2048 2>/dev/null
	token=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
	(umask 077 && echo "$token,admin,admin,system:masters" >tokens.csv)
	ep=$(port) pp=$(port) ap=$(port)
	spawn etcd etcd --data-dir "$run/etcd" --listen-client-urls "http://127.0.0.1:$ep" --advertise-client-urls "http://127.0.0.1:$ep" \
		--listen-peer-urls "http://127.0.0.1:$pp" --initial-advertise-peer-urls "http://127.0.0.1:$pp" \
		--initial-cluster "default=http://127.0.0.1:$pp" --unsafe-no-fsync
	spawn apiserver "$bin/kube-apiserver" --etcd-servers="http://127.0.0.1:$ep" --secure-port="$ap" --bind-address=127.0.0.1 \
		--endpoint-reconciler-type=none --cert-dir="$run/certs" --token-auth-file="$run/tokens.csv" --authorization-mode=RBAC \
		--service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$run/sa.key" \
		--service-account-signing-key-file="$run/sa.key" --service-cluster-ip-range=10.0.0.0/24 \
		--disable-admission-plugins=ServiceAccount
	cat >kubeconfig <<-K
		apiVersion: v1
		kind: Config
		clusters: [{name: c, cluster: {server: "https://127.0.0.1:$ap", insecure-skip-tls-verify: true}}]
		users: [{name: u, user: {token: "$token"}}]
		contexts: [{name: x, context: {cluster: c, user: u, namespace: default}}]
		current-context: x
	K
	for i in $(seq 240); do
		curl -sk --max-time 2 -H "Authorization: Bearer $token" "https://127.0.0.1:$ap/readyz" | grep -qx ok && break
		kill -0 "$(cat apiserver.pid)" 2>/dev/null || { tail -3 apiserver.log >&2; exit 1; }
		[ "$i" -lt 240 ] || { echo "k8s.sh: the API server did not get ready" >&2; exit 1; }
		sleep 0.25
	done
	[ -x "$bin/kube-controller-manager" ] && spawn controllers "$bin/kube-controller-manager" --kubeconfig="$run/kubeconfig" \
		--leader-elect=false --controllers='job-controller,garbage-collector-controller,namespace-controller,pod-garbage-collector-controller,node-lifecycle-controller,taint-eviction-controller,persistentvolume-binder-controller,ttl-after-finished-controller,serviceaccount-controller' \
		--use-service-account-credentials=false --secure-port=0 --node-monitor-grace-period=8s --node-monitor-period=2s
	[ -x "$bin/kube-scheduler" ] && spawn scheduler "$bin/kube-scheduler" --kubeconfig="$run/kubeconfig" --leader-elect=false --secure-port=0
	case ${3:-process} in
	process) spawn node python3 "$here/podrunner.py" "$run/kubeconfig" local "$run/pods" ;;
	kubelet)
		c=$run/containerd
		mkdir -p "$c/cni" "$run/kubelet"
		echo '{"cniVersion":"0.4.0","name":"lo","plugins":[{"type":"loopback"}]}' >"$c/cni/10-lo.conflist"
		cat >"$c/config.toml" <<-C
			version = 2
			root = "$c/root"
			state = "$c/state"
			[grpc]
			address = "$c/sock"
			[plugins."io.containerd.grpc.v1.cri"]
			sandbox_image = "docker.io/local/pause:1"
			disable_apparmor = true
			restrict_oom_score_adj = true
			[plugins."io.containerd.grpc.v1.cri".cni]
			bin_dir = "/usr/lib/cni"
			conf_dir = "$c/cni"
			[plugins."io.containerd.grpc.v1.cri".containerd]
			snapshotter = "native"
			default_runtime_name = "runc"
			[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
			runtime_type = "io.containerd.runc.v2"
		C
		spawn containerd containerd -c "$c/config.toml"
		for _ in $(seq 50); do [ -S "$c/sock" ] && break; sleep 0.2; done
		if [ ! -x "$run/pause" ]; then
			printf 'package main\n\nimport (\n\t"os"\n\t"os/signal"\n\t"syscall"\n)\n\nfunc main() {\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c, syscall.SIGTERM, syscall.SIGINT)\n\t<-c\n}\n' >"$run/pause.go"
			CGO_ENABLED=0 go build -ldflags '-s -w' -o "$run/pause" "$run/pause.go"
		fi
		"$here/k8s.sh" image "$dir" docker.io/local/pause:1 "$run/pause=/pause" -- /pause >/dev/null
		cat >kubelet.yaml <<-C
			apiVersion: kubelet.config.k8s.io/v1beta1
			kind: KubeletConfiguration
			authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
			authorization: {mode: AlwaysAllow}
			address: 127.0.0.1
			port: $(port)
			healthzPort: 0
			cgroupDriver: cgroupfs
			cgroupsPerQOS: false
			enforceNodeAllocatable: []
			failSwapOn: false
			failCgroupV1: false
			containerRuntimeEndpoint: unix://$c/sock
			evictionHard: {}
			imageGCHighThresholdPercent: 100
			localStorageCapacityIsolation: false
			podLogsDir: $run/pods
		C
		spawn node "$bin/kubelet" --config="$run/kubelet.yaml" --kubeconfig="$run/kubeconfig" --root-dir="$run/kubelet" --hostname-override=real
		;;
	esac
	for i in $(seq 150); do
		curl -sk --max-time 2 -H "Authorization: Bearer $token" "https://127.0.0.1:$ap/api/v1/nodes" | tr -d ' \n' | grep -q '"type":"Ready","status":"True"' && break
		[ "$i" -lt 150 ] || { echo "k8s.sh: the node did not get ready" >&2; exit 1; }
		sleep 0.2
	done
	echo "export KUBECONFIG=$run/kubeconfig"
	;;
image)
	shift 2
	python3 "$here/mkimage.py" "$run/image.tar" "$@"
	ctr -a "$run/containerd/sock" -n k8s.io images import "$run/image.tar"
	rm "$run/image.tar"
	;;
stop)
	[ -d "$run" ] || exit 0
	if [ -s "$run/apiserver.pid" ] && kill -0 "$(cat "$run/apiserver.pid")" 2>/dev/null; then
		server=$(sed -n 's/.*server: "\([^"]*\)".*/\1/p' "$run/kubeconfig")
		auth="Authorization: Bearer $(cut -d, -f1 "$run/tokens.csv")"
		for kind in apis/batch/v1/namespaces/default/jobs api/v1/namespaces/default/pods; do
			curl -sk --max-time 5 -X DELETE -H "$auth" "$server/$kind?propagationPolicy=Background&gracePeriodSeconds=1" >/dev/null || true
		done
		for _ in $(seq 60); do
			curl -sk --max-time 5 -H "$auth" "$server/api/v1/pods" | tr -d ' \n' | grep -q '"items":\[\]' && break
			sleep 0.25
		done
	fi
	for p in node scheduler controllers apiserver etcd containerd; do end $p; done
	for _ in $(seq 5); do # mounts of pods that were cut off
		awk -v d="$run/" 'index($2, d) == 1 {print $2}' /proc/self/mounts | sort -r | xargs -r umount -l 2>/dev/null || true
	done
	rm -rf "$run"
	;;
*)
	echo "k8s.sh: what is $cmd?" >&2
	exit 2
	;;
esac

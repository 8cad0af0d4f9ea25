#!/usr/bin/env bash
# A Slurm cluster of several nodes on this host, over loopback, without systemd, as root.
#
#   slurm.sh start DIR [NODES] [dbd]   brings it up (3 nodes by default); prints the environment to use
#   slurm.sh kill-node DIR NODE        ends a node with all that runs on it, as when its power fails
#   slurm.sh start-node DIR NODE       starts that slurmd again
#   slurm.sh stop DIR                  cancels all jobs, ends the daemons it started, removes DIR/run
#
# Needs: apt-get install -y --no-install-recommends munge slurmctld slurmd slurm-client
# With dbd also: slurmdbd mariadb-server. Arrays have at most $MAX_ARRAY_SIZE tasks (1001). Only process ids that this script wrote are ever ended.
set -euo pipefail
cmd=${1:?start, stop, kill-node or start-node}
dir=$(realpath -m "${2:?a folder for the state}")
run=$dir/run
conf=$run/slurm.conf
export SLURM_CONF=$conf

port() { # a free TCP port, for the moment
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1")->sockport'
}

spawn() { # NAME COMMAND...: in the background, in a session of its own, its pid in run/NAME.pid
	local name=$1
	shift
	setsid "$@" >"$run/$name.out" 2>&1 </dev/null &
	echo $! >"$run/$name.pid"
}

alive() { [ -s "$run/$1.pid" ] && kill -0 "$(cat "$run/$1.pid")" 2>/dev/null; }

end() { # NAME: TERM, then KILL after 10 s
	alive "$1" || { rm -f "$run/$1.pid"; return 0; }
	local pid
	pid=$(cat "$run/$1.pid")
	kill "$pid" 2>/dev/null || true
	for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
	kill -9 "$pid" 2>/dev/null || true
	rm -f "$run/$1.pid"
}

# A node is a process namespace: killing its first process ends slurmd, slurmstepd and all
# that the jobs started, at once, as a machine that loses its power; nothing can be left over.
start_node() {
	spawn "slurmd-$1" unshare --pid --fork --kill-child=KILL --mount --mount-proc slurmd -D -f "$conf" -N "$1"
}

wait_for() { # SECONDS COMMAND...
	local n=$(($1 * 5))
	shift
	for _ in $(seq "$n"); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done
	echo "slurm.sh: gave up waiting for: $*" >&2
	return 1
}

all_idle() { [ "$(sinfo -h -t idle -N -o %N | sort -u | wc -l)" = "$1" ]; }

case $cmd in
start)
	nodes=${3:-3}
	dbd=${4:-}
	[ ! -e "$run" ] || { echo "slurm.sh: $run is there already: stop first" >&2; exit 1; }
	mkdir -p "$run"/{ctld,munge} && chmod 755 "$dir" "$run" && chmod 711 "$run/munge"
	head -c 1024 /dev/urandom >"$run/munge/key" && chmod 400 "$run/munge/key"
	spawn munged munged --foreground --force --num-threads=2 --socket="$run/munge/socket" \
		--key-file="$run/munge/key" --pid-file="$run/munge/pid" --seed-file="$run/munge/seed"
	wait_for 10 test -S "$run/munge/socket"
	# More CPUs than there are: what is tested is scheduling, not speed.
	ports=$(for _ in $(seq "$nodes"); do port; echo; done | paste -sd,)
	{
		cat <<-C
			ClusterName=repbench
			SlurmctldHost=localhost
			SlurmctldPort=$(port)
			SlurmUser=root
			AuthType=auth/munge
			AuthInfo=socket=$run/munge/socket
			CredType=cred/munge
			StateSaveLocation=$run/ctld
			SlurmctldPidFile=$run/slurmctld.own
			SlurmdPidFile=$run/slurmd.%n.own
			SlurmdSpoolDir=$run/spool.%n
			SlurmctldLogFile=$run/slurmctld.log
			SlurmdLogFile=$run/slurmd.%n.log
			ProctrackType=proctrack/linuxproc
			TaskPlugin=task/none
			SwitchType=switch/none
			MpiDefault=none
			JobAcctGatherType=jobacct_gather/linux
			JobAcctGatherFrequency=5
			SchedulerType=sched/backfill
			SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=0,sched_min_interval=200000
			SelectType=select/cons_tres
			SelectTypeParameters=CR_CPU_Memory
			SlurmdParameters=config_overrides
			ReturnToService=2
			SlurmdTimeout=10
			SlurmctldTimeout=10
			InactiveLimit=0
			KillWait=5
			MinJobAge=600
			JobRequeue=1
			MaxArraySize=${MAX_ARRAY_SIZE:-1001}
			JobCompType=jobcomp/filetxt
			JobCompLoc=$run/jobcomp.txt
		C
		if [ -n "$dbd" ]; then
			echo "AccountingStorageType=accounting_storage/slurmdbd"
			echo "AccountingStorageHost=localhost"
			echo "AccountingStoragePass=$run/munge/socket"
			echo "AccountingStoragePort=$(port | tee "$run/dbd.port")"
		else
			echo "AccountingStorageType=accounting_storage/none"
		fi
		i=0
		for p in ${ports//,/ }; do
			i=$((i + 1))
			echo "NodeName=n$i NodeHostname=localhost NodeAddr=127.0.0.1 Port=$p CPUs=2 RealMemory=4000 State=UNKNOWN"
		done
		echo "PartitionName=main Nodes=n[1-$nodes] Default=YES MaxTime=60 State=UP"
	} >"$conf"
	# 22.05 wants a cgroup plugin although nothing here uses cgroups; v1 does nothing until asked.
	echo "CgroupPlugin=cgroup/v1" >"$run/cgroup.conf"
	touch "$run/jobcomp.txt"
	if [ -n "$dbd" ]; then
		mysql=$run/mysql
		mariadb-install-db --no-defaults --datadir="$mysql" --user=root --auth-root-authentication-method=normal >"$run/mysql-install.out" 2>&1
		spawn mariadbd mariadbd --no-defaults --datadir="$mysql" --user=root --socket="$run/mysql.sock" \
			--skip-networking --pid-file="$run/mysql.own" --innodb-buffer-pool-size=64M --innodb-log-file-size=16M
		wait_for 30 test -S "$run/mysql.sock"
		cat >"$run/slurmdbd.conf" <<-C
			AuthType=auth/munge
			AuthInfo=socket=$run/munge/socket
			DbdHost=localhost
			DbdPort=$(cat "$run/dbd.port")
			SlurmUser=root
			LogFile=$run/slurmdbd.log
			PidFile=$run/slurmdbd.own
			StorageType=accounting_storage/mysql
			StorageHost=localhost
			StorageUser=root
			StorageLoc=slurm_acct
		C
		chmod 600 "$run/slurmdbd.conf"
		MYSQL_UNIX_PORT=$run/mysql.sock spawn slurmdbd slurmdbd -D
		wait_for 30 sacctmgr -n list cluster
		sacctmgr -i -Q add cluster repbench >/dev/null || true
	fi
	spawn slurmctld slurmctld -D -f "$conf"
	wait_for 20 scontrol ping
	for i in $(seq "$nodes"); do mkdir -p "$run/spool.n$i"; start_node "n$i"; done
	wait_for 30 all_idle "$nodes"
	echo "export SLURM_CONF=$conf"
	;;
start-node)
	start_node "${3:?a node}"
	;;
kill-node)
	kill -9 "$(cat "$run/slurmd-${3:?a node}.pid")"
	rm -f "$run/slurmd-$3.pid"
	;;
stop)
	[ -d "$run" ] || exit 0
	if alive slurmctld; then
		scancel --full -u root 2>/dev/null || scancel -u root || true
		for _ in $(seq 60); do [ -z "$(squeue -h 2>/dev/null)" ] && break; sleep 0.25; done
	fi
	for p in "$run"/slurmd-*.pid; do [ -e "$p" ] && kill -9 "$(cat "$p")" 2>/dev/null; rm -f "$p"; done || true
	end slurmctld
	end slurmdbd
	end mariadbd
	end munged
	rm -rf "$run"
	;;
*)
	echo "slurm.sh: what is $cmd?" >&2
	exit 2
	;;
esac

# In a network and process namespace of its own: $1 is the program, $2 an empty directory.
set -u
ip link set lo up
k3s=$1; a=$2/a; b=$2/b
export K3S_CONFIG_FILE=/dev/null K3S_NODE_NAME=n
mkdir -p "$a" "$b"

server() { # directory, further flags
  dir=$1; shift
  "$k3s" server --data-dir "$dir" --write-kubeconfig "$dir.yaml" --disable-agent --node-ip 127.0.0.1 "$@" > "$dir.log" 2>&1 &
  pid=$!
  for i in $(seq 1 240); do
    "$k3s" kubectl --kubeconfig "$dir.yaml" get namespace default > /dev/null 2>&1 && return
    kill -0 $pid 2> /dev/null || break
    sleep 0.5
  done
  echo "FAILED: no server in $dir"; cat "$dir.log"; exit 1
}

snapshot() { "$k3s" etcd-snapshot "$@" --data-dir "$a"; }

restore() { # flags
  "$k3s" server --cluster-reset --data-dir "$b" --write-kubeconfig "$b.yaml" --disable-agent --node-ip 127.0.0.1 "$@" 2>&1 | grep '^k3s:'
  echo "exit=${PIPESTATUS[0]} left=$(ls -A "$b" 2> /dev/null | wc -l)"
}

server "$a" --cluster-init --token secret --node-name a
kubectl="$k3s kubectl --kubeconfig $a.yaml"
$kubectl create configmap kept --from-literal=a=b
snapshot save --name first
file=$(ls "$a"/server/db/snapshots/first-*)
snapshot save --snapshot-compress
snapshot ls
for i in $(seq 1 120); do
  [ "$($kubectl get etcdsnapshotfiles -o name 2> /dev/null | wc -l)" = 2 ] && break
  sleep 0.5
done
$kubectl get etcdsnapshotfiles --no-headers
snapshot delete "$(basename "$file")" || true
cp "$a"/server/db/snapshots/on-demand-*.zip "$2/kept.zip"
head -c 9000 "$2/kept.zip" > "$2/cut.zip"
echo "ca-a $(sha256sum < "$a/server/tls/server-ca.crt")"
kill $pid; wait $pid

echo "== without token"; restore --cluster-reset-restore-path "$2/kept.zip"
echo "== damaged"; restore --cluster-reset-restore-path "$2/cut.zip" --token secret
echo "== another token"; restore --cluster-reset-restore-path "$2/kept.zip" --token guess
echo "== restored"; restore --cluster-reset-restore-path "$2/kept.zip" --token secret
echo "== again"; restore --cluster-reset-restore-path "$2/kept.zip" --token secret
server "$b" --token secret --node-name b
echo "ca-b $(sha256sum < "$b/server/tls/server-ca.crt")"
"$k3s" kubectl --kubeconfig "$b.yaml" get configmap kept -o 'jsonpath=kept={.data.a}{"\n"}'
kill $pid; wait $pid
echo "stopped with $?"

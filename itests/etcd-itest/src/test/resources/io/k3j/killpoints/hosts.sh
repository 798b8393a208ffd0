# In namespaces of its own: two hosts with an address each that nobody else sees. The second one is but a network; the
# process that holds it is written to $1.
set -eu
ip link set lo up
unshare --net sleep infinity &
other=$!
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link add one type veth peer name two netns $other
ip address add 10.99.0.1/24 dev one
ip link set one up
nsenter --target $other --net sh -c 'ip link set lo up; ip address add 10.99.0.2/24 dev two; ip link set two up'
echo $other > "$1.new"
mv "$1.new" "$1"
wait

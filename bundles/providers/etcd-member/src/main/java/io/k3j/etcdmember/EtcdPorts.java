package io.k3j.etcdmember;

/// etcd's ports; K3s' are 2379, 2380 and 2381.
record EtcdPorts(int client, int peer, int metrics) {
}

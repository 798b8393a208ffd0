package io.k3j.kubeproxy;

/// One address and port behind a service; `local` when it is on this node, `ready` unless it is terminating.
record Backend(String address, int port, boolean local, boolean ready) {
}

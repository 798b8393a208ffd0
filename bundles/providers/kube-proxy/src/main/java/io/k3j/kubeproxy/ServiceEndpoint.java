package io.k3j.kubeproxy;

/// One endpoint of a Service; `local` when it is on this node, `ready` unless it is terminating.
record ServiceEndpoint(String address, int port, boolean local, boolean ready) {
    /// As nft writes address and port in an element.
    String element() {
        return element(address, port);
    }

    /// The same of any address and port.
    static String element(String address, int port) {
        return address + " . " + port;
    }
}

package io.k3j.supervisor;

import java.util.Set;

/// The five authorities of a cluster.
enum Issuer {
    /// Vouches for clients of the API.
    CLIENT("client-ca", "k3s-client"),
    /// Vouches for servers; `/cacerts` shows it.
    SERVER("server-ca", "k3s-server"),
    /// Vouches for the aggregator.
    REQUEST_HEADER("request-header-ca", "k3s-request-header"),
    /// Vouches for etcd's clients and their port.
    ETCD_SERVER("etcd/server-ca", "etcd-server"),
    /// Vouches for etcd's members among themselves.
    ETCD_PEER("etcd/peer-ca", "etcd-peer");

    /// Those without which the server cannot serve.
    static final Set<Issuer> NEEDED = Set.of(CLIENT, SERVER);
    /// The others.
    static final Set<Issuer> OTHERS = Set.of(REQUEST_HEADER, ETCD_SERVER, ETCD_PEER);

    private final String file;
    private final String prefix;

    Issuer(String file, String prefix) {
        this.file = file;
        this.prefix = prefix;
    }

    /// The file's name below `server/tls`, without extension.
    String file() {
        return file;
    }

    /// What its common name begins with.
    String prefix() {
        return prefix;
    }
}

package io.k3j.servercredentials;

import java.util.Set;

/// The five authorities of a cluster, by what they vouch for. Each vouches for one purpose, so that a certificate of
/// one is of no use to the others' verifiers: a client of etcd is nobody to the API server. See
/// <https://docs.k3s.io/cli/certificate> and <https://kubernetes.io/docs/setup/best-practices/certificates/>.
public enum Issuer {
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
    /// The others. They are made in the second step: nobody waits for them at the first start.
    static final Set<Issuer> OTHERS = Set.of(REQUEST_HEADER, ETCD_SERVER, ETCD_PEER);

    private final String file;
    private final String prefix;

    /// @param file below `server/tls`, without extension
    Issuer(String file, String prefix) {
        this.file = file;
        this.prefix = prefix;
    }

    /// The file's name below `server/tls`, without extension.
    String file() {
        return file;
    }

    /// What its common name begins with. It is followed by `-ca@<unix time>`, as in K3s.
    String prefix() {
        return prefix;
    }
}

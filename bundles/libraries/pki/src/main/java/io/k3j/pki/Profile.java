package io.k3j.pki;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/// What a leaf certificate should say. Immutable.
///
/// @param commonName the user of a client, by which Kubernetes knows it; of a server only for people
/// @param organizations the groups of a client, may be empty
/// @param dnsNames subject alternative names, by which clients know a server
/// @param addresses subject alternative addresses
/// @param usages what it may be shown for; not empty
/// @param validity from now on
public record Profile(String commonName, List<String> organizations, List<String> dnsNames,
        List<InetAddress> addresses, Set<Usage> usages, Duration validity) {
    /// How long leaves are valid, as in K3s.
    public static final Duration YEAR = Duration.ofDays(365);

    /// The user as which the API server asks kubelets. K3s' bootstrap policy binds it to `system:kubelet-api-admin`, so
    /// that kubelets of K3s admit it too. Only kubelets admit it: a node may pass on the bytes of a connection, and the
    /// API server at their other end has to refuse them.
    public static final String KUBELET_CLIENT = "kube-apiserver";

    /// What a certificate may be shown for: extended key usages (RFC 5280 §4.2.1.12).
    public enum Usage {
        /// To a server, by its client.
        CLIENT("1.3.6.1.5.5.7.3.2"),
        /// To a client, by its server.
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String oid;

        Usage(String oid) {
            this.oid = oid;
        }

        /// Its object identifier in dotted form.
        String oid() {
            return oid;
        }
    }

    /// Copies the lists.
    public Profile {
        organizations = List.copyOf(organizations);
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
        usages = Set.copyOf(usages);
    }

    /// A client certificate, valid for a year.
    ///
    /// @param organizations its groups
    public static Profile client(String commonName, String... organizations) {
        return new Profile(commonName, List.of(organizations), List.of(), List.of(), Set.of(Usage.CLIENT), YEAR);
    }

    /// A server certificate, valid for a year.
    ///
    /// @param dnsNames the names by which clients look for it
    /// @param addresses the addresses by which they do
    public static Profile server(String commonName, List<String> dnsNames, List<InetAddress> addresses) {
        return new Profile(commonName, List.of(), dnsNames, addresses, Set.of(Usage.SERVER), YEAR);
    }

    /// The subject such a certificate has, to be compared with that of one that is there.
    public X500Principal subject() {
        return new X500Principal(Asn1.der(DistinguishedName.of(commonName, organizations)));
    }

    /// The same for these usages.
    public Profile withUsages(Usage... all) {
        return new Profile(commonName, organizations, dnsNames, addresses, Set.of(all), validity);
    }

    /// The same for another time.
    public Profile withValidity(Duration other) {
        return new Profile(commonName, organizations, dnsNames, addresses, usages, other);
    }
}

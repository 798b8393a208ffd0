package io.k3j.kubeletclient;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// By which names a peer may answer: the DNS names in its certificate, each compared as it is. Servers sign a node's
/// name among them for the node's password. Pure.
final class PeerNames {
    /// `dNSName` of RFC 5280, section 4.2.1.6.
    private static final int DNS_NAME = 2;

    private PeerNames() {
    }

    /// @throws SSLPeerUnverifiedException when the peer is another node, or none
    static void verify(SSLSession session, String node) throws SSLPeerUnverifiedException {
        Certificate[] chain = session.getPeerCertificates();
        List<String> names = chain[0] instanceof X509Certificate leaf ? dnsNames(leaf) : List.of();
        if (names.stream().noneMatch(node::equalsIgnoreCase)) {
            throw new SSLPeerUnverifiedException("the certificate is not that of the kubelet of node " + node
                    + ": its DNS names are " + names);
        }
    }

    private static List<String> dnsNames(X509Certificate leaf) throws SSLPeerUnverifiedException {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = leaf.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.getFirst() instanceof Integer kind && kind == DNS_NAME) {
                    names.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateParsingException unreadable) {
            throw new SSLPeerUnverifiedException("the names in the certificate cannot be read: "
                    + unreadable.getMessage());
        }
        return names;
    }
}

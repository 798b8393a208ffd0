package io.k3j.kubeletclient;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// By which names a peer may answer: the DNS names in its certificate, that of a node compared as it is. Servers sign a
/// node's name among them for the node's password. Pure.
final class PeerNames {
    /// `dNSName` of RFC 5280, section 4.2.1.6.
    private static final int DNS_NAME = 2;

    private PeerNames() {
    }

    /// @throws SSLPeerUnverifiedException when the peer is another node, or none
    static void verify(SSLSession session, String node) throws SSLPeerUnverifiedException {
        List<String> names = dnsNames(session);
        if (names.stream().noneMatch(node::equalsIgnoreCase)) {
            throw new SSLPeerUnverifiedException("the certificate is not that of the kubelet of node " + node
                    + ": its DNS names are " + names);
        }
    }

    /// As Go's `VerifyHostname`, for a name and no address.
    ///
    /// @throws SSLPeerUnverifiedException when the peer has another name, or none
    static void verifyHost(SSLSession session, String host) throws SSLPeerUnverifiedException {
        List<String> names = dnsNames(session);
        if (names.stream().noneMatch(name -> isFor(name, host))) {
            throw new SSLPeerUnverifiedException("tls: failed to verify certificate: x509: certificate is "
                    + (names.isEmpty() ? "not valid for any names, but wanted to match "
                            : "valid for " + String.join(", ", names) + ", not ")
                    + host);
        }
    }

    /// Whether a name in a certificate is for a host. Names of hosts are compared without a last dot, and the first
    /// label of the certificate's may be a star, which stands for one whole label; what is no name of a host is
    /// compared as it is. Letters of ASCII are the same in both cases, others are not.
    static boolean isFor(String name, String host) {
        String known = lower(name);
        String meant = lower(host);
        String bare = meant.endsWith(".") ? meant.substring(0, meant.length() - 1) : meant;
        if (!isHostName(bare) || !isHostName(known.startsWith("*.") ? known.substring(2) : known)) {
            return known.equals(meant) && !bare.isEmpty();
        }
        int dot = bare.indexOf('.');
        return known.equals(bare) || dot > 0 && known.equals("*" + bare.substring(dot));
    }

    /// Go lets labels have underscores.
    private static boolean isHostName(String name) {
        boolean begins = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_';
            if (begins ? !letter : !letter && c != '-' && c != '.') {
                return false;
            }
            begins = c == '.';
        }
        return !begins;
    }

    private static String lower(String name) {
        StringBuilder b = new StringBuilder();
        name.chars().forEach(c -> b.append((char) (c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c)));
        return b.toString();
    }

    private static List<String> dnsNames(SSLSession session) throws SSLPeerUnverifiedException {
        Certificate[] chain = session.getPeerCertificates();
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = chain[0] instanceof X509Certificate leaf ? leaf.getSubjectAlternativeNames()
                    : null;
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

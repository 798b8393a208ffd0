package io.k3j.edge;

import io.k3j.componenthelpers.ConnectionStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLParameters;

/// What arguments of kube-apiserver, kubelet, kube-scheduler and kube-controller-manager say of a port's connections:
/// TLS 1.3 and 1.2 with forward secrecy and authenticated encryption, restricted by `tls-min-version` and
/// `tls-cipher-suites`, and how many streams a client may have by `http2-max-streams-per-connection`.
///
/// @param protocols the protocols by their Java names
/// @param suites the suites in order of preference, by their IANA names
/// @param streams of one HTTP/2 connection at a time
record TlsRules(List<String> protocols, List<String> suites, int streams) {
    private static final String VERSION = "tls-min-version=";
    private static final String SUITES = "tls-cipher-suites=";
    private static final String STREAMS = "http2-max-streams-per-connection=";
    private static final List<String> TLS_1_3 = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256");
    private static final List<String> TLS_1_2 = List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    /// Minimum versions that all mean 1.2: older versions are never enabled.
    private static final Set<String> AT_LEAST_1_2 = Set.of("VersionTLS10", "VersionTLS11", "VersionTLS12");

    /// Copies the lists.
    TlsRules {
        protocols = List.copyOf(protocols);
        suites = List.copyOf(suites);
    }

    /// Parses the `name=value` arguments of `flag`.
    /// @throws IllegalArgumentException for unsupported values; the message names flag and value
    static TlsRules of(String flag, String... arguments) {
        List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        List<String> older = TLS_1_2;
        int streams = Limits.STREAMS;
        for (String argument : arguments) {
            if (argument.startsWith(VERSION)) {
                protocols = protocols(flag, argument.substring(VERSION.length()));
            } else if (argument.startsWith(SUITES)) {
                older = suites(flag, argument.substring(SUITES.length()));
            } else if (argument.startsWith(STREAMS)) {
                streams = streams(flag, argument.substring(STREAMS.length()));
            }
        }
        List<String> suites = new ArrayList<>(TLS_1_3);
        if (protocols.contains("TLSv1.2")) {
            suites.addAll(older);
        }
        return new TlsRules(protocols, suites, streams);
    }

    /// Zero stands for the server's own number, as upstream.
    private static int streams(String flag, String given) {
        try {
            int streams = Integer.parseInt(given);
            if (streams >= 0 && streams <= ConnectionStreams.most()) {
                return streams == 0 ? Limits.STREAMS : streams;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("--" + flag + "=" + STREAMS + given + " must be a whole number from 0, which"
                + " stands for " + Limits.STREAMS + ", to " + ConnectionStreams.most());
    }

    private static List<String> protocols(String flag, String version) {
        if (version.equals("VersionTLS13")) {
            return List.of("TLSv1.3");
        }
        if (AT_LEAST_1_2.contains(version)) {
            return List.of("TLSv1.3", "TLSv1.2");
        }
        throw new IllegalArgumentException("--" + flag + "=tls-min-version=" + version
                + ": unknown version; use VersionTLS12 or VersionTLS13");
    }

    private static List<String> suites(String flag, String names) {
        List<String> chosen = new ArrayList<>();
        for (String name : names.split(",")) {
            // Go accepts two older names without the _SHA256 suffix
            String standard = name.strip().endsWith("_CHACHA20_POLY1305") ? name.strip() + "_SHA256" : name.strip();
            if (TLS_1_2.contains(standard)) {
                chosen.add(standard);
            } else if (!TLS_1_3.contains(standard)) {
                throw new IllegalArgumentException("--" + flag + "=tls-cipher-suites: " + name.strip()
                        + " is not supported; use some of " + String.join(",", TLS_1_2));
            }
        }
        return chosen;
    }

    /// The parameters for an `SSLEngine`.
    SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters(suites.toArray(String[]::new), protocols.toArray(String[]::new));
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        parameters.setUseCipherSuitesOrder(true);
        parameters.setWantClientAuth(true);
        return parameters;
    }
}

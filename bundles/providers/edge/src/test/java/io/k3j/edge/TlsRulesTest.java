package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The values of `tls-min-version` and `tls-cipher-suites`.
class TlsRulesTest {
    @Test
    void enablesTls13And12ByDefault() {
        TlsRules rules = TlsRules.of("kube-apiserver-arg", "audit-log-path=/x");
        assertThat(rules.protocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(rules.suites()).contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                .noneMatch(suite -> suite.contains("CBC") || suite.startsWith("TLS_RSA"));
    }

    @Test
    void enablesOnlyTls13OnRequest() {
        TlsRules rules = TlsRules.of("kube-apiserver-arg", "tls-min-version=VersionTLS13");
        assertThat(rules.protocols()).containsExactly("TLSv1.3");
        assertThat(rules.suites()).noneMatch(suite -> suite.contains("ECDHE"));
    }

    @Test
    void keepsTheOrderOfGivenSuites() {
        TlsRules rules = TlsRules.of("kube-apiserver-arg",
                "tls-cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        assertThat(rules.suites()).endsWith("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    }

    @Test
    void limitsStreamsToWhatIsAskedFor() {
        assertThat(TlsRules.of("kube-apiserver-arg").streams()).isEqualTo(250);
        assertThat(TlsRules.of("kube-apiserver-arg", "http2-max-streams-per-connection=0").streams()).isEqualTo(250);
        assertThat(TlsRules.of("kube-scheduler-arg", "http2-max-streams-per-connection=40").streams()).isEqualTo(40);
        for (String wrong : new String[] {"-1", "10001", "many"}) {
            assertThatThrownBy(() -> TlsRules.of("kube-apiserver-arg", "http2-max-streams-per-connection=" + wrong))
                    .hasMessage("--kube-apiserver-arg=http2-max-streams-per-connection=" + wrong
                            + " must be a whole number from 0, which stands for 250, to 10000");
        }
    }

    @Test
    void refusesUnsupportedValuesByName() {
        assertThatThrownBy(() -> TlsRules.of("kubelet-arg", "tls-min-version=1.3"))
                .hasMessage("--kubelet-arg=tls-min-version=1.3: unknown version; use VersionTLS12 or VersionTLS13");
        assertThatThrownBy(() -> TlsRules.of("kube-apiserver-arg", "tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA"))
                .hasMessageStartingWith("--kube-apiserver-arg=tls-cipher-suites: TLS_RSA_WITH_AES_128_CBC_SHA is not");
    }
}

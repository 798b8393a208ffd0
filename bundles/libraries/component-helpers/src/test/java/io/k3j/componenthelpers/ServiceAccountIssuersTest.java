package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceAccountIssuersTest {
    private static final String OWN = "https://kubernetes.default.svc.cluster.local";

    private static ServiceAccountIssuers of(List<String> issuers, List<String> audiences) {
        return ServiceAccountIssuers.of("cluster.local", issuers, audiences);
    }

    @Test
    void areThoseOfK3sUnlessArgumentsSayOtherwise() {
        assertThat(of(List.of(), List.of())).isEqualTo(new ServiceAccountIssuers(List.of(OWN), List.of(OWN, "k3s")));
        ServiceAccountIssuers given = of(List.of("https://a.example", OWN), List.of("x, y", "z"));
        assertThat(given.first()).isEqualTo("https://a.example");
        assertThat(given.accepted()).containsExactlyInAnyOrder("https://a.example", OWN);
        assertThat(given.audiences()).containsExactly("x", "y", "z");
    }

    @ParameterizedTest
    @CsvSource({"https://a.example,true", "https://a.example/path,true", "http://a.example,false", "mine,false",
            "https://a.example?x=1,false", "https://a.example#x,false"})
    void othersFindOutWhatAnIssuerOfHttpsPublishes(String issuer, boolean discoverable) {
        assertThat(of(List.of(issuer), List.of()).discoverable()).isEqualTo(discoverable);
    }

    @ParameterizedTest
    @CsvSource({"'',is empty or given twice", "ht tp://x,contained a ':' but was not a valid URL"})
    void whatIsNoIssuerIsTold(String issuer, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> of(List.of(issuer), List.of()))
                .withMessageContaining(message);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> of(List.of("a", "a"), List.of()))
                .withMessageContaining("given twice");
    }
}

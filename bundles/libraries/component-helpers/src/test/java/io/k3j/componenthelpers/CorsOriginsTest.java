package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsOriginsTest {
    private static final String FLAG = "--kube-apiserver-arg";

    @ParameterizedTest
    @CsvSource({"https://example.com, true", "http://example.com:8080, true", "https://a.example.org, true",
            "https://example.com.evil.org, false", "https://evil-example.com, false", "null, false"})
    void allowsThoseThatOneOfTheExpressionsIsFoundIn(String origin, boolean allowed) {
        CorsOrigins origins = CorsOrigins.of(FLAG,
                List.of("//example\\.com(:|$),^https://a\\.example\\.net$", "^https://.*\\.example\\.org$"));
        assertThat(origins.isEmpty()).isFalse();
        assertThat(origins.allows(origin)).isEqualTo(allowed);
    }

    @Test
    void allowsNobodyWithoutExpressions() {
        assertThat(CorsOrigins.of(FLAG, List.of("")).isEmpty()).isTrue();
        assertThat(CorsOrigins.NONE.allows("https://example.com")).isFalse();
        assertThatThrownBy(() -> CorsOrigins.of(FLAG, List.of("//a$,")))
                .hasMessageStartingWith(FLAG + ": empty value in cors-allowed-origins; try ");
    }

    @ParameterizedTest
    @CsvSource({"example.com, does not pin to start/end of host", "^console, does not pin to start/end of host",
            "^(a$, missing closing )"})
    void refusesWhatWouldAllowOthersAsWell(String expression, String why) {
        assertThatThrownBy(() -> CorsOrigins.of(FLAG, List.of(expression)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(FLAG + "=cors-allowed-origins has an invalid regular expression: " + expression)
                .hasMessageContaining(why).hasMessageContaining("; try " + FLAG + "=cors-allowed-origins=//example");
    }
}

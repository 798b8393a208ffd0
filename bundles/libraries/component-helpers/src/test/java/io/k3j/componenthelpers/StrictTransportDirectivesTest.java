package io.k3j.componenthelpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictTransportDirectivesTest {
    private static final String FLAG = "--kube-apiserver-arg";

    @Test
    void areJoinedAsTheHeaderHasThem() {
        assertThat(StrictTransportDirectives.of(FLAG, List.of("max-age=31536000,includeSubDomains", "preload")))
                .isEqualTo("max-age=31536000; includeSubDomains; preload");
        assertThat(StrictTransportDirectives.of(FLAG, List.of(""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"max-age, invalid", "age=1, invalid", "max-age=1=2, invalid", "includesubdomains, invalid",
            "preload; x, invalid", "max-age=1 2, no header may have",
            "'preload,', empty value in strict-transport-security-directives"})
    void whatIsNoDirectiveIsRefused(String given, String why) {
        assertThatThrownBy(() -> StrictTransportDirectives.of(FLAG, List.of(given)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why)
                .hasMessageContaining("; try " + FLAG + "=strict-transport-security-directives=max-age=");
    }
}

package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartAnnotationsTest {
    @Test
    void theAnnotationsHaveTheFormOfK3s() {
        Map<String, String> all = StartAnnotations.of(List.of("server", "--token", "********"),
                List.of("K3S_A=b=c", "K3S_TOKEN=********"));
        assertThat(all).containsEntry("k3s.io/node-args", "[\"server\",\"--token\",\"********\"]")
                .containsEntry("k3s.io/node-env", "{\"K3S_A\":\"b=c\",\"K3S_TOKEN\":\"********\"}");
        assertThat(all.get("k3s.io/node-config-hash")).matches("[A-Z2-7]{52}====");
        assertThat(StartAnnotations.of(List.of("server"), List.of()).get("k3s.io/node-config-hash"))
                .isNotEqualTo(all.get("k3s.io/node-config-hash"));
    }

    /// The vectors of RFC 4648, section 10.
    @ParameterizedTest
    @CsvSource({"f,MY======", "fo,MZXQ====", "foo,MZXW6===", "foob,MZXW6YQ=", "fooba,MZXW6YTB",
            "foobar,MZXW6YTBOI======"})
    void base32IsThatOfTheStandard(String text, String encoded) {
        assertThat(StartAnnotations.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
    }
}

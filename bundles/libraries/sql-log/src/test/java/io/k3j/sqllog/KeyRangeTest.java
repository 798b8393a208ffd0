package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.KeyOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final List<String> SAMPLES = List.of("", "/", "/a", "/a/", "/a0", "/b", "0", "\u007f", "\u00ff",
            "\ud7ff", "\ue000", "\uffff", "\ud83d\ude00", "\udbff\udfff");

    @Test
    void comparesAsTheBytesOfUtf8Do() {
        for (String a : SAMPLES) {
            for (String b : SAMPLES) {
                int bytes = Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8),
                        b.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(KeyOrder.compare(a, b))).isEqualTo(Integer.signum(bytes));
            }
        }
    }

    @Test
    void holdsEveryKeyOfItsPrefixFromTheStartOn() {
        for (String rest : SAMPLES) {
            KeyRange range = KeyRange.of("/p", "/p" + rest);
            assertThat(range.from()).isEqualTo("/p" + rest);
            assertThat(KeyOrder.compare("/p" + rest, range.below())).isNegative();
        }
        assertThat(KeyRange.of("/p", "/a").from()).isEqualTo("/p");
        assertThat(KeyOrder.compare("/q", KeyRange.of("/p", "").below())).isPositive();
    }
}

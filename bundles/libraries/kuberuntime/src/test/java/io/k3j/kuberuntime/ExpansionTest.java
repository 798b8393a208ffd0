package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"$(A)/x|", "$(B)/$(EMPTY)/$(A)|B,EMPTY", "$$(B)|", "plain|", "$(B)$(B)|B"})
    void knowsTheNamesWithoutAValue(String text, String missing) {
        assertThat(String.join(",", Expansion.missing(text, Map.of("A", "a", "EMPTY", ""))))
                .isEqualTo(missing == null ? "" : missing);
    }
}

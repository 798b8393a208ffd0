package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"1,1", "0,0", "0Gi,0", "100m,100m", "1000m,1", "0.5,500m", "1.5Gi,1536Mi", "1024Ki,1Mi", "1Gi,1Gi",
            "512,512", "1024,1024", "1k,1k", "1000,1k", "1500,1500", "12e6,12e6", "1E3,1e3", "1E,1E",
            "1000000Ki,1000000Ki",
            "0.1Ki,102400m", "-5m,-5m", "1n,1n", "0.0000000001,1n", "2000u,2m", ".5,500m", "3.,3",
            "8Ei,9223372036854775807", "-9Ei,-9223372036854775807", "1e64,10e63"})
    void writesTheCanonicalForm(String given, String canonical) {
        assertThat(Quantity.parse(given)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "1x", "1 ", "1mm", "--1", "1ee3", "1Kii", "1e", "1e999", "i"})
    void refusesWhatIsNoQuantity(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Quantity.parse(text));
    }

    @Test
    void countsExactly() {
        assertThat(Quantity.parse("100m").add(Quantity.parse("0.9"))).isEqualTo(Quantity.parse("1"));
        assertThat(Quantity.parse("1Gi").subtract(Quantity.parse("512Mi"))).hasToString("512Mi");
        assertThat(Quantity.parse("1500m").value()).isEqualTo(2);
        assertThat(Quantity.parse("1500m").milliValue()).isEqualTo(1500);
        assertThat(Quantity.parse("1Ki")).isGreaterThan(Quantity.parse("1k"));
    }

    @Test
    void sumsOfNumbersAreBoundedAsTheNumbersAre() {
        assertThat(Quantity.sum(1, 2)).isEqualTo(3);
        assertThat(Quantity.sum(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(Quantity.sum(Long.MIN_VALUE, -1)).isEqualTo(Long.MIN_VALUE);
        assertThat(Quantity.sum(Long.MAX_VALUE, Long.MIN_VALUE)).isEqualTo(-1);
    }
}

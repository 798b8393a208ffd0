package io.k3j.helmcontroller;

import static io.k3j.helmcontroller.Charts.base64;
import static io.k3j.helmcontroller.Charts.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseInputTest {
    private static Struct reference(String name, boolean ignoreUpdates, String... keys) {
        return Struct.of("name", name, "keys", Seq.of((Object[]) keys), "ignoreUpdates", ignoreUpdates);
    }

    private static List<String> texts(ReleaseInput input) {
        return ValueFiles.of(input).values().stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
    }

    @Test
    void valuesComeInTheOrderInWhichTheyCountMoreAndMore() {
        Struct spec = Struct.of("values", Struct.of("b", 2), "valuesContent", "a: 1", "valuesSecrets",
                Seq.of(reference("s", false, "x", "y")));
        Struct config = Struct.of("valuesSecrets", Seq.of(reference("t", false, "z")), "values", Struct.of("d", 4),
                "valuesContent", "c: 3");
        assertThat(texts(input(spec, config, Map.of("s", Struct.of("x", base64("sx"), "y", base64("sy")), "t",
                Struct.of("z", base64("tz")))))).containsExactly("a: 1", "{\"b\":2}", "sx", "sy", "c: 3",
                        "{\"d\":4}", "tz");
    }

    @Test
    void aSecretThatIsIgnoredMayBeMissing() {
        Struct spec = Struct.of("valuesSecrets", Seq.of(reference("gone", true, "x")));
        assertThat(texts(input(spec, Struct.EMPTY, Map.of()))).isEmpty();
    }

    @Test
    void aMissingKeyIsNamed() {
        Struct spec = Struct.of("valuesSecrets", Seq.of(reference("s", false, "x")));
        assertThatThrownBy(() -> texts(input(spec, Struct.EMPTY, Map.of("s", Struct.EMPTY))))
                .hasMessage("the Secret default/s that the HelmChart refers to has no key x");
    }

    @Test
    void setKeepsTypesOfNumbersAndTruthValuesAndTextOfEverythingElse() {
        Struct set = Struct.of("replicas", 3L, "tls.enabled", "true", "tag", "1.10", "port", "80", "list", "a\\,b");
        assertThat(ValueFiles.set(set, true)).containsExactly(Map.entry("replicas", "3"),
                Map.entry("tls.enabled", "true"));
        assertThat(ValueFiles.set(set, false)).containsExactly(Map.entry("list", "a,b"), Map.entry("port", "80"),
                Map.entry("tag", "1.10"));
    }

    @Test
    void theHashChangesWithWhatTheReleaseIsMadeFrom() {
        String plain = input("chart", "x").hash();
        assertThat(plain).hasSize(63).matches("[0-9A-F]+").isEqualTo(input("chart", "x").hash());
        assertThat(input("chart", "y").hash()).isNotEqualTo(plain);
        assertThat(input("chart", "x", "set", Struct.of("a", "b")).hash()).isNotEqualTo(plain);
        assertThat(input(Struct.of("chart", "x"), Struct.of("valuesContent", "a: 1"), Map.of()).hash())
                .isNotEqualTo(plain);
        assertThat(input("chart", "x", "targetNamespace", "other").hash()).isNotEqualTo(plain);
    }

    @Test
    void theHashDoesNotChangeWithHowItIsMade() {
        String plain = input("chart", "x").hash();
        assertThat(input("chart", "x", "timeout", "9s", "backOffLimit", 2L, "failurePolicy", "abort", "jobImage", "i",
                "bootstrap", true).hash()).isEqualTo(plain);
        assertThat(input("chart", "x", "set", Struct.of("a", "1", "b", "2")).hash())
                .isEqualTo(input("chart", "x", "set", Struct.of("b", "2", "a", "1")).hash());
    }

    @Test
    void onlyTheKeysOfSecretsCountThatAreUsedAndNotIgnored() {
        Struct spec = Struct.of("chart", "x", "valuesSecrets",
                Seq.of(reference("s", false, "x"), reference("i", true, "x")));
        Struct one = Struct.of("x", base64("1"));
        String before = input(spec, Struct.EMPTY, Map.of("s", one, "i", one)).hash();
        assertThat(input(spec, Struct.EMPTY, Map.of("s", one.with("other", base64("2")))).hash()).isEqualTo(before);
        assertThat(input(spec, Struct.EMPTY, Map.of("s", Struct.of("x", base64("2")))).hash()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"'',300", "10s,10", "1h30m,3600", "0s,1", "100ms,1"})
    void theTimeoutIsBounded(String text, long seconds) {
        assertThat(input("timeout", text).timeout()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aTimeoutThatIsNoneIsRefused() {
        assertThatThrownBy(() -> input("timeout", "soon").timeout()).isInstanceOf(ChartRefused.class)
                .hasMessageContaining("spec.timeout soon");
    }

    @Test
    void theConfigurationsPolicyCountsBeforeTheCharts() {
        assertThat(input("failurePolicy", "retry").failurePolicy()).isEqualTo("retry");
        assertThat(input(Struct.of("failurePolicy", "retry"), Struct.of("failurePolicy", "abort"), Map.of())
                .failurePolicy()).isEqualTo("abort");
    }

    @Test
    void saysWhichFieldsDoNothing() {
        assertThat(input("takeOwnership", true, "serverSide", "true", "jobImage", "x", "forceConflicts", false)
                .ignored()).containsExactly("spec.takeOwnership", "spec.jobImage", "spec.serverSide");
        assertThat(input("serverSide", "auto").ignored()).isEmpty();
    }
}

package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    private static final Map<String, String> LABELS = Map.of("app", "web", "tier", "front", "size", "5");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"app=web|true", "app==web,tier!=back|true", "app in (web, api)|true",
            "app notin (web)|false", "other notin (web)|true", "!app|false", "!other|true", "app|true", "other|false",
            "size>4,size<6|true", "''|true", "app=|false"})
    void selectsByEveryRequirement(String text, boolean selected) {
        assertThat(Selector.parse(text).matches(LABELS)).isEqualTo(selected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a in x", "a in (x", "=x", "a,,b", "a=b)c", "a,", "a=b, "})
    void refusesWhatItCannotRead(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Selector.parse(text))
                .withMessageContaining("unable to parse requirement");
    }

    @Test
    void readsTheObjectForm() {
        Struct selector = Struct.of("matchLabels", Struct.of("app", "web"), "matchExpressions",
                Seq.of(Struct.of("key", "tier", "operator", "NotIn", "values", Seq.of("back"))));
        assertThat(Selector.of(selector).matches(LABELS)).isTrue();
        assertThat(Selector.of(selector)).hasToString("app=web,tier!=back");
    }

    @Test
    void aNumberIsNeitherAboveNorBelowNoValue() {
        for (String operator : List.of("Gt", "Lt")) {
            Struct selector = Struct.of("matchExpressions", Seq.of(Struct.of("key", "size", "operator", operator)));
            assertThat(Selector.of(selector).matches(LABELS)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b=c", "a===b", "a=b\\c", "a=b\\", "=a", "a"})
    void refusesFieldsItCannotRead(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> FieldSelector.parse(text))
                .withMessageContaining("invalid field selector");
    }

    @Test
    void comparesFieldsWithEscapes() {
        FieldSelector s = FieldSelector.parse("metadata.name=a\\,b,status.phase!=Running");
        assertThat(s.matches(f -> f.equals("metadata.name") ? "a,b" : "Pending")).isTrue();
        assertThat(s).hasToString("metadata.name=a\\,b,status.phase!=Running");
    }
}

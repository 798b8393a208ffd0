package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {
    private static final Struct OBJECT = Struct.of("metadata",
            Struct.of("name", "a", "labels", Struct.of("example.com/team", "red")), "spec",
            Struct.of("replicas", 3, "hosts", Seq.of("x", "z")), "status",
            Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", "True", "weight", 5),
                    Struct.of("type", "Synced", "status", "False", "weight", 1))));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {".spec.replicas|[3]", "{.spec.replicas}|[3]", "$.metadata.name|[a]",
            ".metadata.labels['example.com/team']|[red]", ".metadata.labels.example\\.com/team|[red]",
            ".spec.hosts[0]|[x]", ".spec.hosts[-1]|[z]", ".spec.hosts[2]|[]",
            ".spec.hosts[-3]|[]", ".spec.hosts[-1:]|[z]", ".spec.hosts[:1]|[x]", ".spec.hosts[0:-1]|[x]",
            ".spec.hosts[:]|[x, z]", ".spec.hosts[0:3]|[]", ".status.conditions[-1:].type|[Synced]",
            ".spec.hosts[*]|[x, z]", ".spec.nothing|[]",
            ".status.conditions[?(@.type==\"Ready\")].status|[True]",
            ".status.conditions[?(@.type=='Ready')].status|[True]",
            ".status.conditions[?(@.weight<3)].type|[Synced]",
            ".status.conditions[?(@.type!=\"Ready\")].type|[Synced]"})
    void findsTheSameValuesAsKubectl(String path, String found) {
        assertThat(JsonPath.parse(path).values(OBJECT)).hasToString(found);
    }

    @Test
    void unsupportedPathsAreReported() {
        assertThatThrownBy(() -> JsonPath.parse(".a[0")).hasMessage("unterminated array");
        assertThatThrownBy(() -> JsonPath.parse(".a[x]")).hasMessage("invalid array index x");
        assertThatThrownBy(() -> JsonPath.parse(".a[0:2:2]")).hasMessage("invalid array index 0:2:2");
    }
}

package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients choose how many managers an object has, what each owns, and how long the paths are.
class ManyOwnersTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Manager ME = new Manager("me", "v1", "");
    private final Shape shape = new Schemas().shape(Gvk.of("v1", "ConfigMap")).orElseThrow();

    private static Struct map(Seq owners, Struct data) {
        return Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "m", "managedFields", owners), "data", data);
    }

    private static Struct entry(String manager, Struct fields) {
        return Struct.of("manager", manager, "operation", "Apply", "apiVersion", "v1", "fieldsType", "FieldsV1",
                "fieldsV1", fields);
    }

    private static Struct fields(String prefix, int many, Object value) {
        Struct.Builder b = Struct.builder();
        for (int i = 0; i < many; i++) {
            b.put(prefix + i, value);
        }
        return b.build();
    }

    @Test
    @Timeout(60)
    void manyManagersBesideManyFieldsTakeLittleTime() {
        List<Struct> owners = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            owners.add(entry("o" + i, Struct.of("f:data", Struct.of("f:k" + i, Struct.EMPTY))));
        }
        owners.add(entry("me", Struct.of("f:data", fields("f:k", 100_000, Struct.EMPTY))));
        Struct live = map(Seq.copyOf(owners), fields("k", 100_000, "v"));
        Struct left = ManagedFields.applied(shape, live, map(Seq.EMPTY, fields("n", 100_000, "")), ME, false, NOON);
        assertThat(left.struct("data").size()).isEqualTo(110_000);
        assertThat(left.struct("data").text("k9999")).isEqualTo("v");
    }

    /// All paths together would be 8 GB.
    @Test
    void longPathsOfConflictsAreCutBeforeTheyAreMade() {
        String name = "x".repeat(400_000);
        Struct owned = Struct.of("f:unknown", Struct.of("f:" + name, fields("f:k", 20_000, Struct.EMPTY)));
        Struct live = map(Seq.of(entry("they", owned)), Struct.EMPTY).with("unknown",
                Struct.of(name, fields("k", 20_000, 1)));
        Struct wanted = map(Seq.EMPTY, Struct.EMPTY).with("unknown", Struct.of(name, fields("k", 20_000, 2)));
        assertThatExceptionOfType(ApplyConflict.class)
                .isThrownBy(() -> ManagedFields.applied(shape, live, wanted, ME, false, NOON))
                .withMessageStartingWith("Apply failed with 20000 conflicts: conflicts with \"they\":\n- .unknown.xxx")
                .withMessageEndingWith("\n- and more")
                .satisfies(e -> assertThat(e.conflicts()).hasSize(FieldPaths.MOST)
                        .allMatch(c -> c.field().length() <= FieldPaths.MAX_LENGTH));
    }
}

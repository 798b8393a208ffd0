package io.k3j.codec;

import io.k3j.model.Struct;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bytes of a datastore, which may be damaged, are looked into or refused, whatever is asked of them.
public class StoredFormFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> Json.head(input), MalformedInput.class);
        Fuzzing.parse(() -> Json.afterKind(input), MalformedInput.class);
        Fuzzing.parse(() -> {
            int hole = Json.hole(input);
            Json.labels(input, hole, (key, keyEnd, value, valueEnd) -> {
            });
            Json.withRevision(input, 7);
            Json.metadataEnd(input, hole);
            Json.labels(input, hole);
        }, MalformedInput.class);
    }

    @Test
    void isLookedIntoOrRefused() throws IOException {
        Struct metadata = Struct.of("name", "web", "namespace", "default", "labels",
                Struct.of("app", "web", "a", "b"), "managedFields",
                Struct.of("f:spec", Struct.of("f:a", Struct.EMPTY)));
        Fuzzing.run(StoredFormFuzzTest::fuzzerTestOneInput, List.of(
                Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec",
                        Struct.of("nodeName", "a\"b\\c"))),
                Json.stored(Struct.of("apiVersion", "apps/v1", "kind", "Deployment"))));
    }
}

package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A field selector is read or refused, and what was read is the same after it was written.
public class FieldSelectorFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            FieldSelector read = FieldSelector.parse(Fuzzing.text(input));
            read.matches(field -> "web");
            Fuzzing.parse(() -> assertThat(FieldSelector.parse(read.toString())).isEqualTo(read));
        }, IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(FieldSelectorFuzzTest::fuzzerTestOneInput, Fuzzing.texts("metadata.name=web,status.phase!=Running",
                "a==b", "spec.nodeName=a\\,b\\=c\\\\d", "a=,b!="));
    }
}

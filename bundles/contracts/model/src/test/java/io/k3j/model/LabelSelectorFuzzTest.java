package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A label selector is read or refused, and what was read is the same after it was written.
public class LabelSelectorFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Selector read = Selector.parse(Fuzzing.text(input));
            read.matches(Map.of("app", "web", "size", "5"));
            Fuzzing.parse(() -> assertThat(Selector.parse(read.toString())).isEqualTo(read));
        }, IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(LabelSelectorFuzzTest::fuzzerTestOneInput, Fuzzing.texts("app=web,tier!=back", "app in (web, api)",
                "a notin (b,),!c,d", "size>4,size<6", "example.com/x==y", "in in (in)"));
    }
}

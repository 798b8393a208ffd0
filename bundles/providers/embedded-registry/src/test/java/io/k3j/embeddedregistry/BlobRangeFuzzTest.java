package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A range that another node asks for lies within the blob, or is none.
public class BlobRangeFuzzTest {
    private static final long SIZE = 100;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> BlobRange.of(Optional.of(Fuzzing.text(input)), SIZE).ifPresent(range -> {
            assertThat(range.from()).isNotNegative();
            assertThat(range.length()).isNotNegative();
            assertThat(range.length() == 0 || range.from() + range.length() <= SIZE).isTrue();
            range.header(SIZE);
        }));
    }

    @Test
    void liesWithinTheBlobOrIsNone() throws IOException {
        Fuzzing.run(BlobRangeFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts("bytes=5-", "bytes=0-99", "bytes=10-5", "bytes=-5", "bytes=999999999999999999-"));
    }
}

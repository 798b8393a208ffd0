package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogPageTest {
    @Test
    void takesAsManyRowsAsFitIntoItsBytes() {
        assertThat(LogPage.fitting(Collections.nCopies(500, 1_000L))).isEqualTo(500);
        assertThat(LogPage.fitting(Collections.nCopies(500, 1L << 20))).isEqualTo(8);
        assertThat(LogPage.fitting(List.of(3L, LogPage.MAX_BYTES, 3L))).isEqualTo(2);
    }

    /// One that is known already and the one after it: else nobody would get on.
    @Test
    void takesTwoHoweverLargeTheyAre() {
        assertThat(LogPage.fitting(Collections.nCopies(3, LogPage.MAX_BYTES + 1))).isEqualTo(2);
        assertThat(LogPage.fitting(List.of())).isEqualTo(2);
    }
}

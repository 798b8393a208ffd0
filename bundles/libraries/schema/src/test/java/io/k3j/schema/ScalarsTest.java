package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Durations as Go's `time.ParseDuration` takes them.
class ScalarsTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "+0", "-0", "0s", "1h0m", "1h30m", "-1.5h", ".5s", "1.s", "10ns", "3us", "3\u00b5s",
            "3\u03bcs",
            "1h1h"})
    void durations(String text) {
        assertThat(Scalars.duration(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+", ".s", "-.s", "1h.s", ".", "h", "1h-1m", " 1s", "9999999h"})
    void whatIsNone(String text) {
        assertThatThrownBy(() -> Scalars.duration(text)).isInstanceOf(DecodeFailure.class);
    }

    @Test
    void theMessagesAreGos() {
        assertThatThrownBy(() -> Scalars.duration("1h00")).hasMessage("time: missing unit in duration \"1h00\"");
        assertThatThrownBy(() -> Scalars.duration("1d")).hasMessage("time: unknown unit \"d\" in duration \"1d\"");
        assertThatThrownBy(() -> Scalars.duration("soon")).hasMessage("time: invalid duration \"soon\"");
    }
}

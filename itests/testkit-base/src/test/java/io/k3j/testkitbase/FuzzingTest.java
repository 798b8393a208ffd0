package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FuzzingTest {
    private static final List<byte[]> SEEDS = Fuzzing.texts("a=b", "c in (d)");

    private static List<String> inputs() throws IOException {
        List<String> inputs = new ArrayList<>();
        Fuzzing.run(input -> inputs.add(Fuzzing.text(input)), SEEDS);
        return inputs;
    }

    @Test
    void theSeedsAreFirstAndTheOthersAreTheSameInEachBuild() throws IOException {
        List<String> inputs = inputs();
        assertThat(inputs).startsWith("a=b", "c in (d)").hasSizeGreaterThan(SEEDS.size());
        assertThat(inputs()).isEqualTo(inputs);
    }

    @Test
    void anInputThatFailsIsTold() {
        assertThatThrownBy(() -> Fuzzing.run(input -> {
            throw new IllegalStateException("broken");
        }, SEEDS)).isInstanceOf(AssertionError.class).hasMessageContaining("YT1i").hasRootCauseMessage("broken");
    }

    @Test
    void aRefusalIsTheParsersOwnAndHasAMessage() {
        Fuzzing.parse(() -> Integer.parseInt("x"), NumberFormatException.class);
        assertThatThrownBy(() -> Fuzzing.parse(() -> Integer.parseInt("x"), IOException.class))
                .isInstanceOf(AssertionError.class).hasMessageContaining("NumberFormatException");
        assertThatThrownBy(() -> Fuzzing.parse(() -> {
            throw new IOException();
        }, IOException.class)).isInstanceOf(AssertionError.class).hasMessageContaining("without a word");
    }

    @Test
    void whatAllocatesByALengthIsTold() {
        List<byte[]> kept = new ArrayList<>();
        assertThatThrownBy(() -> Fuzzing.parse(() -> {
            for (int i = 0; i < 300; i++) {
                kept.clear();
                kept.add(new byte[1 << 20]);
            }
        })).isInstanceOf(AssertionError.class).hasMessageContaining("bytes");
    }
}

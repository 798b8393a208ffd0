package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void aLineIsARowOfTheTable() {
        assertThat(new Figure(14, "swap: longest gap", 312, "ms").line("≤ 500 ms", "kept"))
                .isEqualTo("figure | 14 | swap: longest gap | 312 ms | ≤ 500 ms | kept");
    }

    @Test
    void smallFiguresKeepTheirDigits() {
        assertThat(new Figure(13, "a", 0.657, "s").line("", "")).isEqualTo("figure | 13 | a | 0.66 s |  | ");
        assertThat(new Figure(13, "a", 61.26, "").line("", "")).contains("| 61.3 |");
    }
}

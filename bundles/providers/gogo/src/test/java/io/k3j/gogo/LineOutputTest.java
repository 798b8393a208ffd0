package io.k3j.gogo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineOutputTest {
    private final List<String> told = new ArrayList<>();
    private final LineOutput.Pair lines = LineOutput.pair(told::add, line -> told.add("!" + line));

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        lines.output().write(bytes, 0, bytes.length);
    }

    @Test
    void givesEachLineAwayAsSoonAsItHasEnded() {
        write("one\r\ntw");
        assertThat(told).containsExactly("one");
        write("ö\n\nthree");
        assertThat(told).containsExactly("one", "twö", "");
        assertThat(lines.end()).isFalse();
        assertThat(told).endsWith("three");
    }

    @Test
    void aCarriageReturnBeginsNoLine() {
        write("10%\r=0\r\n");
        assertThat(told).containsExactly("10% =0");
    }

    @Test
    void breaksLongLines() {
        write("x".repeat(LineOutput.MAX_LINE_BYTES + 1) + "\n");
        assertThat(told).extracting(String::length).containsExactly(LineOutput.MAX_LINE_BYTES, 1);
    }

    @Test
    void throwsAwayWhatIsTooMuchUntilTheNextCommand() {
        String line = "x".repeat(1023) + "\n";
        for (int i = 0; i <= LineOutput.MAX_BYTES / line.length(); i++) {
            write(line);
        }
        assertThat(told).hasSize((int) (LineOutput.MAX_BYTES / line.length()));
        lines.complaints().line("too late");
        assertThat(told).doesNotContain("!too late");
        assertThat(lines.end()).isTrue();
        lines.begin();
        lines.complaints().line("in time");
        assertThat(told).endsWith("!in time");
    }

    @Test
    void tellsNobodyAnythingOnceItIsClosed() {
        write("begun");
        lines.close();
        write(" and left\n");
        lines.end();
        assertThat(told).isEmpty();
    }
}

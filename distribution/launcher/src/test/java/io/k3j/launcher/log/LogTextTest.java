package io.k3j.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

class LogTextTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 20, 9, 5, 7, 1_234_567, ZoneOffset.UTC);

    @Test
    void writesKlogsText() {
        String line = new KlogLayout(4711)
                .text(new Entry(TIME, Level.WARNING, "io.k3j.kubelet", "pod=default/a late", null));
        assertThat(line).isEqualTo("W1120 09:05:07.001234    4711 kubelet] pod=default/a late\n");
    }

    @Test
    void writesOneJsonObjectALine() {
        String line = new JsonLayout().text(new Entry(TIME, Level.INFO, "io.netty.Boot", "a \"b\"\n\u0001", null));
        assertThat(line).isEqualTo("{\"ts\":1795165507001,\"level\":\"info\",\"logger\":\"Boot\","
                + "\"msg\":\"a \\\"b\\\"\\n\\u0001\"}\n");
    }

    @Test
    void tellsATerminalNothing() {
        Entry entry = new Entry(TIME, Level.INFO, "io.k3j.edge", "user=a\u001b[2J\u009b1A\u007f\r\tb",
                new IllegalStateException("c\u001b]0;d\u0007"));
        assertThat(new KlogLayout(1).text(entry)).contains("user=a\\x1b[2J\\x9b1A\\x7f\\x0d\tb\n", "c\\x1b]0;d\\x07\n")
                .doesNotContain("\u001b");
        assertThat(new JsonLayout().text(entry)).contains("user=a\\u001b[2J\\u009b1A\\u007f\\u000d\\tb\"",
                "c\\u001b]0;d\\u0007");
    }

    @Test
    void showsAFailureWithItsTrace() {
        IllegalStateException failure = new IllegalStateException("broken");
        assertThat(new KlogLayout(1).text(new Entry(TIME, Level.ERROR, "io.k3j.edge", "x", failure)))
                .startsWith("E1120").contains("IllegalStateException: broken").contains("\tat ");
    }

    @Test
    void hearsPerComponent() {
        Levels levels = new Levels(false, "0", "kubelet=6,kube-proxy=4");
        assertThat(levels.of("io.k3j.kubelet")).isEqualTo(Level.TRACE);
        assertThat(levels.of("io.k3j.kubeproxy")).isEqualTo(Level.DEBUG);
        assertThat(levels.of("io.k3j.edge")).isEqualTo(Level.INFO);
        assertThat(levels.of("io.netty.handler.Ssl")).isEqualTo(Level.WARNING);
        assertThat(new Levels(true, "0", "").of("io.k3j.edge")).isEqualTo(Level.DEBUG);
        assertThat(new Levels(false, "4", "").of("io.k3j.edge")).isEqualTo(Level.DEBUG);
    }

    @Test
    void hearsOtherLevelsFromOneMomentOn() {
        assertThat(Log.heard("io.k3j.edge", Level.DEBUG)).isFalse();
        Log.levels(true, "0", "kubelet=6");
        try {
            assertThat(Log.heard("io.k3j.edge", Level.DEBUG)).isTrue();
            assertThat(Log.heard("io.k3j.kubelet", Level.TRACE)).isTrue();
        } finally {
            Log.levels(false, "0", "");
        }
        assertThat(Log.heard("io.k3j.edge", Level.DEBUG)).isFalse();
    }

    @Test
    void fillsParametersPlainly() {
        assertThat(BundleLogger.filled("a={0} b={1} {2} {x} {", new Object[] {12345, null}))
                .isEqualTo("a=12345 b=null {2} {x} {");
    }
}

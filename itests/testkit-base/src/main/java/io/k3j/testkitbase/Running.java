package io.k3j.testkitbase;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether processes of this machine run, whoever has started them.
public final class Running {
    private static final String ENDED = "ZX";

    private Running() {
    }

    /// Whether a process has not ended. One whose exit code nobody has asked for yet has, which [ProcessHandle#isAlive]
    /// does not see of those that others have started.
    public static boolean process(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            return ENDED.indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (IOException ended) {
            return false;
        }
    }
}

package io.k3j.ha;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the threads of `k3s` on a host are doing, virtual ones included: the evidence when a wait has run out. Kept
/// where it outlives the machine.
final class Threads {
    private static final Path DIRECTORY = Path.of("target", "threads").toAbsolutePath();
    // machines share /tmp and count processes alike: the way to another machine's JVM may lie there under this number
    private static final String DUMP = "pid=$(pgrep -f [k]3s-base.jar | head -1); [ -n \"$pid\" ] || { echo it has"
            + " ended; exit 1; }; rm -f /tmp/.java_pid$pid; %s $pid Thread.dump_to_file -overwrite -format=text %s";

    private Threads() {
    }

    /// Writes them down.
    /// @return where, or why not
    static String of(Host host) {
        Path file = DIRECTORY.resolve(host.name() + "-" + System.currentTimeMillis() + ".txt");
        try {
            Files.createDirectories(DIRECTORY);
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            String said = host.run(DUMP.formatted(jcmd, file)).text();
            return "threads of " + host.name() + ": " + (Files.exists(file) ? file : said.strip());
        } catch (IOException | AssertionError e) {
            return "threads of " + host.name() + " are not known: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

package io.k3j.kuberuntime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/// Log files in CRI's format: `time stream F|P text`. Any thread; reads and deletes files. See
/// <https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>.
///
/// The runtime writes these files; the kubelet renames them when they are large, and deletes them with their container.
public final class Logs {
    private Logs() {
    }

    /// Deletes a log and its rotated parts; one that is not there is no failure. Rotated parts are called as the log,
    /// with a dot and the time behind.
    /// @param log may be the empty path, of a container that never started
    /// @throws IOException when one of them cannot be deleted
    public static void delete(Path log) throws IOException {
        if (log.getParent() == null) {
            return;
        }
        String name = String.valueOf(log.getFileName());
        try (Stream<Path> all = Files.list(log.getParent())) {
            for (Path p : all.filter(f -> f.getFileName().toString().startsWith(name)).toList()) {
                Files.deleteIfExists(p);
            }
        } catch (NoSuchFileException e) {
            // nothing to delete
        }
    }

    /// The text of the last lines of a log, for a termination message; empty when it cannot be read. The file is read
    /// from its beginning with `lines` lines in memory: it is asked for once per container that fails. Lines of both
    /// streams count, also parts of lines.
    /// @param lines at most
    /// @param bytes at most, the last ones
    public static String tail(Path log, int lines, int bytes) {
        Deque<String> last = new ArrayDeque<>();
        try (Stream<String> all = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            all.forEach(l -> {
                last.addLast(text(l));
                if (last.size() > lines) {
                    last.removeFirst();
                }
            });
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
        byte[] all = String.join("\n", List.copyOf(last)).getBytes(StandardCharsets.ISO_8859_1);
        int from = Math.max(0, all.length - bytes);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    /// What follows the third blank; a line of another form is text as a whole.
    private static String text(String line) {
        int at = line.indexOf(' ');
        for (int i = 0; i < 2 && at >= 0; i++) {
            at = line.indexOf(' ', at + 1);
        }
        return at < 0 ? line : line.substring(at + 1);
    }
}

package io.k3j.agent;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The server through which a node joins, and its token there: those of the flags, or on a server without an
/// API server its own.
///
/// @param server as `https://host:6443`
/// @param given the token; empty to read it from `file`
/// @param file the token file
record Origin(String server, String given, Path file) {
    private static final long POLL_MILLIS = 200;

    static Origin of(AgentSettings settings) {
        Path file = Path.of(settings.dataDir()).toAbsolutePath().resolve("server/agent-token");
        return settings.disableApiserver()
                ? new Origin("https://127.0.0.1:" + settings.httpsListenPort(), "", file)
                : new Origin(settings.server(), settings.token(), file);
    }

    /// The token as it was given, with blanks and line breaks around it where it has any: they are of the password, as
    /// in K3s. That of the file is without the line break the file adds. Blocks until this server has written its own.
    /// @throws InterruptedException also when `closed` reaches zero first
    String token(CountDownLatch closed) throws IOException, InterruptedException {
        if (!given.isEmpty()) {
            return given;
        }
        Optional<String> found = PemFiles.read(file);
        while (found.isEmpty()) {
            if (closed.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("stopped while waiting for " + file);
            }
            found = PemFiles.read(file);
        }
        String line = found.get();
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }
}

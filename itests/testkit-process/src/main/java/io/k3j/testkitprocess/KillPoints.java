package io.k3j.testkitprocess;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// A library that kills the Java process that loads it, before its n-th change of a file: of names, or a sync; with
/// [#in] also before files are made, emptied and written. What it starts, etcd say, lives on.
///
/// @param in only what has this in its path counts; empty: everything
/// @param from counted is from when this file is there; empty: from the start
public record KillPoints(Path library, String in, String from) {
    /// The exit code of who was killed, as the shell has it.
    public static final int KILLED = 137;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path GCC = Path.of("/usr/bin/gcc");

    /// Builds the library into a directory.
    public static KillPoints make(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("killpoints.c");
        try (InputStream text = Objects.requireNonNull(KillPoints.class.getResourceAsStream("killpoints.c"))) {
            Files.copy(text, source);
        }
        Path library = directory.resolve("killpoints.so");
        Launch.of(GCC.toString(), "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString(), "-ldl")
                .text(LIMIT);
        return new KillPoints(library, "", "");
    }

    /// Only files with this text in their path.
    public KillPoints in(String path) {
        return new KillPoints(library, path, from);
    }

    /// Only from when this file is there.
    public KillPoints from(Path file) {
        return new KillPoints(library, in, file.toString());
    }

    /// What the process to be killed at its n-th point is given in its environment.
    public Map<String, String> at(int point) {
        Map<String, String> all = new HashMap<>(
                Map.of("LD_PRELOAD", library.toString(), "KILL_AT", Integer.toString(point)));
        if (!in.isEmpty()) {
            all.put("KILL_IN", in);
        }
        if (!from.isEmpty()) {
            all.put("KILL_FROM", from);
        }
        return all;
    }
}

package io.k3j.cricontainerd;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What we leave behind about a child process, so that a successor can tell whether it is the same one and
/// runs what is wanted: one line `pid start-time configuration-hash`.
record ProcessRecord(long pid, long started, String hash) {
    private static final int START_TIME = 19;

    /// The record in a file, empty when there is none or it is damaged.
    static Optional<ProcessRecord> read(Path file) throws IOException {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            return words.length != 3 ? Optional.empty()
                    : Optional.of(new ProcessRecord(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// A record of a process that runs now.
    static ProcessRecord of(long pid, String hash) {
        return new ProcessRecord(pid, startTime(pid), hash);
    }

    /// Replaces the file.
    void write(Path file) throws IOException {
        DurableFiles.write(file, pid + " " + started + " " + hash + "\n", "rw-r--r--");
    }

    /// Whether this very process still runs.
    boolean alive() {
        return started >= 0 && startTime(pid) == started;
    }

    /// Clock ticks from boot to the start of a process, -1 when it does not run.
    private static long startTime(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return words[0].equals("Z") ? -1 : Long.parseLong(words[START_TIME]);
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }
}

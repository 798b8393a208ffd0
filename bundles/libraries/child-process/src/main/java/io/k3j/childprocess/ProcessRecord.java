package io.k3j.childprocess;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// What is left behind about a process, so that a successor can tell whether it is the same one and runs what is
/// wanted: one line `pid start-time configuration-hash`. Any thread. The pid alone does not do, as pids are given
/// out again; a pid and its start time are never the same twice between two boots. After a boot both begin anew;
/// that they meet by chance is not guarded against.
///
/// @param started clock ticks from boot to its start, -1 when it had ended before that could be read
/// @param hash [#hash] of what it was started with, or a word of the caller's
public record ProcessRecord(long pid, long started, String hash) {
    /// `starttime` is field 22 of `/proc/PID/stat` (man page proc(5)); words are counted here from field 3 on,
    /// which follows the name in parentheses.
    private static final int START_TIME = 19;

    /// The record in a file, empty when there is none or it is damaged.
    ///
    /// @throws IOException when there is one and it cannot be read
    public static Optional<ProcessRecord> read(Path file) throws IOException {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            return words.length != 3 ? Optional.empty()
                    : Optional.of(new ProcessRecord(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// A record of a process that runs now.
    ///
    /// @param hash without blanks, since they divide the words of the record
    public static ProcessRecord of(long pid, String hash) {
        return new ProcessRecord(pid, startTime(pid), hash);
    }

    /// Replaces the file, for good: blocks until it is on the disk. Anyone may read it; it holds no secret.
    ///
    /// @throws IOException when it cannot be written; the old record stays
    public void write(Path file) throws IOException {
        DurableFiles.write(file, pid + " " + started + " " + hash + "\n", "rw-r--r--");
    }

    /// Whether this very process still runs. A zombie does not count.
    public boolean alive() {
        return started >= 0 && startTime(pid) == started;
    }

    /// Sixteen hexadecimal digits that are others for another text: the first 8 bytes of its SHA-256 in UTF-8.
    public static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Clock ticks from boot to the start of a process, -1 when it does not run. A name may hold blanks and
    /// parentheses, so counting begins behind the last one.
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

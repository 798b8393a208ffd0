package io.k3j.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// The rotated files of a log: `audit-2026-01-02T03-04-05.678.log`, or with `.gz` behind. Nothing else in the directory
/// is touched.
/// @param log the path of the log itself
record Backups(Path log, LogFile.Retention retention, InstantSource clock) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS");
    private static final String COMPRESSED = ".gz";
    private static final int PIECE = 64 << 10;

    /// One backup.
    /// @param at the time in its name
    private record Backup(Path path, Instant at) {
        boolean compressed() {
            return path.toString().endsWith(COMPRESSED);
        }

        /// The same for a file and its compressed form.
        String plain() {
            String name = path.toString();
            return compressed() ? name.substring(0, name.length() - COMPRESSED.length()) : name;
        }
    }

    private String prefix() {
        String name = String.valueOf(log.getFileName());
        return name.substring(0, name.length() - extension().length()) + "-";
    }

    private String extension() {
        String name = String.valueOf(log.getFileName());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot);
    }

    /// The name of a backup.
    Path name(Instant at) {
        return log.resolveSibling(prefix() + TIME.format(at.atOffset(ZoneOffset.UTC)) + extension());
    }

    private Optional<Instant> time(String name) {
        String plain = name.endsWith(COMPRESSED) ? name.substring(0, name.length() - COMPRESSED.length()) : name;
        if (!plain.startsWith(prefix()) || !plain.endsWith(extension())
                || plain.length() < prefix().length() + extension().length()) {
            return Optional.empty();
        }
        try {
            String time = plain.substring(prefix().length(), plain.length() - extension().length());
            return Optional.of(LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private List<Backup> newestFirst() throws IOException {
        List<Backup> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(Objects.requireNonNull(log.toAbsolutePath().getParent()))) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).forEach(file -> time(
                    String.valueOf(file.getFileName())).ifPresent(at -> all.add(new Backup(file, at))));
        }
        all.sort(Comparator.comparing(Backup::at).reversed());
        return all;
    }

    /// Removes what is too old or too many, then compresses the rest where that is wanted: a full disk keeps it from
    /// compressing, and must not keep it from removing. What cannot be done to one is done to the others.
    /// @throws InterruptedIOException when the thread was told to end
    /// @throws IOException with all that could not be done
    void tidy() throws IOException {
        if (retention.mostBackups() == 0 && retention.mostDays() == 0 && !retention.compress()) {
            return;
        }
        List<IOException> failures = new ArrayList<>(0);
        for (Backup backup : left(failures)) {
            if (retention.compress() && !backup.compressed()) {
                try {
                    compress(backup.path());
                } catch (InterruptedIOException ended) {
                    throw ended;
                } catch (IOException e) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            IOException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /// What is kept, when the rest is removed.
    private List<Backup> left(List<IOException> failures) throws IOException {
        Instant oldest = retention.mostDays() == 0 ? Instant.MIN
                : clock.instant().minus(Duration.ofDays(retention.mostDays()));
        Set<String> seen = new HashSet<>();
        List<Backup> kept = new ArrayList<>();
        for (Backup backup : newestFirst()) {
            seen.add(backup.plain());
            boolean tooMany = retention.mostBackups() > 0 && seen.size() > retention.mostBackups();
            if (!tooMany && !backup.at().isBefore(oldest)) {
                kept.add(backup);
                continue;
            }
            try {
                Files.deleteIfExists(backup.path());
            } catch (IOException e) {
                failures.add(e);
            }
        }
        return kept;
    }

    /// The compressed form stands there whole or not at all; one left by a start before is made anew.
    private static void compress(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + COMPRESSED + ".tmp");
        Files.deleteIfExists(unfinished);
        try {
            FileRights.of(file).create(unfinished);
            copy(file, unfinished);
            Files.move(unfinished, file.resolveSibling(file.getFileName() + COMPRESSED),
                    StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.delete(file);
    }

    /// Ends when its thread is told to, which is not to wait for hundreds of megabytes.
    private static void copy(Path file, Path unfinished) throws IOException {
        byte[] some = new byte[PIECE];
        try (InputStream from = Files.newInputStream(file);
                OutputStream to = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
            for (int length = from.read(some); length >= 0; length = from.read(some)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("stopped while " + file + " was compressed");
                }
                to.write(some, 0, length);
            }
        }
    }
}

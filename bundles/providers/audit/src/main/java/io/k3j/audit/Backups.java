package io.k3j.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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
            files.forEach(file -> time(String.valueOf(file.getFileName())).ifPresent(at -> all.add(new Backup(file,
                    at))));
        }
        all.sort(Comparator.comparing(Backup::at).reversed());
        return all;
    }

    /// Removes what is too old or too many, and compresses the rest where that is wanted.
    void tidy() throws IOException {
        if (retention.mostBackups() == 0 && retention.mostDays() == 0 && !retention.compress()) {
            return;
        }
        Instant oldest = retention.mostDays() == 0 ? Instant.MIN
                : clock.instant().minus(Duration.ofDays(retention.mostDays()));
        Set<String> kept = new HashSet<>();
        for (Backup backup : newestFirst()) {
            kept.add(backup.plain());
            boolean tooMany = retention.mostBackups() > 0 && kept.size() > retention.mostBackups();
            if (tooMany || backup.at().isBefore(oldest)) {
                Files.deleteIfExists(backup.path());
            } else if (retention.compress() && !backup.compressed()) {
                compress(backup.path());
            }
        }
    }

    /// The compressed form stands there whole or not at all; one left by a start before is made anew.
    private static void compress(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + COMPRESSED + ".tmp");
        Files.deleteIfExists(unfinished);
        Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file)));
        try (OutputStream to = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
            Files.copy(file, to);
        }
        Files.move(unfinished, file.resolveSibling(file.getFileName() + COMPRESSED),
                StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(file);
    }
}

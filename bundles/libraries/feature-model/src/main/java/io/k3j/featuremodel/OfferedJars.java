package io.k3j.featuremodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Jars and archives that somebody offers, each as a copy in `<data-dir>/bundles/offered` for as long as it is looked
/// at: what was looked at and verified is what is installed, whatever becomes of the file meanwhile. Thread-safe.
public final class OfferedJars {
    private final Path directory;
    private final StateFiles disk;
    private final Signatures signatures;
    /// Copies are numbered, since two may be looked at at once.
    private final AtomicLong last = new AtomicLong();

    /// What was found whole, and signed where that is demanded. What was copied is deleted when this is closed.
    ///
    /// @param file how whoever offers it knows it
    /// @param bytes the copy
    /// @param room a directory of its own, which the copy is in
    /// @param signer who has signed it; empty when no signature is demanded
    public record Copy(Path file, Path bytes, Path room, String signer) implements AutoCloseable {
        @Override
        public void close() {
            clear(room);
        }

        /// What it is as a bundle.
        /// @throws FeatureProblem when it is no readable bundle
        public JarFacts facts() {
            return JarFacts.read(file, bytes);
        }
    }

    /// @param signatures say who has signed what is offered
    public OfferedJars(Path dataDir, StateFiles disk, Signatures signatures) {
        this.directory = dataDir.resolve("bundles/offered");
        this.disk = disk;
        this.signatures = signatures;
    }

    /// Copies a jar or archive, and looks at the copy. Blocks for as long as reading it takes.
    ///
    /// @param file what is offered
    /// @return the copy, for the caller to close
    /// @throws FeatureProblem when it is none, is damaged, or lacks a signature that is demanded
    public Copy take(Path file) {
        Path room = directory.resolve(Long.toString(last.incrementAndGet()));
        Path bytes = room.resolve("offered.jar");
        try {
            if (!Files.isRegularFile(file)) {
                throw new FeatureProblem(file + (Files.exists(file) ? " is no file" : " does not exist"));
            }
            JarFacts.refuseLarge(file, file);
            disk.copy(file, bytes);
            JarFacts.refuseDamaged(file, bytes);
            return new Copy(file, bytes, room, signatures.verify(bytes, file));
        } catch (SecurityException e) {
            clear(room);
            throw new FeatureProblem(file + " was changed after it was signed (" + e.getMessage()
                    + "); fetch it again, or have it signed again", e);
        } catch (IOException e) {
            clear(room);
            throw new FeatureProblem(file + " is not a readable jar: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            clear(room);
            throw e;
        }
    }

    /// Deletes what an earlier process has left; to be called before anything is offered.
    public void clear() {
        clear(directory);
    }

    private static void clear(Path room) {
        if (!Files.exists(room)) {
            return;
        }
        try (Stream<Path> all = Files.walk(room)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        } catch (IOException e) {
            throw new FeatureProblem("cannot delete " + room + ": " + e.getMessage(), e);
        }
    }
}

package io.k3j.featuremodel;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// The changes that are made to the disk, one by one. A test puts another one in its place that ends the process
/// before or after any of them. What cannot be done is a [FeatureProblem] that names the file.
public interface StateFiles {
    /// The real ones: each survives a power failure once the call has returned.
    StateFiles DURABLE = new StateFiles() {
        @Override
        public void write(Path file, Map<String, ?> object) {
            JsonFiles.write(file, object);
        }

        @Override
        public void copy(Path from, Path to) {
            try {
                DurableFiles.directories(Objects.requireNonNull(to.toAbsolutePath().getParent()), JsonFiles.DIRECTORY);
                DurableFiles.copy(from, to, JsonFiles.FILE);
            } catch (IOException e) {
                throw new FeatureProblem("cannot keep a copy of " + from + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void delete(Path file) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new FeatureProblem("cannot delete " + file + ": " + e.getMessage(), e);
            }
        }
    };

    /// Replaces a file by a JSON object, whole or not at all.
    void write(Path file, Map<String, ?> object);

    /// Replaces a file by another one's content, whole or not at all.
    void copy(Path from, Path to);

    /// Deletes a file, if it is there.
    void delete(Path file);
}

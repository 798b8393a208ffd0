package io.k3j.nodeapi;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// The images of this node. Threads and failure as [ContainerRuntime].
@ProviderType
public interface ImageStore {
    /// The image a name, a digest or an id means, empty when it is not here.
    Optional<Image> find(String name);

    /// All images.
    List<Image> list();

    /// Fetches an image from its registry, through the mirrors of `registries.yaml`.
    ///
    /// @param name what to fetch
    /// @param auth a CRI `AuthConfig`, empty for none
    /// @return what a container is to be made from
    String pull(String name, Struct auth);

    /// Removes an image with all its names.
    void remove(String name);

    /// What images use, and the directory they lie in.
    Disk disk();

    /// Use of a file system: where, how many bytes, and how many files and directories.
    record Disk(String path, long usedBytes, long inodesUsed) {
        /// Of which the files are not counted.
        public Disk(String path, long usedBytes) {
            this(path, usedBytes, 0);
        }
    }
}

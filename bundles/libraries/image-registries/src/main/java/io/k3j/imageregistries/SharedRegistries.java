package io.k3j.imageregistries;

import io.k3j.codec.MalformedInput;
import java.io.IOException;
import java.nio.file.Path;

/// Whose images the nodes of a cluster give each other: those of registries that `mirrors` of `registries.yaml` names,
/// as in K3s; an entry needs no endpoint, and `*` means all. Follows the file; one that cannot be used changes nothing,
/// which [RegistriesFile] tells. For any thread; only [#refresh] blocks, for the disk.
public final class SharedRegistries {
    /// Where containerd asks its own node for what other nodes have.
    public static final String MIRROR_PATH = "/v1-k3s/p2p/mirror";
    private final Path file;
    private String seen = "";
    private volatile Registries registries = Registries.none();

    /// Reads nothing yet; nothing is shared before [#refresh].
    public SharedRegistries(Path file) {
        this.file = file;
    }

    /// Takes the file up if it is another one than last time.
    ///
    /// @return whether it was
    public synchronized boolean refresh() {
        String now = RegistriesFile.stamp(file);
        if (now.equals(seen)) {
            return false;
        }
        try {
            registries = Registries.parse(RegistriesFile.content(file, now), true);
            seen = now;
        } catch (MalformedInput e) {
            seen = now;
        } catch (IOException e) {
            return false;
        }
        return true;
    }

    /// Whether images of this registry are shared.
    public boolean shares(String registry) {
        return registries.shared(registry);
    }

    /// Whether images of any registry are.
    public boolean any() {
        return registries.sharesAny();
    }
}

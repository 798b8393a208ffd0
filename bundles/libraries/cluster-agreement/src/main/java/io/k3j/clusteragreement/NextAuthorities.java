package io.k3j.clusteragreement;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.ServerLayout;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The authorities that `certificate rotate-ca` has put into the bootstrap record. Once the other members of etcd have
/// taken over some that nobody has vouched for, a server could not ask for them any more; so every server keeps them on
/// its disk as soon as it sees them, and uses them from its next start on.
///
/// They lie in `server/cred/next-authorities.json`, for the owner only: private keys are among them (ADR 0078). Any
/// thread; blocks for the datastore and the disk.
public final class NextAuthorities {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

    private final ServerLayout layout;
    private final Supplier<String> password;
    private final RandomGenerator random;
    /// Whether the record of now has been looked at; guarded by `this`.
    private boolean followed;

    /// `password` is that of the server token, as it is at each look.
    /// @param random for [BootstrapData], which seals nothing here
    public NextAuthorities(ServerLayout layout, Supplier<String> password, RandomGenerator random) {
        this.layout = layout;
        this.password = password;
        this.random = random;
    }

    private static Path file(ServerLayout layout) {
        return layout.cred("next-authorities.json");
    }

    /// Looks at the record when it may have changed, or could not be seen before. Does not throw: what fails is
    /// logged, and tried again at the next call.
    /// @param changed whether the record may have changed since the last call
    /// @return whether nothing is left to do before the next change
    public synchronized boolean step(Datastore store, boolean changed) {
        if (!changed && followed) {
            return true;
        }
        followed = false;
        try {
            Optional<Struct> record = new BootstrapData(store, password.get(), random).read();
            if (record.isPresent()) {
                keep(new BootstrapFiles(layout).authorities(record.get()));
            }
            followed = true;
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot check for new CA certificates, retrying: " + failed.getMessage());
        }
        return followed;
    }

    /// What the disk has by now is removed: nothing is left to be taken over.
    /// @param others fields that differ from the disk
    private void keep(Struct others) throws IOException {
        if (others.isEmpty()) {
            Files.deleteIfExists(file(layout));
        } else if (!PemFiles.read(file(layout)).equals(Optional.of(Json.text(others)))) {
            PemFiles.write(file(layout), Json.text(others), PemFiles.SECRET);
            LOG.log(Level.INFO, "The cluster has new CA certificates; this server uses them after its next restart");
        }
    }

    /// Takes over what was kept, if anything was. Before anything reads an authority. A damaged file is left out with a
    /// warning: the datastore is compared after the start anyway. The file goes in any case but a failure.
    /// @throws IOException when a file cannot be written, or is newer than what was kept
    public static void apply(ServerLayout layout) throws IOException {
        Optional<String> kept = PemFiles.read(file(layout));
        if (kept.isEmpty()) {
            return;
        }
        try {
            new BootstrapFiles(layout).write(Json.object(kept.get().getBytes(StandardCharsets.UTF_8)), false);
        } catch (MalformedInput damaged) {
            LOG.log(Level.WARNING, file(layout) + " is damaged and is left out; the datastore has the authorities");
        }
        Files.delete(file(layout));
    }
}

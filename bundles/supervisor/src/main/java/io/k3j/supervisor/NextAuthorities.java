package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
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
final class NextAuthorities {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

    private final Layout layout;
    private final Supplier<String> password;
    private final RandomGenerator random;
    private boolean followed;

    NextAuthorities(Layout layout, Supplier<String> password, RandomGenerator random) {
        this.layout = layout;
        this.password = password;
        this.random = random;
    }

    private static Path file(Layout layout) {
        return layout.cred("next-authorities.json");
    }

    /// Looks at the record when it may have changed, or could not be seen before.
    /// @return whether nothing is left to do before the next change
    synchronized boolean step(Datastore store, boolean changed) {
        if (!changed && followed) {
            return true;
        }
        followed = false;
        try {
            Optional<Struct> record = new Bootstrap(store, password.get(), random).read();
            if (record.isPresent()) {
                keep(new BootstrapFiles(layout).authorities(record.get()));
            }
            followed = true;
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot look for new authorities, tried again: " + failed.getMessage());
        }
        return followed;
    }

    private void keep(Struct others) throws IOException {
        if (others.isEmpty()) {
            Files.deleteIfExists(file(layout));
        } else if (!PemFiles.read(file(layout)).equals(Optional.of(Json.text(others)))) {
            PemFiles.write(file(layout), Json.text(others), PemFiles.SECRET);
            LOG.log(Level.INFO, "The cluster has new authorities; this server uses them from its next start on");
        }
    }

    /// Takes over what was kept. Before anything reads an authority.
    static void apply(Layout layout) throws IOException {
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

package io.k3j.datastoresqlite;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Opens the database of a stopped server.
public final class SqliteOpener implements StoreOpener {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");

    /// For the command, which instantiates it by name.
    public SqliteOpener() {
        // no state
    }

    /// Does not check files above [QuickCheck#MAX_START_BYTES]: they are checked while in use.
    @Override
    public Optional<String> problem(Place place) {
        Path file = StoreFile.in(place.dataDir());
        try {
            StoreFile.check(file);
            if (Files.notExists(file) || Files.size(file) == 0 || Files.size(file) > QuickCheck.MAX_START_BYTES) {
                return Optional.empty();
            }
            NativeLibrary.load();
            NativeLibrary.unlink();
            return QuickCheck.closed(file).map(why -> new DamagedStore(file, why).getMessage());
        } catch (DamagedStore | DatastoreUnavailable e) {
            return Optional.ofNullable(e.getMessage());
        } catch (IOException e) {
            return Optional.of("cannot read the datastore " + file + ": " + e + "; check its owner and mode");
        }
    }

    @Override
    public Opened open(Place place) {
        return SqliteStore.open(place.dataDir(), false, why -> LOG.log(System.Logger.Level.ERROR, why));
    }
}

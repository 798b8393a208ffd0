package io.k3j.sqllog;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files of the flags `--datastore-cafile`, `-certfile` and `-keyfile`, each empty when not given.
///
/// @param cafile whom the database server's certificate is to be from
/// @param certfile who we are
/// @param keyfile the key of `certfile`
public record ServerFiles(String cafile, String certfile, String keyfile) {
    /// From a list in that order.
    ///
    /// @param files three, as `StoreOpener.Place` has them
    public static ServerFiles of(List<String> files) {
        return new ServerFiles(files.get(0), files.get(1), files.get(2));
    }

    /// Who we are, null for nobody; the caller closes it. Reads the files.
    /// @throws IllegalArgumentException saying which flag cannot be used and why
    public @Nullable ClientKeyStore identity() {
        if (certfile.isEmpty() != keyfile.isEmpty()) {
            throw new IllegalArgumentException(
                    "--datastore-certfile and --datastore-keyfile belong together: give both or none");
        }
        if (!cafile.isEmpty() && !Files.isReadable(Path.of(cafile))) {
            throw new IllegalArgumentException("--datastore-cafile " + cafile + ": cannot be read");
        }
        return keyfile.isEmpty() ? null : ClientKeyStore.of(Path.of(certfile), Path.of(keyfile));
    }
}

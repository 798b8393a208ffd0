package io.k3j.sqllog;

import io.k3j.datastoreapi.StoreOpener;
import java.util.List;

/// Opens the log in a database of a server: at once for whoever has no framework, in the background for a component.
public abstract class ServerOpener implements StoreOpener {
    /// For drivers.
    protected ServerOpener() {
        // nothing to keep
    }

    /// The database of an endpoint, which is not asked anything yet.
    /// @param endpoint as `--datastore-endpoint` has it
    /// @param files for TLS, each empty when not given
    /// @param keepSecondaryIndexes as [ServerSettings#keepSecondaryIndexes]
    /// @throws IllegalArgumentException when the endpoint or a file is wrong
    protected abstract SqlDialect dialect(String endpoint, ServerFiles files, boolean keepSecondaryIndexes);

    @Override
    public final Opened open(Place place) {
        return OpenLog.of(dialect(place.endpoint(), ServerFiles.of(place.files()), false));
    }

    /// Opens the database of an endpoint, as [OpenLog#of] does. Blocks until it is open.
    /// @throws IllegalArgumentException when the endpoint is wrong
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when it cannot be opened
    public final OpenLog open(String endpoint) {
        return OpenLog.of(dialect(endpoint, new ServerFiles("", "", ""), false));
    }

    /// Begins to open what the flags name, as [LogStart#of] does. Returns at once.
    /// @throws IllegalArgumentException when the endpoint or a file is wrong
    public final LogStart start(ServerSettings settings, LogStart.Events events) {
        List<String> files = List.of(settings.datastoreCafile(), settings.datastoreCertfile(),
                settings.datastoreKeyfile());
        return start(settings.datastoreEndpoint(), files, settings.keepSecondaryIndexes(), events);
    }

    /// The same; `files` are those of [ServerFiles#of].
    public final LogStart start(String endpoint, List<String> files, boolean keepSecondaryIndexes,
            LogStart.Events events) {
        return LogStart.of(dialect(endpoint, ServerFiles.of(files), keepSecondaryIndexes), events);
    }
}

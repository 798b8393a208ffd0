package io.k3j.staticfiles;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.staticfiles.ServedFiles.OpenFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Set;

/// `/static/`: what lies below `server/static`, for anybody, as a [FileServer] answers. A link that leads out of the
/// directory leads nowhere: anyone who asks has not been asked for a name.
///
/// Any number of threads; each request blocks its own for the disk and the client.
public final class StaticFiles implements Endpoint {
    private static final String URL = "/static/";

    private final Path directory;
    private final FileServer server = new FileServer(this::open);

    /// Serves what lies below `directory`, which need not be there: until it is, all is 404.
    public StaticFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(URL);
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        server.serve(exchange, exchange.path().substring(URL.length()));
    }

    /// Links are followed first and compared then, so it does not matter how somebody gets out. Of a directory that
    /// is not there `toRealPath` says so by the same exception as of a file. Only the administrator writes here, so
    /// nothing is swapped between the look and the reading.
    private OpenFile open(Path below) throws IOException {
        Path real = directory.resolve(below).toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw new FileSystemException(below.toString());
        }
        return new OpenFile(real, () -> {
        });
    }
}

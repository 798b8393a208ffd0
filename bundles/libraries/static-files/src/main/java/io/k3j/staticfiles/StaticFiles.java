package io.k3j.staticfiles;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// `/static/`: what lies below `server/static`, for anybody, in the manner of Go's file server in K3s. A link that
/// leads out of the directory leads nowhere: anyone who asks has not been asked for a name.
///
/// | asked for | answer |
/// |---|---|
/// | a file | as [StaticFile] says |
/// | a directory | its `index.html`, else a listing |
/// | a directory without, a file with `/` at the end, `…/index.html` | 301 to the name it has |
/// | what is not there, leads out, or is no regular file | 404 |
/// | what may not be read | 403 |
///
/// Any number of threads; each request blocks its own for the disk and the client.
public final class StaticFiles implements Endpoint {
    private static final String URL = "/static/";
    private static final String INDEX = "index.html";

    private final Path directory;

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
        String path = exchange.path();
        if (path.endsWith("/" + INDEX)) {
            moved(exchange, "./");
            return;
        }
        try {
            answer(exchange, real(directory.resolve(below(path.substring(URL.length())))));
        } catch (AccessDeniedException closed) {
            line(exchange, 403, "403 Forbidden");
        } catch (FileSystemException nothing) {
            line(exchange, 404, "404 page not found");
        }
    }

    /// A path as sent, decoded and without its steps upwards. It is decoded once; `+` is itself in a path.
    ///
    /// @throws FileSystemException for what cannot be decoded or is no path
    private static Path below(String path) throws FileSystemException {
        try {
            String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            return Path.of("/").relativize(Path.of("/" + decoded).normalize());
        } catch (IllegalArgumentException noPath) {
            throw new FileSystemException(path);
        }
    }

    /// Links are followed first and compared then, so it does not matter how somebody gets out. Of a directory that
    /// is not there `toRealPath` says so by the same exception as of a file.
    private Path real(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw new FileSystemException(file.toString());
        }
        return real;
    }

    /// The real path serves, the path as sent decides about `/`: relative links in a page depend on it.
    private void answer(Exchange exchange, Path real) throws IOException {
        boolean slash = exchange.path().endsWith("/");
        String[] segments = exchange.path().split("/");
        String last = segments[segments.length - 1];
        if (Files.isDirectory(real)) {
            if (!slash) {
                moved(exchange, last + "/");
            } else if (Files.isRegularFile(real.resolve(INDEX))) {
                StaticFile.answer(exchange, real(real.resolve(INDEX)));
            } else {
                StaticListing.answer(exchange, real);
            }
        } else if (!Files.isRegularFile(real)) {
            throw new FileSystemException(real.toString());
        } else if (slash) {
            moved(exchange, "../" + last);
        } else {
            StaticFile.answer(exchange, real);
        }
    }

    /// Relative, as Go's `localRedirect`, so that it does not matter what name or address the client used. The
    /// query goes with it.
    private static void moved(Exchange exchange, String to) throws IOException {
        String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
        exchange.respond(301, Map.of("location", to + query));
    }

    /// One line for people and a status. `nosniff` as Go's `http.Error`: a browser is not to guess that it is a
    /// page.
    private static void line(Exchange exchange, int status, String text) throws IOException {
        exchange.respond(status, Map.of("content-type", "text/plain; charset=utf-8", "x-content-type-options",
                "nosniff"), (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

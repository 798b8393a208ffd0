package io.k3j.supervisor;

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
/// leads out of the directory leads nowhere: whoever asks has not been asked for a name.
final class StaticFiles implements Endpoint {
    private static final String URL = "/static/";
    private static final String INDEX = "index.html";

    private final Path directory;

    /// Serves what lies below `directory`, which need not be there.
    StaticFiles(Path directory) {
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
            Reply.line(exchange, 403, "403 Forbidden");
        } catch (FileSystemException nothing) {
            Reply.line(exchange, 404, "404 page not found");
        }
    }

    /// A path as sent, decoded and without its steps upwards.
    private static Path below(String path) throws FileSystemException {
        try {
            String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            return Path.of("/").relativize(Path.of("/" + decoded).normalize());
        } catch (IllegalArgumentException noPath) {
            throw new FileSystemException(path);
        }
    }

    private Path real(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw new FileSystemException(file.toString());
        }
        return real;
    }

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

    private static void moved(Exchange exchange, String to) throws IOException {
        String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
        exchange.respond(301, Map.of("location", to + query));
    }
}

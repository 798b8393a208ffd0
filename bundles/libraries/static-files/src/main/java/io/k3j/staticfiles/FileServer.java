package io.k3j.staticfiles;

import io.k3j.edgeapi.Exchange;
import io.k3j.staticfiles.ServedFiles.OpenFile;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Answers with files, in the manner of Go's `http.FileServer`.
///
/// | asked for | answer |
/// |---|---|
/// | a file | as [StaticFile] says |
/// | a directory | its `index.html` where that is shown, else a listing |
/// | a directory without, a file with `/` at the end, `…/index.html` | 301 to the name it has |
/// | what is not there, is not shown, or is no regular file | 404 |
/// | what may not be read | 403 |
///
/// Any number of threads; each request blocks its own for the disk and the client.
public final class FileServer {
    private static final String INDEX = "index.html";
    private final ServedFiles files;

    /// @param files asked once for each file of an answer
    public FileServer(ServedFiles files) {
        this.files = files;
    }

    /// Answers one request, by whatever method it was made: the caller has looked at that.
    ///
    /// @param below the part of the path behind what names the server, as sent: still percent-encoded
    /// @throws IOException when a file cannot be read to its end, or the client has gone
    public void serve(Exchange exchange, String below) throws IOException {
        if (exchange.path().endsWith("/" + INDEX)) {
            moved(exchange, "./");
            return;
        }
        try {
            answer(exchange, relative(below));
        } catch (AccessDeniedException closed) {
            line(exchange, 403, "403 Forbidden");
        } catch (FileSystemException nothing) {
            line(exchange, 404, "404 page not found");
        }
    }

    /// A path as sent, decoded and without its steps upwards. It is decoded once; `+` is itself in a path.
    ///
    /// @throws FileSystemException for what cannot be decoded or is no path
    private static Path relative(String path) throws FileSystemException {
        try {
            String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            return Path.of("/").relativize(Path.of("/" + decoded).normalize());
        } catch (IllegalArgumentException noPath) {
            throw new FileSystemException(path);
        }
    }

    /// What is open serves, the path as sent decides about `/`: relative links in a page depend on it.
    private void answer(Exchange exchange, Path below) throws IOException {
        boolean slash = exchange.path().endsWith("/");
        String[] segments = exchange.path().split("/");
        String last = segments[segments.length - 1];
        try (OpenFile file = files.open(below)) {
            if (Files.isDirectory(file.path())) {
                if (slash) {
                    directory(exchange, below, file.path());
                } else {
                    moved(exchange, last + "/");
                }
            } else if (!Files.isRegularFile(file.path())) {
                throw new FileSystemException(below.toString());
            } else if (slash) {
                moved(exchange, "../" + last);
            } else {
                StaticFile.answer(exchange, file.path(), below);
            }
        }
    }

    private void directory(Exchange exchange, Path below, Path directory) throws IOException {
        Optional<OpenFile> page = index(below.resolve(INDEX));
        if (page.isEmpty()) {
            StaticListing.answer(exchange, directory);
            return;
        }
        try (OpenFile index = page.get()) {
            StaticFile.answer(exchange, index.path(), Path.of(INDEX));
        }
    }

    /// Most directories have none. One that is not shown, as a link that leads out, does not hide its directory.
    ///
    /// @return to be closed by the caller
    private Optional<OpenFile> index(Path below) throws IOException {
        try {
            OpenFile file = files.open(below);
            if (Files.isRegularFile(file.path())) {
                return Optional.of(file);
            }
            file.close();
        } catch (FileSystemException notShown) {
            // there is the listing
        }
        return Optional.empty();
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

package io.k3j.staticfiles;

import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A directory as a page of links, as Go's `dirList` writes it: sorted, `/` behind the names of directories
/// but not of links, which are not followed for it.
final class StaticListing {
    /// More are left out without a word: the page is made in memory.
    private static final int MAX_NAMES = 10_000;

    private StaticListing() {
    }

    /// Answers with the names in `directory`; it has no `index.html`.
    ///
    /// @throws IOException when it cannot be read, or the client has gone
    static void answer(Exchange exchange, Path directory) throws IOException {
        List<Path> entries;
        try (Stream<Path> all = Files.list(directory)) {
            entries = all.limit(MAX_NAMES).sorted().toList();
        }
        StringBuilder page = new StringBuilder(
                "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n");
        for (Path entry : entries) {
            String name = entry.getFileName().toString();
            String mark = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? "/" : "";
            page.append("<a href=\"").append(URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"))
                    .append(mark).append("\">").append(text(name)).append(mark).append("</a>\n");
        }
        exchange.respond(200, Map.of("content-type", "text/html; charset=utf-8", "last-modified",
                StaticFile.date(Files.getLastModifiedTime(directory))),
                page.append("</pre>\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    /// A name is anybody's text; these five are those of Go's `htmlReplacer`.
    private static String text(String name) {
        return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&#34;")
                .replace("'", "&#39;");
    }
}

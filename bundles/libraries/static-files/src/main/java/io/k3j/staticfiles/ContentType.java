package io.k3j.staticfiles;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// What kind of file it is: by its name, else by its first bytes, as Go's `serveContent` decides
/// (`mime.TypeByExtension`, then `http.DetectContentType`). The names are of those that Go knows without a file of
/// the system, so that the answer is the same on every host; of what Go finds in the bytes only gzip, text and
/// anything else are told apart here.
final class ContentType {
    /// So many bytes decide, as in Go.
    static final int SAMPLE_BYTES = 512;
    private static final int[] GZIP = {0x1f, 0x8b, 0x08};
    /// Of the control characters only blanks and this one occur in texts (WHATWG MIME Sniffing, binary data bytes).
    private static final int ESCAPE = 0x1b;
    private static final String TEXT = "; charset=utf-8";
    private static final Map<String, String> BY_NAME = Map.ofEntries(Map.entry("css", "text/css" + TEXT),
            Map.entry("gif", "image/gif"), Map.entry("htm", "text/html" + TEXT),
            Map.entry("html", "text/html" + TEXT), Map.entry("jpeg", "image/jpeg"), Map.entry("jpg", "image/jpeg"),
            Map.entry("js", "text/javascript" + TEXT), Map.entry("json", "application/json"),
            Map.entry("pdf", "application/pdf"), Map.entry("png", "image/png"),
            Map.entry("svg", "image/svg+xml"), Map.entry("wasm", "application/wasm"),
            Map.entry("webp", "image/webp"), Map.entry("xml", "text/xml" + TEXT));

    private ContentType() {
    }

    /// The type of a file that begins with `sample`.
    ///
    /// @param sample at most [#SAMPLE_BYTES] bytes, fewer or none for a short file
    /// @return a media type, with its charset where it is a text
    static String of(Path file, byte[] sample) {
        String name = file.toString();
        String known = BY_NAME.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (known != null) {
            return known;
        }
        if (gzip(sample)) {
            return "application/x-gzip";
        }
        return binary(sample) ? "application/octet-stream" : "text/plain" + TEXT;
    }

    private static boolean gzip(byte[] sample) {
        for (int i = 0; i < GZIP.length; i++) {
            if (sample.length <= i || (sample[i] & 0xff) != GZIP[i]) {
                return false;
            }
        }
        return true;
    }

    /// Bytes above 127 are no sign: they are letters in UTF-8.
    private static boolean binary(byte[] sample) {
        for (byte one : sample) {
            boolean blank = one >= '\t' && one <= '\r' && one != 0x0b || one == ESCAPE;
            if (one >= 0 && one < ' ' && !blank) {
                return true;
            }
        }
        return false;
    }
}

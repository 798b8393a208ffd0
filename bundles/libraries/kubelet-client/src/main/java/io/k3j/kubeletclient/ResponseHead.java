package io.k3j.kubeletclient;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Status and headers of an HTTP/1.1 answer (RFC 9112).
///
/// @param status the code
/// @param headers names in lower case, repeated headers joined
public record ResponseHead(int status, Map<String, String> headers) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MOST_DIGITS = 18;

    /// Reads up to and including the empty line; blocks.
    /// @throws IOException when it is none, longer than 64 KiB, or tells a length that is no number
    public static ResponseHead read(InputStream in) throws IOException {
        int[] remaining = {MAX_BYTES};
        String[] first = line(in, remaining).split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/1.")) {
            throw new IOException("not an HTTP answer");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in, remaining); !line.isEmpty(); line = line(in, remaining)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.merge(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip(),
                        (a, b) -> a + ", " + b);
            }
        }
        String length = headers.get("content-length");
        if (length != null && (length.isEmpty() || length.length() > MOST_DIGITS
                || !length.chars().allMatch(c -> c >= '0' && c <= '9'))) {
            throw new IOException("the length of the answer is no number");
        }
        try {
            return new ResponseHead(Integer.parseInt(first[1]), headers);
        } catch (NumberFormatException e) {
            throw new IOException("not an HTTP answer", e);
        }
    }

    /// Whether the body is an HTML page in this encoding; `identity` means none.
    public boolean isHtml(String encoding) {
        String type = headers.getOrDefault("content-type", "").split(";", 2)[0].strip();
        return type.equalsIgnoreCase("text/html")
                && headers.getOrDefault("content-encoding", "identity").equalsIgnoreCase(encoding);
    }

    static String line(InputStream in, int[] remaining) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the answer ended early");
            }
            if (--remaining[0] < 0) {
                throw new IOException("headers beyond " + MAX_BYTES + " bytes");
            }
            if (c != '\r') {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /// The body of the answer: of its declared length, chunked, or up to the end of the connection.
    public InputStream body(InputStream in, String method) {
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if (headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).contains("chunked")) {
            return new ChunkedInput(in);
        }
        String length = headers.get("content-length");
        return length == null ? in : new BoundedInput(in, Long.parseLong(length));
    }
}

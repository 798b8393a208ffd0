package io.k3j.pki;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The PEM blocks of a text that anybody has written, as Go's `encoding/pem` finds them: what is no block is passed
/// over, headers (RFC 1421) are told, and lines may have any length. [Pem] is for files, where damage is an error.
/// Pure; any thread; the time grows with the text alone.
public final class PemBlocks {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private PemBlocks() {
    }

    /// One block.
    ///
    /// @param type what stands between the dashes
    /// @param headers before the content, by name
    /// @param der the content; not copied
    public record Block(String type, Map<String, String> headers, byte[] der) {
        /// The certificate that it is; empty when the content is none, or more than one.
        public Optional<X509Certificate> certificate() {
            try {
                X509Certificate read = Pem.certificate(der);
                return Pem.der(read).length == der.length ? Optional.of(read) : Optional.empty();
            } catch (IllegalArgumentException unreadable) {
                return Optional.empty();
            }
        }
    }

    /// All blocks of a text, in their order.
    public static List<Block> of(String text) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = text.lines().map(String::stripTrailing).toList();
        int begin = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(BEGIN)) {
                begin = i;
            } else if (line.startsWith(END) && begin >= 0) {
                block(lines.subList(begin, i + 1)).ifPresent(blocks::add);
                begin = -1;
            }
        }
        return blocks;
    }

    /// @param lines from the one that begins a block to the one that ends it
    private static Optional<Block> block(List<String> lines) {
        String first = lines.getFirst();
        if (first.length() < BEGIN.length() + DASHES.length() || !first.endsWith(DASHES)) {
            return Optional.empty();
        }
        String type = first.substring(BEGIN.length(), first.length() - DASHES.length());
        if (!lines.getLast().equals(END + type + DASHES)) {
            return Optional.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        int content = 1;
        while (content < lines.size() - 1 && lines.get(content).indexOf(':') >= 0) {
            String header = lines.get(content++);
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
        }
        return content(lines.subList(content, lines.size() - 1)).map(der -> new Block(type, headers, der));
    }

    private static Optional<byte[]> content(List<String> lines) {
        StringBuilder letters = new StringBuilder();
        lines.forEach(line -> line.chars().filter(c -> c != ' ' && c != '\t').forEach(c -> letters.append((char) c)));
        if (letters.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(letters.toString()));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }
}

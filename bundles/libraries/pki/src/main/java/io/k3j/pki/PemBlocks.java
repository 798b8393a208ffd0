package io.k3j.pki;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
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
        /// The certificate that it is, as Go's `ParseCertificate` reads one; empty when the content is none, or more
        /// than one.
        public Optional<X509Certificate> certificate() {
            try {
                X509Certificate read = Pem.certificate(der);
                return Pem.der(read).length == der.length ? Optional.of(read) : Optional.empty();
            } catch (IllegalArgumentException unreadable) {
                return Optional.empty();
            }
        }

        /// The certificate that it is, to be looked at: also where its issuer or subject has no name, which Go takes
        /// and the JDK does not. It is then a copy that names them, with which nothing can be verified and which is
        /// never passed on.
        public Optional<X509Certificate> legible() {
            return certificate().or(() -> NamelessCertificate.named(der));
        }

        /// The certificates that lie in it with nothing between them, as Go's `ParseCertificates` reads them, possibly
        /// none; empty when there is anything else.
        public Optional<List<X509Certificate>> certificates() {
            List<X509Certificate> all = new ArrayList<>();
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            try {
                CertificateFactory factory = CertificateFactory.getInstance("X.509");
                while (in.available() > 0) {
                    int left = in.available();
                    X509Certificate read = (X509Certificate) factory.generateCertificate(in);
                    if (Pem.der(read).length != left - in.available()) {
                        return Optional.empty();
                    }
                    all.add(read);
                }
                return Optional.of(all);
            } catch (CertificateException unreadable) {
                return Optional.empty();
            }
        }
    }

    /// All blocks of a text, in their order.
    public static List<Block> of(String text) {
        List<Block> blocks = new ArrayList<>();
        find(text, blocks);
        return blocks;
    }

    /// The authorities of an object's `caBundle`, as Go's `AppendCertsFromPEM` takes them: of each block of that type
    /// without headers the one certificate that it is. What else there is, damaged blocks among it, is passed over.
    ///
    /// @param bundle base64, as bytes stand in an object
    /// @throws IllegalArgumentException when there is none, in the words of client-go
    public static List<X509Certificate> authorities(String bundle) {
        List<Block> blocks = new ArrayList<>();
        boolean rest = find(new String(Base64.getMimeDecoder().decode(bundle), StandardCharsets.ISO_8859_1), blocks);
        blocks.removeIf(block -> !block.type().equals(Pem.CERTIFICATE) || !block.headers().isEmpty());
        List<X509Certificate> all = blocks.stream().flatMap(block -> block.certificate().stream()).toList();
        if (!all.isEmpty()) {
            return all;
        }
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException(rest ? "unable to parse bytes as PEM block"
                    : "no valid certificate authority data seen");
        }
        boolean several = blocks.getFirst().certificates().filter(list -> !list.isEmpty()).isPresent();
        throw new IllegalArgumentException("failed to parse certificate: x509: "
                + (several ? "trailing data" : "malformed certificate"));
    }

    /// @return whether anything follows the last block
    private static boolean find(String text, List<Block> blocks) {
        List<String> lines = text.lines().map(String::stripTrailing).toList();
        int behind = 0;
        int begin = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(BEGIN)) {
                begin = i;
            } else if (line.startsWith(END) && begin >= 0) {
                Optional<Block> block = block(lines.subList(begin, i + 1));
                block.ifPresent(blocks::add);
                behind = block.isPresent() ? i + 1 : behind;
                begin = -1;
            }
        }
        return behind < lines.size();
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
